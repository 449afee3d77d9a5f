"""A real Chromium for the page's tests: small screens, its own host alone, nothing in the background."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import BrowserContext, FilePayload, Page, async_playwright, expect

from tests.web.chromium import path_of_chromium

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-sync", "--no-first-run", "--no-default-browser-check",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
)  # fmt: skip
PATIENCE = 30_000
"""Milliseconds that a busy machine may take: only what hangs should end a test."""

AXE = {
    "rules": {"target-size": {"enabled": True}},
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


@dataclass
class Windows:
    """The windows of one person's browser, what they asked for and what went wrong in them."""

    context: BrowserContext
    address: str
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    async def open(self, path: str = "/") -> Page:
        """One more window."""
        page = await self.context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        await page.goto(self.address + path)
        return page

    def strangers(self) -> list[str]:
        """What was asked of any other host."""
        own = (self.address, "data:", "blob:" + self.address)
        return [url for url in self.asked if not url.startswith(own)]


@asynccontextmanager
async def browsing(
    address: str, width: int = 360, height: int = 740, **options: Any
) -> AsyncIterator[Windows]:
    """A person's browser; scripts that fail and strange hosts fail the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path_of_chromium(), args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", **options
        )
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        windows = Windows(context, address)
        context.on("request", lambda request: windows.asked.append(request.url))
        try:
            yield windows
        finally:
            await browser.close()
        assert windows.troubles == []
        assert windows.strangers() == []


async def violations(page: Page) -> list[str]:
    """What axe finds, in one line each."""
    found = (await Axe().run(page, options=AXE)).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


async def sideways(page: Page) -> list[int]:
    """By how many pixels the page, and the conversation, are wider than what is seen of them."""
    measured: Sequence[int] = await page.evaluate(
        "[document.documentElement, document.getElementById('scroll')]"
        ".map((one) => one.scrollWidth - one.clientWidth)"
    )
    return [over for over in measured if over > 0]


async def too_small(page: Page) -> list[str]:
    """Main targets below 60 × 60 and others below 44 × 44, of those that are seen."""
    found: list[str] = await page.evaluate(
        """() => Array.from(document.querySelectorAll('button, a:not(.skip, .text a), textarea, audio'))
        .filter((one) => {
          if (!one.getClientRects().length) return false;
          const main = one.matches('.choice:not(.minor), #send, .tools button, textarea, #record-stop');
          const box = one.getBoundingClientRect();
          const least = (main ? 60 : 44) - 0.5;
          return box.width < least || box.height < least;
        }).map((one) => one.outerHTML.slice(0, 100))"""
    )
    return found


def photo(name: str = "photo.jpg", color: str = "teal") -> FilePayload:
    """A real photo to choose."""
    out = BytesIO()
    Image.new("RGB", (640, 480), color).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


async def said(page: Page) -> list[str]:
    """Every line on the screen, without the time below it."""
    texts: list[str] = await page.evaluate(
        "Array.from(document.querySelectorAll('.line')).map((one) => {"
        " const text = one.querySelector('.text'); return text ? text.textContent : ''; })"
    )
    return texts
