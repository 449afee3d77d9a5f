"""Tests that read like a chat.

Each line is `who: what`, `机器人: …` or `who < …`:

- `居民: 反映诉求` says it, or presses the button of that label in what they last saw;
  `居民: (扫码 w_LJ01)`, `(照片)`, `(照片 3)`, `(语音)`, `(位置 30.3,119.0)`, `(贴纸)`, `(编辑) words`,
  `(引用 fragment) words`, `(再按一次)` press the same button again, `(重复)` deliver the last thing again.
- `机器人: a…b [button] [button]` the answer to the last line holds these pieces, in one message, and
  these buttons; several such lines stand for several messages, in order.
- `联络员 < a…b [button]` this was delivered to them since the last such line.
- `联络员 < 无` nothing was. `时间: +3d`, `+11m`, `2026-12-04 09:00` moves the clock. `计划` runs the planner.
- `{号}` stands for a case number: met for the first time it is remembered, later it is what it was;
  `{号2}` is another one.
"""

import io
import re
import textwrap
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from domain.codes import ALPHABET
from domain.messages import Answer, File, Inbound, Other, Position, Press, Rendered, Start, Text, What
from domain.people import Seat
from tests.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMBER = f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}"
WORKROOM = "LJ01"
"""Where the staff of the tests sit unless said otherwise."""

SEATS = {
    "联络员": ("liaison", 0),
    "党代表": ("representative", 0),
    "党代表2": ("representative", 1),
    "承办单位": ("contact", 0),
    "联络办": ("officer", 0),
}


