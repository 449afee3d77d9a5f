"""Plays transcripts over WeChat: safe-mode XML in, safe-mode XML out, pushes tapped as the platform's menus.

Who talks here sees one text with numbers. A choice of the answer is made by writing its number (返回, 取消 …
by the word), a choice of a push by tapping it.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import cast

from bot.channels.wechat.answering import Patience
from bot.channels.wechat.channel import open_wechat
from bot.channels.wechat.receiving import receiving
from domain import mars
from domain.messages import (
    Answer,
    Button,
    File,
    Inbound,
    Position,
    Press,
    Rendered,
    Start,
    Text,
    What,
)
from handlers.ports import Channel
from tests.chat import Actor, Chat
from tests.paper import Paper
from tests.stubs.wechat import APP, SECRET, Said, WeChat
from tests.wechat.platform import ACCOUNT, Caller, PaperPlatform, settings_for, xml
from tests.world import World

NUMBERED = re.compile(r"(?:^|  )(\d+) (\S.*?)(?=  \d+ |$)", re.MULTILINE)
WAYS = re.compile(r"^(?:也可以回：|Or reply: )(.+)$", re.MULTILINE)
UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
KINDS = {"photo": "image", "voice": "voice", "video": "video", "document": "file"}


def seen(text: str) -> Rendered:
    """What somebody can do with a text: its numbered lines and its words, each as a button."""
    numbered = [Button(f"#{number}", label) for number, label in NUMBERED.findall(text)]
    ways = [Button(f"={way}", way) for line in WAYS.findall(text) for way in re.split("、|, ", line)]
    return Rendered(text, tuple((button,) for button in (*numbered, *ways)))


class WeChatChat(Chat):
    """A transcript's people, all of them in WeChat."""

    def __init__(self, world: World, caller: Caller) -> None:
        super().__init__(world, channel="wechat")
        self.caller = caller
        self.following: set[str] = set()
        self.brought: dict[str, str] = {}

    async def agree(self, actor: Actor) -> None:
        """Follow the account and agree."""
        await self.send(actor, Start())
        while any(button.label == "同意" for button in self._buttons(actor)):
            await self.send(actor, Text("同意"))

    async def bring(self, actor: Actor, inbound: Inbound) -> Answer:
        """By HTTP, as the platform brings it; what is brought again is the same to the byte.

        Pictures have no words of their own in WeChat: these come as the next message.
        """
        what = inbound.what
        if isinstance(what, File) and what.caption:
            await self.bring(actor, replace(inbound, id=f"9{inbound.id:0>4}", what=replace(what, caption="")))
            return await self.bring(actor, inbound.holding(Text(what.caption)))
        name = f"{actor.id}/{inbound.id}"
        if name not in self.brought:
            self.brought[name] = self._written(actor, inbound)
        text = await self.caller.brings(self.brought[name])
        await self.caller.receiving.answering.settled()
        return Answer((seen(text),) if text else ())

    def _written(self, actor: Actor, inbound: Inbound) -> str:
        head = {"ToUserName": ACCOUNT, "FromUserName": actor.id, "CreateTime": self.caller.now}
        fields, event = self._fields(actor, inbound.what)
        number = {} if event else {"MsgId": int(actor.id) * 100_000 + int(inbound.id)}
        return xml(**head, **fields, **number)

    def _fields(self, actor: Actor, what: What) -> tuple[dict[str, str], bool]:
        match what:
            case Text(text):
                return {"MsgType": "text", "Content": text}, False
            case Press(data):
                return self._pressed(actor, data), False
            case Start(payload):
                return self._scanned(actor, payload), True
            case File(kind, ref):
                return {"MsgType": KINDS[kind], "MediaId": ref, "Format": "amr"}, False
            case Position(latitude, longitude):
                north, east = mars.shift(latitude, longitude)
                where = {"Location_X": f"{north:.6f}", "Location_Y": f"{east:.6f}", "Label": what.label}
                return {"MsgType": "location", "Scale": "16", **where}, False
        return {"MsgType": "text", "Content": UNSUPPORTED}, False

    def _pressed(self, actor: Actor, data: str) -> dict[str, str]:
        if data[:1] in "#=":
            return {"MsgType": "text", "Content": data[1:]}
        label = next((button.label for button in self._buttons(actor) if button.data == data), "选")
        return {"MsgType": "text", "Content": label, "bizmsgmenuid": data}

    def _scanned(self, actor: Actor, payload: str) -> dict[str, str]:
        if actor.id in self.following:
            return {"MsgType": "event", "Event": "SCAN", "EventKey": payload, "Ticket": "gQ"}
        self.following.add(actor.id)
        key = f"qrscene_{payload}" if payload else ""
        return {"MsgType": "event", "Event": "subscribe", "EventKey": key, "Ticket": "gQ" if key else ""}

    def _answered(self, expected: str) -> None:
        """One message a turn holds all that other channels say in several."""
        actor = self._last
        assert actor is not None, "nobody has said anything yet"
        if not any(self._fits(message, expected) for message in actor.answer):
            self._fail(expected, [self._read(message) for message in actor.answer])


class WholeChat(WeChatChat):
    """The same with the platform's own server, which counts what may be pushed to whom."""

    def __init__(self, world: World, caller: Caller, stub: WeChat) -> None:
        super().__init__(world, caller)
        self.stub = stub

    def _paper(self, actor: Actor) -> list[tuple[str, Rendered]]:
        return [("", pushed(said)) for said in self.stub.person(actor.id).said]

    async def bring(self, actor: Actor, inbound: Inbound) -> Answer:
        """The platform opens a window, and keeps what was sent."""
        person, what = self.stub.person(actor.id), inbound.what
        taps = isinstance(what, Start) or (isinstance(what, Press) and what.data[:1] not in "#=")
        person.taps() if taps else person.writes()
        if isinstance(what, File):
            data = self.world.channels["wechat"].files[what.ref]
            self.stub.media[what.ref] = (self.stub.clock() + 3 * 86_400, data, what.mime or "image/jpeg")
        return await super().bring(actor, inbound)


def pushed(said: Said) -> Rendered:
    """What somebody sees of a push; a menu's lines can be tapped, whatever number stands before them."""
    rows = tuple((Button(data, label.partition(" ")[2]),) for data, label in said.choices)
    return Rendered(said.text or " ".join(said.fields.values()), rows or seen(said.text).buttons)


def talking(world: World) -> WeChatChat:
    """A transcript's player over this world; pushes land on paper."""
    platform = PaperPlatform()
    world.channels["wechat"] = platform
    _serve(world, platform)
    at_once = Patience(answer=60.0, burst=0)
    made = receiving(settings_for(), world.house, world.desk, platform, patience=at_once)
    return WeChatChat(world, Caller(made, world.clock))


@asynccontextmanager
async def whole(world: World) -> AsyncIterator[WholeChat]:
    """A transcript's player over this world; pushes go through the platform's server."""
    async with WeChat(lambda: world.clock().timestamp()) as stub:
        account = {"wechat_app_id": APP, "wechat_app_secret": SECRET, "wechat_api_url": stub.url}
        wechat = await open_wechat(settings_for(**account), world.house, world.desk)
        world.channels["wechat"] = Paper("wechat")  # where a transcript's files lie before they are sent
        _serve(world, wechat.channel)
        try:
            yield WholeChat(world, Caller(wechat.receiving, world.clock, app_id=APP), stub)
        finally:
            await wechat.close()


def _serve(world: World, channel: Channel) -> None:
    cast(dict[str, Channel], world.house.channels)["wechat"] = channel
