"""The page in a real Chromium at phone width: nothing is lost or doubled, whatever happens on the way."""

from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from domain.messages import Button, File, Position, Press, Rendered, Text
from tests.web.browser import browsing, photo, said
from tests.web.conftest import House

pytestmark = pytest.mark.browser


async def write(page: Page, text: str) -> None:
    await page.locator("#words").fill(text)
    await page.locator("#send").click()


async def ready(page: Page) -> None:
    await expect(page.get_by_role("button", name="反映诉求")).to_be_visible()


def texts(house: House) -> list[str]:
    return [call.what.text for call in house.desk.calls if isinstance(call.what, Text)]


async def test_a_request_with_photos_is_filed(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await page.get_by_role("button", name="反映诉求").click()
        await expect(page.get_by_text("请写下您要反映的事")).to_be_visible()
        await page.locator("#words").fill("楼道的灯坏了")
        await page.locator("#photo-file").set_input_files([photo("a.jpg"), photo("b.jpg", "olive")])
        await expect(page.locator("#tray li")).to_have_count(2)
        await page.locator("#send").click()
        await expect(page.get_by_text("照片:2张")).to_be_visible()
        await expect(page.locator(".theirs .picture img")).to_have_count(2)
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_text("编号:HX7K1")).to_be_visible()
    files = [call.what for call in house.desk.calls if isinstance(call.what, File)]
    assert [file.caption for file in files] == ["楼道的灯坏了", ""]
    assert len({file.album for file in files}) == 1


