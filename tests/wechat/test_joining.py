"""One person in WeChat, in Telegram and on the page: joined by a typed code, then one list of cases."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.messages import Press, Start, Text
from tests.chat import Actor
from tests.wechat.ground import Ground, ground
from tests.wechat.test_pushing import answer
from tests.world import copy_of


@pytest.fixture
async def office(filled: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(copy_of(filled, tmp_path), tmp_path) as made:
        yield made


class Elsewhere:
    """Somebody in another channel."""

    def __init__(self, office: Ground, channel: str, user: str) -> None:
        self.office, self.actor = office, Actor(user, channel, user)

    async def says(self, words: str) -> str:
        """Says it; what was answered."""
        self.office.world.clock.on(seconds=1)
        answer = await self.office.chat.send(self.actor, Text(words))
        await self.office.world.deliver()
        return "\n".join(message.text for message in answer.messages)

    async def agrees(self) -> "Elsewhere":
        """Come and agree."""
        await self.office.chat.agree(self.actor)
        await self.office.chat.send(self.actor, Start("w_LJ01"))
        return self

    async def files(self, words: str) -> None:
        """A request sent off."""
        await self.says("反映诉求")
        await self.says(words)
        await self.says("提交")

    def told(self) -> list[str]:
        """What was pushed to them."""
        said = self.office.world.channels[self.actor.channel].said.get(self.actor.id, [])
        return [message.text for _, message in said]


def code_in(text: str) -> str:
    """The one-time code of an answer."""
    found = re.search(r"代码：(\S+)", text)
    assert found is not None, text
    return found[1]


async def test_three_channels_become_one_person(office: Ground) -> None:
    await office.sits("oLiaison", "联络员")
    await office.agrees("oResident", "w_LJ01")
    here = await office.files("oResident", "楼道灯坏了没人修")
    telegram = await Elsewhere(office, "telegram", "77").agrees()
    await telegram.files("垃圾桶满了好几天")
    page = await Elsewhere(office, "web", "b" * 32).agrees()
    await page.files("健身器材松了很危险")
    code = code_in(await office.says("oResident", "换设备"))
    assert "都在这里" in await telegram.says(code)
    assert "都在这里" in await page.says(code_in(await telegram.says("换设备")))
    for listed in (await office.says("oResident", "我的诉求"), await page.says("我的诉求")):
        assert all(words in listed for words in ("楼道灯", "垃圾桶", "健身器材"))
    office.world.clock.on(seconds=5)
    await telegram.says("帮助")  # here they wrote last
    await office.taps("oLiaison", f"do:{here}:accept")
    assert "已经受理" in telegram.told()[-1]
    assert not any("已经受理" in said.text for said in office.said("oResident"))
    office.world.clock.on(seconds=5)
    await office.says("oResident", "帮助")
    await answer(office, here)
    assert "防滑条" in office.said("oResident")[-1].text


async def test_nothing_is_lost_by_joining(office: Ground) -> None:
    """Consents, a name, a home, what waits to be said: all come along; the empty person keeps no name."""
    await office.agrees("oResident", "w_LJ01")
    telegram = await Elsewhere(office, "telegram", "77").agrees()
    async with office.world.unit() as uow:
        joining = await uow.people.known("telegram", "77")
        assert joining is not None
        await uow.people.change(joining.id, name="王阿姨")
    await telegram.says(code_in(await office.says("oResident", "换设备")))
    async with office.world.unit() as uow:
        one, empty = await uow.people.known("telegram", "77"), await uow.people.person(joining.id)
    assert one is not None and one.id != joining.id
    assert (one.name, one.consents) == ("王阿姨", frozenset({"basic", "abroad"}))
    assert (empty.name, empty.consents) == ("", frozenset())
    assert "您同意吗" not in await telegram.says("帮助")


async def test_a_code_works_once_and_only_typed(office: Ground) -> None:
    await office.agrees("oResident", "w_LJ01")
    code = code_in(await office.says("oResident", "换设备"))
    thief = await Elsewhere(office, "telegram", "66").agrees()
    await office.chat.send(thief.actor, Start(f"m_{code}"))
    await office.chat.send(thief.actor, Press(f"m_{code}"))
    assert "还没有" in await thief.says("我的诉求") or "没有" in await thief.says("我的诉求")
    await office.event("oScanner", "SCAN", EventKey=f"m_{code}")
    own = await Elsewhere(office, "web", "c" * 32).agrees()
    assert "都在这里" in await own.says(code)
    assert "用不了" in await thief.says(code)


async def test_guessing_is_slowed_and_nobody_else_is(office: Ground) -> None:
    await office.agrees("oThief")
    for guess in range(10):
        assert "用不了" in await office.says("oThief", f"K7M2PX{chr(65 + guess).replace('I', 'Z')}R")
    assert "太快" in await office.says("oThief", "K7M2PXQR")
    await office.agrees("oResident")
    own = await Elsewhere(office, "web", "c" * 32).agrees()
    assert "都在这里" in await own.says(code_in(await office.says("oResident", "换设备")))


async def test_unfollowing_afterwards_leaves_the_joined_person(office: Ground) -> None:
    await office.agrees("oResident", "w_LJ01")
    await office.files("oResident", "楼道灯坏了没人修")
    page = await Elsewhere(office, "web", "b" * 32).agrees()
    await page.says(code_in(await office.says("oResident", "换设备")))
    await office.event("oResident", "unsubscribe")
    assert "楼道灯" in await page.says("我的诉求")
