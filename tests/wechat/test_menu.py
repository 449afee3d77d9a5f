"""Each button of the account's menu does what it says, for whoever presses it."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.channels.wechat.envelope import Content
from bot.channels.wechat.menu import menu
from bot.channels.wechat.parse import Arrival, parse
from domain.messages import Press
from locales.catalogue import Catalogue
from tests.wechat.ground import PAGE, Ground, ground
from tests.world import copy_of

WORDS = Catalogue.load()
ENTER = f"{PAGE}/wechat/enter"

DOES: Mapping[str, str] = {
    "反映诉求": "是什么事，在哪里？",
    "我的诉求": "您的诉求：\n1. ",
    "开放日": "临江街道党代表工作室接下来开放：",
    "我的代表": "临江街道党代表工作室的党代表：",
    "选择我的社区": "您家在哪个街道？",
    "怎么用": "您可以直接说事，也可以发这些词：",
    "换设备": "一次性代码：",
    "换语言": "请选择语言。",
    "个人信息说明": "您的信息这样用：",
    "工作人员待办": "「待办」是给工作人员用的",
}
"""What a resident who has filed a request is answered."""


def published(language: str = "zh_CN", page: str = ENTER) -> list[Mapping[str, str]]:
    """Every button that does something, in order."""
    made = menu(lambda key: WORDS.say(language, key), page)
    return [one for button in made for one in button.get("sub_button", (button,))]


@pytest.fixture
async def office(filled: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(copy_of(filled, tmp_path), tmp_path) as made:
        yield made


async def clicks(office: Ground, who: str, key: str) -> str:
    """A click, a moment after whatever was before."""
    office.world.clock.on(seconds=2)
    return await office.event(who, "CLICK", EventKey=key)


async def test_each_does_what_its_label_says(office: Ground) -> None:
    await office.agrees("oResident", "w_LJ01")
    await office.files("oResident")
    buttons = [one for one in published() if one["type"] == "click"]
    assert [one["name"] for one in buttons] == list(DOES)
    for one in buttons:
        answer = await clicks(office, "oResident", one["key"])
        assert DOES[one["name"]] in answer, (one["name"], answer)
        assert len(answer.encode()) <= 2048


async def test_staff_find_what_waits_for_them(office: Ground) -> None:
    await office.sits("oLiaison", "联络员")
    await office.agrees("oResident", "w_LJ01")
    number = await office.files("oResident")
    [todo] = [one["key"] for one in published() if one["name"] == "工作人员待办"]
    assert f"{number[:4]}-{number[4:]}" in await clicks(office, "oLiaison", todo)


async def test_a_stranger_is_asked_first_and_nothing_is_kept(office: Ground) -> None:
    for one in published():
        if one["type"] == "click":
            assert "您同意吗？" in await clicks(office, "oStranger", one["key"]), one["name"]
    async with office.world.unit() as uow:
        assert await uow.people.known("wechat", "oStranger") is None


def test_the_page_s_button_leads_to_the_page_and_is_left_out_without_one() -> None:
    assert [one["url"] for one in published() if one["type"] == "view"] == [ENTER]
    assert [one for one in published(page="") if one["type"] == "view"] == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_key_is_understood_by_its_reader(language: str) -> None:
    for one in published(language):
        if one["type"] == "click":
            event = {"FromUserName": "o", "MsgType": "event", "Event": "CLICK", "EventKey": one["key"]}
            arrived = parse(Content(event))
            assert isinstance(arrived, Arrival) and arrived.inbound.what == Press(one["key"])
