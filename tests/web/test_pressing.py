"""A press is never lost, never lands on another button and never counts twice, whatever arrives under the finger."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from domain.messages import Button, Press, Rendered
from tests.web.browser import Windows, browsing
from tests.web.conftest import House

pytestmark = pytest.mark.browser

# Counts the lines that came with the page's listening, once the page has had its turn with them.
HEARD = """
window.heard = 0;
const ask = window.fetch;
window.fetch = async (...what) => {
  const answer = await ask(...what);
  const read = answer.text.bind(answer);
  answer.text = async () => {
    const text = await read();
    setTimeout(() => { window.heard += (JSON.parse(text).messages || []).length; });
    return text;
  };
  return answer;
};
"""
NOTICE = Rendered(
    "新诉求:楼道的灯坏了", ((Button("take", "接办"), Button("refuse", "不受理")), (Button("more", "细看", True),))
)


async def noticed(windows: Windows, house: House) -> tuple[Page, str]:
    """A page with a notice, and the notice's number."""
    await windows.context.add_init_script(HEARD)
    page = await windows.open()
    await expect(page.get_by_role("button", name="反映诉求")).to_be_visible()
    ref = await house.channel.send(house.desk.calls[0].chat, NOTICE)
    await expect(page.get_by_role("button", name="接办")).to_be_visible()
    return page, ref


async def same_again(house: House, ref: str) -> None:
    await house.channel.send(house.desk.calls[0].chat, NOTICE, edit=ref)


async def longer(house: House, ref: str) -> None:
    more = Rendered("新诉求:楼道的灯坏了\n" + "地点在三号楼。\n" * 3, NOTICE.buttons)
    await house.channel.send(house.desk.calls[0].chat, more, edit=ref)


async def settled(house: House, ref: str) -> None:
    await house.channel.send(house.desk.calls[0].chat, Rendered("王代表已接办"), edit=ref)


async def news(house: House, ref: str) -> None:
    rows = ((Button("yes", "好的"), Button("no", "不要")), (Button("later", "以后再说"),))
    await house.channel.send(house.desk.calls[0].chat, Rendered("还有一件事。\n" * 2, rows))


Change = Callable[[House, str], Awaitable[None]]
CHANGES = [same_again, longer, settled, news]


async def heard_of(page: Page, change: Change, house: House, ref: str) -> None:
    """The change is made, and the page knows of it."""
    before = await page.evaluate("window.heard")
    await change(house, ref)
    await page.wait_for_function("(before) => window.heard > before", arg=before)


async def middle(button: Locator) -> tuple[float, float]:
    box = await button.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def presses(house: House) -> list[str]:
    return [call.what.data for call in house.desk.calls if isinstance(call.what, Press)]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_mouse_press_outlives_what_arrives(house: House, address: str, change: Change) -> None:
    async with browsing(address) as windows:
        page, ref = await noticed(windows, house)
        await page.mouse.move(*await middle(page.get_by_role("button", name="接办")))
        await page.mouse.down()
        await heard_of(page, change, house, ref)
        await page.mouse.up()
        await expect(page.get_by_text("这个按钮已过期")).to_be_visible()
    assert presses(house) == ["take"]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_finger_presses_what_it_came_down_on(house: House, address: str, change: Change) -> None:
    async with browsing(address, has_touch=True, is_mobile=True) as windows:
        page, ref = await noticed(windows, house)
        finger = await windows.context.new_cdp_session(page)
        x, y = await middle(page.get_by_role("button", name="接办"))
        await finger.send(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
        )
        await heard_of(page, change, house, ref)
        await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await expect(page.get_by_text("这个按钮已过期")).to_be_visible()
    assert presses(house) == ["take"]


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_key_presses_what_had_the_focus(house: House, address: str, change: Change, key: str) -> None:
    async with browsing(address) as windows:
        page, ref = await noticed(windows, house)
        await page.get_by_role("button", name="接办").focus()
        await page.keyboard.down(key)
        await heard_of(page, change, house, ref)
        await page.keyboard.up(key)
        await expect(page.get_by_text("这个按钮已过期")).to_be_visible()
    assert presses(house) == ["take"]
