"""Where a document is asked for, the page offers to choose one: a phone's picker for photos shows none."""

import pytest
from playwright.async_api import expect

from domain.messages import File
from tests.web.browser import browsing, sideways, too_small, violations
from tests.web.conftest import House
from tests.web.test_browser import ready, write

pytestmark = pytest.mark.browser

NOTICE = "日期,类型,名称\n2027-01-01,休,元旦\n".encode()


async def test_a_document_is_chosen_named_taken_back_and_sent(house: House, address: str) -> None:
    async with browsing(address, width=320) as windows:
        page = await windows.open()
        await ready(page)
        await write(page, "文件")
        name = "一个名字很长很长的放假通知-2027年-国务院办公厅-定稿.csv"
        for _ in range(2):
            async with page.expect_file_chooser() as asked:
                await page.get_by_role("button", name="发文件").click()
            chooser = await asked.value
            await chooser.set_files({"name": name, "mimeType": "text/csv", "buffer": NOTICE})
        await expect(page.locator("#tray li.document")).to_have_count(2)
        assert await sideways(page) == [] and await too_small(page) == [] and await violations(page) == []
        await page.get_by_role("button", name="移除文件1").click()
        await expect(page.locator("#tray")).to_contain_text(name)
        await page.locator("#send").click()
        await expect(page.get_by_text("照片:1张")).to_be_visible()
    sent = [call.what for call in house.desk.calls if isinstance(call.what, File)]
    assert [(one.kind, one.size) for one in sent] == [("document", len(NOTICE))]