def plain(text: str) -> str:
    """Widths, blanks and line ends don't count when texts are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@dataclass
class Actor:
    """Somebody who chats: what they saw last, and how far their deliveries were read."""

    name: str
    channel: str
    id: str
    answer: list[Rendered] = field(default_factory=list)
    unread_answer: list[Rendered] = field(default_factory=list)
    seen: int = 0
    sent: int = 0
    last: Inbound | None = None


class Chat:
    """Plays a transcript; fails at the first line that doesn't hold, showing what was said instead."""

    def __init__(self, world: World, *, channel: str = "web", workroom: str = WORKROOM) -> None:
        self.world, self.channel, self.workroom = world, channel, workroom
        self.actors: dict[str, Actor] = {}
        self.numbers: dict[str, str] = {}
        self.log: list[str] = []
        self._last: Actor | None = None

    async def __call__(self, transcript: str) -> None:
        """Play it line by line."""
        for line in textwrap.dedent(transcript).strip().splitlines():
            if line.strip():
                self.log.append(line.strip())
                await self._line(line.strip())

    async def _line(self, line: str) -> None:
        if line == "计划":
            await self.world.planner.round()
            await self.world.deliver()
            return
        if found := re.match(r"(\S+?)\s*[<＜]\s*(.*)", line):
            await self._delivered(await self.actor(found[1]), found[2])
            return
        who, _, what = re.sub("：", ":", line, count=1).partition(":")
        if who == "时间":
            self._time(what.strip())
            return
        if who == "机器人":
            self._answered(what.strip())
            return
        await self.says(who, self._filled(what.strip()))

    # --- doing -------------------------------------------------------------------------------------------

    async def actor(self, name: str) -> Actor:
        """The actor of that name; staff are bound by an invite and everyone has agreed, on first mention."""
        if name not in self.actors:
            user = str(1000 + len(self.actors))
            self.actors[name] = actor = Actor(name, self.channel, user)
            if name in SEATS:
                await self._bind(actor, await self.seat(name))
        return self.actors[name]

    async def seat(self, name: str) -> Seat:
        """The seat that a staff actor's name means in this workroom."""
        role, place = SEATS[name]
        async with self.world.unit() as uow:
            room = await uow.registry.workroom_by_code(self.workroom)
            assert room is not None
            if role == "liaison":
                liaison = await uow.registry.liaison_of(room.id)
                assert liaison is not None
                return Seat(role, liaison.id)
            if role == "representative":
                return Seat(role, (await uow.registry.representatives(room.id))[place].id)
            if role == "officer":
                return Seat(role, (await uow.registry.officers())[place].id)
            department = (await uow.registry.departments())[0]
            return Seat(role, (await uow.registry.contacts(department.id))[place].id)

    async def _bind(self, actor: Actor, seat: Seat) -> None:
        code = await self.world.invite(seat)
        await self.agree(actor)
        await self.send(actor, Start(f"i_{code}"))
        actor.unread_answer, actor.seen = [], len(self._paper(actor))

    async def agree(self, actor: Actor) -> None:
        """Give every consent that this channel asks for."""
        await self.send(actor, Start())
        while agreeing := [b for b in self._buttons(actor) if b.data.startswith("agree:")]:
            await self.send(actor, Press(agreeing[0].data))

    async def says(self, who: str, what: str) -> None:
        """Somebody says or presses something; then the postman does the round."""
        actor = await self.actor(who)
        if what == "(再按一次)" or what == "(重复)":
            assert actor.last is not None
            await self.send(actor, actor.last.what, again=what == "(重复)")
        elif what.startswith("(照片") and (many := re.match(r"\(照片 (\d+)\)", what)):
            for _ in range(int(many[1])):
                await self.send(actor, self._photo(actor, album=f"album{actor.sent // 20}"))
        else:
            await self.send(actor, *self._meant(actor, what))
        await self.world.deliver()

    def _meant(self, actor: Actor, what: str) -> tuple[Any, ...]:  # noqa: PLR0911  # one line a kind
        inside = re.match(r"\((\S+)\s*([^)]*)\)\s*(.*)", what)
        if inside is None:
            button = next((b for b in reversed(self._buttons(actor)) if plain(b.label) == plain(what)), None)
            return (Press(button.data) if button else Text(what),)
        kind, argument, rest = inside.groups()
        match kind:
            case "扫码":
                return (Start(argument),)
            case "照片":
                return (self._photo(actor, rest),)
            case "语音":
                return (self._file(actor, "voice", self.sound(), rest),)
            case "位置":
                latitude, longitude = map(float, argument.split(","))
                return (Position(latitude, longitude, 20.0),)
            case "贴纸":
                return (Other("sticker"),)
            case "编辑":
                return Text(rest), "edited"
            case "引用":
                return Text(rest), self._seen_with(actor, argument)
            case "按":
                return (Press(argument),)
        return (Text(what),)

    def _seen_with(self, actor: Actor, fragment: str) -> str:
        shown = [m.text for _, m in self._paper(actor)] + [m.text for m in actor.answer]
        return next(text for text in reversed(shown) if plain(fragment) in plain(text))

    def _photo(self, actor: Actor, caption: str = "", album: str = "") -> File:
        image = Image.new("RGB", (64, 48), (len(self.log) * 7 % 255, actor.sent * 13 % 255, 90))
        out = io.BytesIO()
        image.save(out, "JPEG")
        return self._file(actor, "photo", out.getvalue(), caption, album)

    def _file(self, actor: Actor, kind: Any, data: bytes, caption: str = "", album: str = "") -> File:
        ref = f"{actor.id}-{actor.sent}"
        self.world.channels[actor.channel].files[ref] = data
        return File(kind, ref, None, len(data), caption, album)

    def sound(self) -> bytes:
        """A second of silence, as a WAV file."""
        rate = 8000
        head = b"RIFF" + (36 + rate * 2).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
        form = (1).to_bytes(2, "little") * 2 + rate.to_bytes(4, "little") + (rate * 2).to_bytes(4, "little")
        tail = (
            (2).to_bytes(2, "little")
            + (16).to_bytes(2, "little")
            + b"data"
            + (rate * 2).to_bytes(4, "little")
        )
        return head + form + tail + b"\0" * rate * 2

    async def send(self, actor: Actor, what: What, how: str = "", *, again: bool = False) -> Answer:
        """One thing arrives from an actor; `how` is `edited` or the text it quotes."""
        if not again:
            actor.sent += 1
        inbound = Inbound(
            actor.channel,
            actor.id,
            actor.id,
            str(actor.sent),
            what,
            quoted="" if how == "edited" else how,
            edited=how == "edited",
        )
        answer = await self.bring(actor, inbound)
        actor.last, actor.answer, actor.unread_answer = inbound, list(answer.messages), list(answer.messages)
        self._last = actor
        return answer

    async def bring(self, actor: Actor, inbound: Inbound) -> Answer:
        """How it gets to the desk; over WeChat it takes the real road (tests/wechat/talking.py)."""
        return await self.world.desk.handle(inbound)

    # --- seeing ------------------------------------------------------------------------------------------

    def _paper(self, actor: Actor) -> list[tuple[str, Rendered]]:
        return self.world.channels[actor.channel].said.get(actor.id, [])

    def _buttons(self, actor: Actor) -> list[Any]:
        shown = [m for _, m in self._paper(actor)] + actor.answer
        return [button for message in shown for row in message.buttons for button in row]

    def _answered(self, expected: str) -> None:
        actor = self._last
        assert actor is not None, "nobody has said anything yet"
        for place, message in enumerate(actor.unread_answer):
            if self._fits(message, expected):
                actor.unread_answer = actor.unread_answer[place + 1 :]
                return
        self._fail(expected, [self._read(m) for m in actor.unread_answer])

    async def _delivered(self, actor: Actor, expected: str) -> None:
        await self.world.deliver()
        news = self._paper(actor)[actor.seen :]
        if expected == "无":
            assert not news, self._story(expected, [self._read(m) for _, m in news])
            return
        for place, (_, message) in enumerate(news):
            if self._fits(message, expected):
                actor.seen += place + 1
                return
        self._fail(expected, [self._read(m) for _, m in news])

    def _fits(self, message: Rendered, expected: str) -> bool:
        labels = [plain(b.label) for row in message.buttons for b in row]
        wanted = re.findall(r"\[([^\]]+)\]", expected)
        if any(plain(self._filled(label)) not in labels for label in wanted):
            return False
        pieces = re.split(r"…|\.\.\.", re.sub(r"\[[^\]]+\]", "", expected))
        return self._holds(plain(message.text), [plain(p) for p in pieces if p.strip()])

    def _holds(self, text: str, pieces: list[str]) -> bool:
        pattern = ".*?".join(self._pattern(piece) for piece in pieces)
        found = re.search(pattern, text, re.DOTALL)
        if found is None:
            return False
        for name, value in found.groupdict().items():
            self.numbers[name.removeprefix("n")] = value
        return True

    def _pattern(self, piece: str) -> str:
        def part(match: re.Match[str]) -> str:
            name = match[1]
            known = self.numbers.get(name or "0")
            return re.escape(known) if known else f"(?P<n{name or 0}>{NUMBER})"

        parts = re.split(r"(\{号\d*\})", piece)
        return "".join(
            part(re.match(r"\{号(\d*)\}", p)) if p.startswith("{号") else re.escape(p)  # type: ignore[arg-type]
            for p in parts
        )

    def _filled(self, text: str) -> str:
        return re.sub(r"\{号(\d*)\}", lambda m: self.numbers[m[1] or "0"], text)

    def _time(self, how: str) -> None:
        if moved := re.match(r"\+(\d+)([dhm])", how):
            unit = {"d": "days", "h": "hours", "m": "minutes"}[moved[2]]
            self.world.clock.on(**{unit: float(moved[1])})
            return
        at = datetime.strptime(how, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        self.world.clock.at = at.astimezone(UTC)

    def _read(self, message: Rendered) -> str:
        rows = " / ".join(" ".join(f"[{b.label}]" for b in row) for row in message.buttons)
        return f"({message.key}) {message.text}\n      {rows}"

    def _fail(self, expected: str, said: list[str]) -> None:
        raise AssertionError(self._story(expected, said))

    def _story(self, expected: str, said: list[str]) -> str:
        told = "\n    ".join(said) or "(nothing)"
        return "\n".join(
            ["", *self.log[:-1], f">>> {self.log[-1]}", f"expected: {expected}", "said:", f"    {told}"]
        )
