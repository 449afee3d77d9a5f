"""The page for eyes, fingers and screen readers: EXPERIENCE 1–5, 7, measured in Chromium."""

import re

import pytest
from playwright.async_api import Page, expect

from bot.channels.web.files import FOLDER
from tests.web.browser import browsing, photo, sideways, too_small, violations
from tests.web.test_browser import ready, write

SIZES = [(320, 640), (360, 740), (1280, 800)]
ZOOMED = (180, 370)
"""360 × 740 at 200 %."""


async def talked(page: Page) -> None:
    """A conversation with everything in it: buttons, stale buttons, photos, a tray."""
    await ready(page)
    await page.get_by_role("button", name="我的诉求").click()
    await expect(page.get_by_role("button", name="下一页")).to_be_visible()
    await page.locator("#photo-file").set_input_files([photo()])
    await page.locator("#send").click()
    await expect(page.locator(".theirs .picture img")).to_have_count(1)
    await write(page, "楼道的灯坏了" + "很长" * 30 + "https://example.invalid/" + "a" * 60)
    await expect(page.get_by_text("内容:楼道的灯坏了")).to_be_visible()
    await page.locator("#photo-file").set_input_files([photo()])
    await expect(page.locator("#tray li")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width,height", [*SIZES, ZOOMED])
@pytest.mark.parametrize("size", [1, 3])
async def test_axe_finds_nothing_and_targets_are_large(
    address: str, width: int, height: int, scheme: str, size: int
) -> None:
    async with browsing(address, width, height, color_scheme=scheme) as windows:
        page = await windows.open("/as/resident/")
        await ready(page)
        for _ in range(size - 1):
            await page.locator("#size").click()
        assert (
            await page.evaluate("getComputedStyle(document.body).fontSize")
            == {
                1: "20px",
                3: "30px",
            }[size]
        )
        await talked(page)
        assert await violations(page) == []
        assert await too_small(page) == []
        assert await sideways(page) == []


@pytest.mark.browser
async def test_the_chosen_size_stays(address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await page.get_by_role("button", name="大字").click()
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-size", "2")


@pytest.mark.browser
async def test_notices_and_pictures_and_recording_are_accessible(address: str) -> None:
    async with browsing(address, permissions=["microphone"]) as windows:
        page = await windows.open()
        await ready(page)
        await page.locator("#voice").click()
        await expect(page.locator("#recording")).to_be_visible()
        assert (await violations(page), await too_small(page)) == ([], [])
        await page.get_by_role("button", name="不录了").click()
        await page.evaluate("delete window.MediaRecorder")
        await page.locator("#voice").click()
        await expect(page.locator("#notice")).to_be_visible()
        assert (await violations(page), await too_small(page)) == ([], [])
        await page.locator("#photo-file").set_input_files([photo()])
        await page.locator("#send").click()
        await page.locator(".theirs .picture").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert (await violations(page), await too_small(page)) == ([], [])


@pytest.mark.browser
async def test_side_by_side_is_accessible(address: str) -> None:
    async with browsing(address, 1600, 900) as windows:
        page = await windows.open("/side-by-side")
        frame = page.frame_locator('iframe[title="承办单位"]')
        await expect(frame.get_by_role("button", name="反映诉求")).to_be_visible()
        assert await violations(page) == []


NEWER = re.compile(
    r"\?\.(?!\d)|\?\?|\|\|=|&&=|\*\*=|(?<![\w'\"`#/.-])#[a-z]\w*\s*[=(;]|\bstatic\s|\.at\(-|replaceAll|"
    r"structuredClone|randomUUID|\bimport\(|\bawait\s+import|Object\.hasOwn|\.findLast|allSettled|\d_\d"
)
"""Syntax and functions of 2020 and later, which old WebViews don't know."""


def test_scripts_stay_with_the_language_of_2019() -> None:
    found = [
        f"{path.name}: {hit.group()}"
        for path in FOLDER.glob("*.js")
        for hit in NEWER.finditer(re.sub(r"//.*|/\*.*?\*/", "", path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize("script", ["a?.b", "a ?? b", "a ||= b", "x.replaceAll('a', 'b')", "1_000"])
def test_newer_language_is_found(script: str) -> None:
    assert NEWER.search(script)


def test_styles_need_no_newer_browser() -> None:
    newer = re.compile(
        r"(?<![-\w])(gap|inset|aspect-ratio)\s*:|:(is|where|has)\(|@layer|(?<![-\w])(min|max|clamp)\("
    )
    found = [
        f"{path.name}: {hit.group()}"
        for path in FOLDER.glob("*.css")
        for hit in newer.finditer(path.read_text())
    ]
    assert found == []


def test_pages_hold_no_words_of_their_own() -> None:
    templates = FOLDER.parent / "templates"
    files = [*FOLDER.iterdir(), *templates.iterdir()]
    assert [path.name for path in files if re.search("[\u3000-\u9fff\uff00-\uffef]", path.read_text())] == []
