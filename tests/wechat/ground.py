"""The service on WeChat in whole: the real channel and desk, the stub's server, the platform's own calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from bot.channels.wechat.channel import WeChat as Channel
from bot.channels.wechat.channel import open_wechat
from bot.settings import Settings
from bot.settings import settings as settings_of
from domain.people import Seat
from storage.redis import Redis
from storage.tables import outbox
from storage.wechat import Standing
from tests.chat import Chat
from tests.stubs.wechat import APP, SECRET, Follower, Said, WeChat
from tests.wechat.platform import ACCOUNT, KEY, TOKEN, Caller, xml
from tests.world import World, world

PAGE = "http://workroom.test"
LIAISON, RESIDENT = "oLiaison", "oResident"


def settings_for(api: WeChat, **given: Any) -> Settings:
    """The settings of a service that talks to the stub."""
    account = {"wechat_app_id": APP, "wechat_app_secret": SECRET, "wechat_token": TOKEN}
    ours = {"wechat_aes_key": KEY, "wechat_api_url": api.url, "public_url": PAGE}
    return settings_of(**{**account, **ours, **given}, _env_file=None)


class Ground:
    """The running service, and what a test asks of it."""

    def __init__(self, api: WeChat, made: World, wechat: Channel) -> None:
        self.api, self.world, self.wechat = api, made, wechat
        self.caller = Caller(wechat.receiving, made.clock, app_id=APP)
        self.chat = Chat(made)
        self._number = 0

    # --- what people in WeChat do ------------------------------------------------------------------------

    async def says(self, who: str, words: str) -> str:
        """A text; gives the answer's text. The postman then does the round."""
        self.api.person(who).writes()
        return await self._brings(who, MsgType="text", Content=words)

    async def taps(self, who: str, data: str) -> str:
        """A choice of a msgmenu."""
        self.api.person(who).taps()
        return await self._brings(who, MsgType="text", Content="…", bizmsgmenuid=data)

    async def event(self, who: str, name: str, raw: str = "", **fields: str) -> str:
        """An event; the platform opens what it opens."""
        person = self.api.person(who)
        person.follows = name != "unsubscribe"
        if name in ("subscribe", "SCAN", "CLICK"):
            person.taps()
        return await self._brings(who, numbered=False, MsgType="event", Event=name, raw=raw, **fields)

    async def _brings(self, who: str, *, numbered: bool = True, raw: str = "", **fields: str) -> str:
        self._number += 1
        number = {"MsgId": self._number} if numbered else {}
        head = {"ToUserName": ACCOUNT, "FromUserName": who, "CreateTime": self.caller.now + self._number}
        text = await self.caller.brings(xml(**head, **fields, **number, raw=raw))
        await self.settled()
        return text

    async def settled(self) -> None:
        """What answering does afterwards is done, and the postman has nothing to deliver."""
        while after := self.wechat.receiving.answering._after:
            await asyncio.wait(after)
        await self.world.deliver()

    async def agrees(self, who: str, payload: str = "") -> Follower:
        """Follow and agree."""
        await self.event(who, "subscribe", EventKey=f"qrscene_{payload}" if payload else "")
        await self.says(who, "同意")
        return self.api.person(who)

    async def sits(self, who: str, name: str) -> Follower:
        """Somebody of the tests' workroom (`tests.chat.SEATS`), bound by an invite."""
        seat: Seat = await self.chat.seat(name)
        return await self.agrees(who, f"i_{await self.world.invite(seat)}")

    async def files(self, who: str, words: str = "3号楼室外楼梯一下雨就打滑") -> str:
        """A request sent off; gives its number."""
        await self.says(who, "反映诉求")
        await self.says(who, words)
        receipt = await self.says(who, "提交")
        async with self.world.unit() as uow:
            rows = await uow.connection.execute(sa.text("SELECT number FROM cases ORDER BY id DESC LIMIT 1"))
            number = str(rows.scalar_one())
        assert f"{number[:4]}-{number[4:]}" in receipt, receipt
        return number

    async def accepted(self) -> str:
        """A liaison and a resident in WeChat, and a request accepted; nothing said counts any more."""
        await self.sits(LIAISON, "联络员")
        await self.agrees(RESIDENT, "w_LJ01")
        number = await self.files(RESIDENT)
        await self.taps(LIAISON, f"do:{number}:accept")
        self.said(LIAISON).clear()
        self.said(RESIDENT).clear()
        return number

    # --- what there is -----------------------------------------------------------------------------------

    async def standing(self, who: str) -> Standing:
        """How it stands with somebody remembered."""
        async with self.world.unit() as uow:
            found = await uow.followers.standing(who)
        assert found is not None
        return found

    async def agreed(self, who: str) -> dict[str, int]:
        """The notices they have agreed to and not got yet."""
        standing = await self.standing(who)
        async with self.world.unit() as uow:
            return await uow.followers.agreed(standing.identity)

    async def set(self, **settings: str) -> None:
        """The district decides."""
        async with self.world.unit() as uow:
            for name, value in settings.items():
                await uow.registry.set_setting(name, value)

    async def letters(self, key: str) -> list[str]:
        """The states of the letters with these words."""
        async with self.world.unit() as uow:
            rows = await uow.connection.execute(
                sa.select(outbox.c.message, outbox.c.state).order_by(outbox.c.id)
            )
            return [row.state for row in rows if row.message["key"] == key]

    def said(self, who: str) -> list[Said]:
        """What reached somebody outside of answers."""
        return self.api.person(who).said


@asynccontextmanager
async def ground(url: str, folder: Path, redis: Redis | None = None, **given: Any) -> AsyncIterator[Ground]:
    """The service over this database."""
    async with (
        world(url, folder, redis=given.get("redis_url", "")) as made,
        WeChat(lambda: made.clock().timestamp()) as api,
    ):
        wechat = await open_wechat(settings_for(api, **given), made.house, made.desk, redis)
        cast(dict[str, Any], made.house.channels)["wechat"] = wechat.channel
        try:
            yield Ground(api, made, wechat)
        finally:
            await wechat.close()
