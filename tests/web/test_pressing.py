"""A press is never lost, never falls on another button and never counts twice, whatever arrives meanwhile."""

import itertools
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
NOTICE = (Button("take", "接办"), Button("refuse", "不受理")), (Button("more", "细看", True),)
UNDER = """(one, y) => {
  const { top, height } = one.getBoundingClientRect();
  document.getElementById('scroll').scrollTop += top + height / 2 - y;
}"""
ANSWERED = "这个按钮已过期"
"""What the small desk says to these presses."""


async def opened(windows: Windows) -> Page:
    await windows.context.add_init_script(HEARD)
    page = await windows.open()
    await expect(page.get_by_role("button", name="反映诉求")).to_be_visible()
    return page


async def noticed(page: Page, house: House, title: str = "新诉求:灯坏了") -> tuple[Locator, str]:
    """A notice on the page: its first button, and its number."""
    ref = await house.channel.send(house.desk.calls[0].chat, Rendered(title, NOTICE))
    line = page.locator(".line", has_text=title)
    await line.get_by_role("button", name="接办").hover()  # it is in sight, and nothing lies above it
    return line.get_by_role("button", name="接办"), ref


async def news(house: House, ref: str) -> str:
    rows = ((Button("yes", "好的"), Button("no", "不要")), (Button("later", "以后再说"),))
    await house.channel.send(house.desk.calls[0].chat, Rendered("还有一件事。\n" * 2, rows))
    return "还有一件事"


async def same_again(house: House, ref: str) -> str:
    await house.channel.send(house.desk.calls[0].chat, Rendered("same_again", NOTICE), edit=ref)
    return "same_again"


async def longer(house: House, ref: str) -> str:
    more = Rendered("longer\n" + "地点在三号楼。\n" * 3, NOTICE)
    await house.channel.send(house.desk.calls[0].chat, more, edit=ref)
    return "地点在三号楼"


async def settled(house: House, ref: str) -> str:
    await house.channel.send(house.desk.calls[0].chat, Rendered("王代表已接办"), edit=ref)
    return "王代表已接办"


Change = Callable[[House, str], Awaitable[str]]
"""Brings something to the page; gives words that are seen afterwards."""

CHANGES: list[Change] = [news, same_again, longer, settled]


async def heard_of(page: Page, change: Change, house: House, ref: str) -> str:
    """The change is made, and the page knows of it."""
    before = await page.evaluate("window.heard")
    words = await change(house, ref)
    await page.wait_for_function("(before) => window.heard > before", arg=before)
    return words


def presses(house: House) -> list[str]:
    return [call.what.data for call in house.desk.calls if isinstance(call.what, Press)]


async def middle(button: Locator) -> tuple[float, float]:
    await button.hover()
    box = await button.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def press_through(
    page: Page, house: House, down: Callable[[Locator], Awaitable[None]], up: Callable[[], Awaitable[None]]
) -> None:
    """One press for each change, which comes between its down and its up: answered once, then it is shown."""
    for times, change in enumerate(CHANGES, 1):
        button, ref = await noticed(page, house, change.__name__)
        await down(button)
        words = await heard_of(page, change, house, ref)
        await up()
        await expect(page.get_by_text(ANSWERED)).to_have_count(times)
        await expect(page.get_by_text(words)).to_have_count(1)
        assert presses(house) == ["take"] * times


async def test_a_mouse_press_outlives_what_arrives(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await opened(windows)
        await press_through(page, house, lambda _: page.mouse.down(), page.mouse.up)


@pytest.mark.parametrize("script", ["", "delete window.PointerEvent"])
async def test_a_finger_presses_what_it_came_down_on(house: House, address: str, script: str) -> None:
    async with browsing(address, has_touch=True, is_mobile=True) as windows:
        await windows.context.add_init_script(script)
        page = await opened(windows)
        places = itertools.cycle((-50, 50))  # on one and the same place it would be a double tap
        finger = await windows.context.new_cdp_session(page)

        async def down(button: Locator) -> None:
            x, y = await middle(button)
            point = {"x": x + next(places), "y": y}
            await finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})

        async def up() -> None:
            await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

        await press_through(page, house, down, up)


async def test_a_key_presses_what_had_the_focus(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await opened(windows)

        async def down(button: Locator) -> None:
            await button.focus()
            await page.keyboard.down("Space")

        await press_through(page, house, down, lambda: page.keyboard.up("Space"))


async def test_the_focus_stays_where_it_was_or_on_its_line(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await opened(windows)
        button, ref = await noticed(page, house)
        await button.focus()
        fewer = Rendered("只剩一项", ((Button("take", "接办"),),))
        for change in (same_again, longer):
            await heard_of(page, change, house, ref)
            await expect(
                page.locator(".line", has_text=change.__name__).get_by_role("button").first
            ).to_be_focused()
        await house.channel.send(house.desk.calls[0].chat, fewer, edit=ref)
        await expect(page.locator(".line", has_text="只剩一项").get_by_role("button")).to_be_focused()
        await expect(page.locator(".line", has_text=await settled(house, ref))).to_be_focused()


async def test_a_finger_that_rests_holds_nothing_back_for_long(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await opened(windows)
        _, ref = await noticed(page, house)
        await page.mouse.down()
        await expect(page.get_by_text(await news(house, ref))).to_be_visible()


async def test_a_trembling_hand_presses_once(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await opened(windows)
        x, y = await middle(page.get_by_role("button", name="我的诉求"))
        await page.mouse.click(x, y)
        await page.get_by_role("button", name="HX7K1").evaluate(UNDER, y)
        await page.mouse.down(click_count=2)  # the second of two taps falls on what the first one brought
        await page.mouse.up(click_count=2)
        await page.get_by_role("button", name="下一页").focus()
        for _ in range(3):  # a key that is held repeats itself
            await page.keyboard.down("Enter")
        await page.keyboard.up("Enter")
        await expect(page.get_by_text(ANSWERED)).to_have_count(1)
    assert presses(house) == ["mine", "more"]