async def test_a_reload_in_the_middle_loses_nothing(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await page.locator("#photo-file").set_input_files([photo()])
        await page.locator("#send").click()
        await expect(page.locator(".theirs .picture img")).to_have_count(1)
        await page.locator("#words").fill("还没写完")
        before = await said(page)
        await page.reload()
        await expect(page.locator(".theirs .picture img")).to_have_count(1)
        await expect(page.locator(".mine .picture img")).to_have_count(1)
        await expect(page.locator("#words")).to_have_value("还没写完")
        assert await said(page) == before
    assert len(house.desk.calls) == 2


async def test_words_on_their_way_survive_a_reload(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await page.route("**/chat/send", lambda route: route.abort())
        await write(page, "路上的话")
        await expect(page.get_by_text("等待发送")).to_be_visible()
        await page.locator("#photo-file").set_input_files([photo()])
        await page.locator("#send").click()
        await expect(page.locator(".mine .media")).to_have_count(1)  # it is kept: a file takes a moment
        await page.unroute("**/chat/send")
        await page.reload()
        await expect(page.get_by_text("照片:1张")).to_be_visible()
        await expect(page.locator(".state:not(:empty)")).to_have_count(0)
    assert texts(house) == ["路上的话"]


async def test_an_answer_lost_on_the_way_doubles_nothing(house: House, address: str) -> None:
    lost: list[str] = []

    async def lose(route: Route) -> None:
        await route.fetch()  # the server has it, the page doesn't hear
        lost.append(route.request.url)
        await route.abort()

    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await page.route("**/chat/send", lose, times=1)
        await write(page, "只说一次")
        await expect(page.get_by_role("button", name="提交")).to_have_count(1)
        await expect(page.locator(".state:not(:empty)")).to_have_count(0)
        assert (await said(page)).count("只说一次") == 1
    assert len(lost) == 1
    assert texts(house) == ["只说一次"]


async def test_offline_and_back(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await windows.context.set_offline(True)
        await write(page, "第一句")
        await write(page, "第二句")
        await expect(page.get_by_text("等待发送")).to_have_count(2)
        await expect(page.locator("#notice")).to_contain_text("没有网络")
        await windows.context.set_offline(False)
        await expect(page.get_by_text("等待发送")).to_have_count(0)
        await expect(page.locator("#notice")).to_be_hidden()
        lines = await said(page)
        assert lines.index("第一句") < lines.index("第二句")
    assert texts(house) == ["第一句", "第二句"]


async def test_two_windows_agree(house: House, address: str) -> None:
    async with browsing(address) as windows:
        one, two = await windows.open(), await windows.open()
        await ready(one)
        await write(one, "从第一个窗口")
        await expect(two.get_by_role("button", name="提交")).to_be_visible()
        await write(two, "从第二个窗口")
        await expect(one.get_by_text("内容:从第一个窗口\n从第二个窗口")).to_be_visible()
        await one.get_by_role("button", name="提交").click()
        await expect(two.get_by_text("编号:HX7K1")).to_be_visible()
        await expect(one.get_by_text("编号:HX7K1")).to_be_visible()
        assert await said(one) == await said(two)
    assert texts(house) == ["从第一个窗口", "从第二个窗口"]


async def test_what_the_postman_brings_shows_and_changes(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        visitor = house.desk.calls[0].chat
        notice = Rendered("新诉求:灯坏了", ((Button("take", "接办"),),))
        ref = await house.channel.send(visitor, notice)
        await expect(page.get_by_role("button", name="接办")).to_be_visible()
        await house.channel.send(visitor, Rendered("王代表已接办"), edit=ref)
        await expect(page.get_by_role("button", name="接办")).to_have_count(0)
        await expect(page.get_by_text("王代表已接办")).to_be_visible()


async def test_by_keyboard_alone_and_focus_is_kept(house: House, address: str) -> None:
    async with browsing(address, 1280, 800) as windows:
        page = await windows.open()
        await ready(page)
        await tab_to(page, "反映诉求")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("请写下您要反映的事")).to_be_visible()
        assert await focused(page) == "反映诉求"
        await tab_to(page, "请写在这里")
        await page.keyboard.type("楼道的灯坏了")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="提交")).to_be_visible()
        await tab_to(page, "提交", backwards=True)
        await page.keyboard.press("Space")
        await expect(page.get_by_text("编号:HX7K1")).to_be_visible()
        inside = "document.querySelector('#log').contains(document.activeElement)"
        assert await page.evaluate(inside)
    assert [call.what for call in house.desk.calls if isinstance(call.what, Press)] == [
        Press("file"),
        Press("send"),
    ]


async def focused(page: Page) -> str:
    name: str = await page.evaluate(
        "((one) => (one.labels && one.labels[0] || one).textContent)(document.activeElement)"
    )
    return name.strip()


async def tab_to(page: Page, name: str, *, backwards: bool = False) -> None:
    for _ in range(40):
        await page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if await focused(page) == name:
            return
    raise AssertionError(f"{name} is not reached by keyboard")


async def test_a_link_starts_with_its_payload_once(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open("/?start=w_CY01")
        await ready(page)
        assert page.url == address + "/"
        await page.reload()
        await ready(page)
    assert [getattr(call.what, "payload", None) for call in house.desk.calls] == ["w_CY01"]


@pytest.mark.parametrize("house", ["consent"], indirect=True)
async def test_before_consent_the_window_alone_remembers(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await expect(page.get_by_role("button", name="不可以")).to_be_visible()
        await write(page, "灯坏了")
        await expect(page.get_by_role("button", name="不可以")).to_have_count(2)
        await page.reload()
        await expect(page.get_by_text("灯坏了")).to_be_visible()
        await page.get_by_role("button", name="可以", exact=True).last.click()
        await ready(page)
        await expect(page.get_by_role("button", name="不可以")).to_have_count(1)
        await page.reload()
        await ready(page)


async def test_an_unknown_device_is_told_and_starts_afresh(house: House, address: str) -> None:
    async with browsing(address) as windows:
        await windows.context.add_cookies([{"name": "workroom", "value": "forged.by.hand", "url": address}])
        page = await windows.open()
        await expect(page.locator("#notice")).to_contain_text("认不出这台设备")
        await page.get_by_role("button", name="重新开始").click()
        await ready(page)
    assert len(house.desk.people) == 1


@pytest.mark.parametrize(
    "status,words",
    [(413, "内容太大"), (400, "这条没有发出去")],
)
async def test_what_is_refused_says_so_and_can_be_tried_again(
    house: House, address: str, status: int, words: str
) -> None:
    async def refuse(route: Route) -> None:
        body = '{"words":"内容太大,发不出去。"}' if status == 413 else "{}"
        await route.fulfill(status=status, body=body)

    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await page.route("**/chat/send", refuse, times=1)
        await write(page, "灯坏了")
        await expect(page.locator(".failed .state")).to_contain_text(words)
        await page.get_by_role("button", name="再试一次").click()
        await expect(page.get_by_role("button", name="提交")).to_be_visible()
        await expect(page.locator(".failed")).to_have_count(0)
    assert texts(house) == ["灯坏了"]


@pytest.mark.parametrize("status,words", [(429, "现在人多"), (503, "服务暂时出了问题")])
async def test_a_busy_server_is_tried_again(house: House, address: str, status: int, words: str) -> None:
    async def later(route: Route) -> None:
        await route.fulfill(status=status, headers={"Retry-After": "1"}, body="")

    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await page.route("**/chat/send", later, times=1)
        await write(page, "灯坏了")
        await expect(page.locator("#notice")).to_contain_text(words)
        await expect(page.get_by_role("button", name="提交")).to_be_visible()
        await expect(page.locator("#notice")).to_be_hidden()
    assert texts(house) == ["灯坏了"]


async def test_a_file_too_big_is_told_at_once(house: House, address: str, tmp_path: Path) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        big = tmp_path / "big.jpg"
        big.write_bytes(photo()["buffer"] + b"x" * (20 * 1024 * 1024))
        await page.locator("#photo-file").set_input_files(big)
        await expect(page.locator("#notice")).to_contain_text("超过20MB")
        await expect(page.locator("#tray li")).to_have_count(0)


async def test_a_voice_message_is_recorded(house: House, address: str) -> None:
    async with browsing(address, permissions=["microphone"]) as windows:
        page = await windows.open()
        await ready(page)
        await page.locator("#voice").click()
        await expect(page.locator("#recorded")).to_contain_text("0:01")
        await page.get_by_role("button", name="录好了").click()
        await expect(page.locator("#tray audio")).to_have_count(1)
        await page.locator("#send").click()
        await expect(page.locator(".theirs audio")).to_have_count(1)
        await expect(page.locator(".mine audio")).to_have_count(1)
    (file,) = [call.what for call in house.desk.calls if isinstance(call.what, File)]
    assert file.kind == "voice"


async def test_without_a_recorder_the_phones_own_is_offered(address: str) -> None:
    async with browsing(address) as windows:
        await windows.context.add_init_script("delete window.MediaRecorder")
        page = await windows.open()
        await ready(page)
        await page.locator("#voice").click()
        await expect(page.locator("#notice")).to_contain_text("不能录音")
        await expect(page.get_by_role("button", name="选择录音文件")).to_be_visible()


async def test_a_position_is_sent_where_it_is_asked_for(house: House, address: str) -> None:
    place = {"latitude": 31.23, "longitude": 121.47, "accuracy": 15.0}
    async with browsing(address, permissions=["geolocation"], geolocation=place) as windows:
        page = await windows.open()
        await ready(page)
        await write(page, "位置")
        await page.get_by_role("button", name="发送我的位置").click()
        await expect(page.get_by_text("位置收到了")).to_be_visible()
    assert house.desk.calls[-1].what == Position(31.23, 121.47, 15.0)


async def test_a_position_that_is_denied_is_explained(address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await page.locator("#position").click()
        await expect(page.locator("#notice")).to_contain_text("直接写下地址")


async def test_a_photo_opens_large_and_closes(address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        await page.locator("#photo-file").set_input_files([photo()])
        await page.locator("#send").click()
        await page.locator(".theirs .picture").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        inside = "document.activeElement.classList.contains('picture')"
        assert await page.evaluate(inside)


async def test_four_people_stand_side_by_side(house: House, address: str) -> None:
    async with browsing(address, 1600, 900) as windows:
        page = await windows.open("/side-by-side")
        for name in ("居民", "联络员", "党代表", "承办单位"):
            frame = page.frame_locator(f'iframe[title="{name}"]')
            await expect(frame.get_by_role("button", name="反映诉求")).to_be_visible()
    assert len(house.desk.people) == 4


async def test_a_long_message_is_shown_from_its_beginning(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await windows.open()
        await ready(page)
        visitor = house.desk.calls[0].chat
        await house.channel.send(visitor, Rendered("开头在这里。\n" + "很长的一行。\n" * 60))
        line = page.get_by_text("开头在这里")
        await expect(line).to_be_visible()
        top = "(one) => { const top = (node) => node.getBoundingClientRect().top;"
        top += " return top(one) - top(document.getElementById('scroll')); }"
        assert 0 <= await line.evaluate(top) < 60
        below = page.get_by_role("button", name="往下看")
        await expect(below).to_be_visible()
        while await below.is_visible():
            await below.click()
        await expect(page.get_by_role("log").get_by_role("time").last).to_be_in_viewport()


async def test_the_keyboards_send_sends_on_a_telephone_too(house: House, address: str) -> None:
    async with browsing(address, height=360, has_touch=True, is_mobile=True) as windows:
        page = await windows.open()
        await ready(page)
        for _ in range(2):
            await page.get_by_role("button", name="大字").click()
        await page.get_by_label("请写在这里").fill("")
        await page.get_by_label("请写在这里").press_sequentially("电梯坏了三天，走不动，" * 5)
        await expect(page.get_by_role("button", name="发送", exact=True)).to_be_in_viewport(ratio=1)
        await page.get_by_label("请写在这里").press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("请核对")
        assert texts(house) == ["电梯坏了三天，走不动，" * 5]
