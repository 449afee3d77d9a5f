"""A press is never lost, never falls on another button and never counts twice, whatever arrives meanwhile."""

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
    "新诉求:楼道的灯坏了",
    ((Button("take", "接办"), Button("refuse", "不受理")), (Button("more", "细看", True),)),
)
ANSWERED = "这个按钮已过期"
"""What the small desk says to these presses."""


async def noticed(windows: Windows, house: House) -> tuple[Page, str]:
    """A page with a notice, and the notice's number."""
    await windows.context.add_init_script(HEARD)
    page = await windows.open()
    await expect(page.get_by_role("button", name="反映诉求")).to_be_visible()
    ref = await house.channel.send(house.desk.calls[0].chat, NOTICE)
    await expect(page.get_by_role("button", name="接办")).to_be_visible()
    return page, ref


async def same_again(house: House, ref: str) -> str:
    await house.channel.send(house.desk.calls[0].chat, NOTICE, edit=ref)
    return "新诉求:楼道的灯坏了"


async def longer(house: House, ref: str) -> str:
    more = Rendered("新诉求:楼道的灯坏了\n" + "地点在三号楼。\n" * 3, NOTICE.buttons)
    await house.channel.send(house.desk.calls[0].chat, more, edit=ref)
    return "地点在三号楼"


async def settled(house: House, ref: str) -> str:
    await house.channel.send(house.desk.calls[0].chat, Rendered("王代表已接办"), edit=ref)
    return "王代表已接办"


async def news(house: House, ref: str) -> str:
    rows = ((Button("yes", "好的"), Button("no", "不要")), (Button("later", "以后再说"),))
    await house.channel.send(house.desk.calls[0].chat, Rendered("还有一件事。\n" * 2, rows))
    return "还有一件事"


Change = Callable[[House, str], Awaitable[str]]
"""Brings something to the page; gives words that are seen afterwards."""

CHANGES: list[Change] = [same_again, longer, settled, news]


async def heard_of(page: Page, change: Change, house: House, ref: str) -> str:
    """The change is made, and the page knows of it."""
    before = await page.evaluate("window.heard")
    words = await change(house, ref)
    await page.wait_for_function("(before) => window.heard > before", arg=before)
    return words


async def middle(button: Locator) -> tuple[float, float]:
    box = await button.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def answered_once(page: Page, house: House, words: str) -> None:
    """The press was answered, and what it held back is shown."""
    await expect(page.get_by_text(ANSWERED)).to_be_visible()
    await expect(page.get_by_text(words)).to_have_count(1)
    assert presses(house) == ["take"]


def presses(house: House) -> list[str]:
    return [call.what.data for call in house.desk.calls if isinstance(call.what, Press)]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_mouse_press_outlives_what_arrives(house: House, address: str, change: Change) -> None:
    async with browsing(address) as windows:
        page, ref = await noticed(windows, house)
        await page.mouse.move(*await middle(page.get_by_role("button", name="接办")))
        await page.mouse.down()
        words = await heard_of(page, change, house, ref)
        await page.mouse.up()
        await answered_once(page, house, words)


@pytest.mark.parametrize("change,script", [(settled, ""), (news, ""), (news, "delete window.PointerEvent")])
async def test_a_finger_presses_what_it_came_down_on(
    house: House, address: str, change: Change, script: str
) -> None:
    async with browsing(address, has_touch=True, is_mobile=True) as windows:
        await windows.context.add_init_script(script)
        page, ref = await noticed(windows, house)
        x, y = await middle(page.get_by_role("button", name="接办"))
        finger = await windows.context.new_cdp_session(page)
        down = {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
        await finger.send("Input.dispatchTouchEvent", down)
        words = await heard_of(page, change, house, ref)
        await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await answered_once(page, house, words)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_key_presses_what_had_the_focus(house: House, address: str, change: Change) -> None:
    async with browsing(address) as windows:
        page, ref = await noticed(windows, house)
        await page.get_by_role("button", name="接办").focus()
        await page.keyboard.down("Space")
        words = await heard_of(page, change, house, ref)
        await page.keyboard.up("Space")
        await answered_once(page, house, words)


async def test_the_focus_stays_where_it_was_or_on_its_line(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page, ref = await noticed(windows, house)
        button = page.get_by_role("button", name="接办")
        await button.focus()
        for change in (same_again, longer):
            await heard_of(page, change, house, ref)
            await expect(button).to_be_focused()
        fewer = Rendered("只剩一项", ((Button("take", "接办"),),))
        await house.channel.send(house.desk.calls[0].chat, fewer, edit=ref)
        await expect(page.get_by_text("只剩一项")).to_be_visible()
        await expect(button).to_be_focused()
        await settled(house, ref)
        await expect(page.locator(".line", has_text="王代表已接办")).to_be_focused()


async def test_a_finger_that_rests_holds_nothing_back_for_long(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page, ref = await noticed(windows, house)
        await page.mouse.move(*await middle(page.get_by_role("button", name="接办")))
        await page.mouse.down()
        await expect(page.get_by_text(await news(house, ref))).to_be_visible()


async def test_a_trembling_hand_presses_once(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page, _ = await noticed(windows, house)
        await page.get_by_role("button", name="我的诉求").click()
        await page.mouse.move(*await middle(page.get_by_role("button", name="HX7K1")))
        await page.mouse.down(click_count=2)  # the second of two taps falls on what the first one brought
        await page.mouse.up(click_count=2)
        await page.get_by_role("button", name="下一页").focus()
        for _ in range(3):  # a key that is held repeats itself
            await page.keyboard.down("Enter")
        await page.keyboard.up("Enter")
        await expect(page.get_by_text(ANSWERED)).to_have_count(1)
    assert presses(house) == ["mine", "more"]
