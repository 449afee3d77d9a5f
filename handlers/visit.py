"""One arrival being dealt with: who it is, what came, and the transaction it is dealt with in."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conversations import engine
from conversations.catalogue import FLOWS
from conversations.engine import Talk, Turn, sound
from conversations.flow import Flow, holds_anything
from conversations.questions import number_of
from domain.casework import Now
from domain.codes import draw
from domain.errors import Polite
from domain.messages import Choice, Inbound, Message
from domain.people import Person
from domain.terms import Terms
from handlers.house import House
from storage.drafts import Draft
from storage.sessions import Session
from storage.unit import UnitOfWork

KEY_LENGTH = 10
"""50 bits: two conversations of a whole city never bear the same name, by which effects are known."""


class Needs(Exception):
    """The conversation asks for something that has not been loaded yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Loaded(dict[str, Any]):
    """What the desk has loaded for a conversation; asking for more says so."""

    def __missing__(self, name: str) -> Any:
        raise Needs(name)


@dataclass
class Visit:
    """What every handler works with. `talk` is the conversation under way; handlers may change it.

    `loaders` fetch what conversations ask for (handlers/context.py)."""

    inbound: Inbound
    house: House
    uow: UnitOfWork
    person: Person
    session: Session
    now: Now
    moved: bool = False
    loaders: Mapping[str, Callable[..., Awaitable[Any]]] = field(default_factory=dict)
    talk: Talk | None = None
    loaded: Loaded = field(default_factory=Loaded)

    @property
    def language(self) -> str:
        """The language this person is answered in."""
        return self.person.language

    @property
    def terms(self) -> Terms:
        """The district's settings."""
        return self.now.calendar.terms

    @property
    def key(self) -> str:
        """Names this delivery: done again with the same key, nothing is done twice."""
        told = f"{self.inbound.channel}/{self.inbound.chat}/{self.inbound.id}"
        return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()

    def fresh_key(self) -> str:
        """A new conversation's name."""
        return draw(KEY_LENGTH, self.house.choose)

    async def load(self, name: str) -> None:
        """Fetch what a conversation asks for."""
        kind, _, about = name.partition(":")
        loader = self.loaders[kind]
        self.loaded[name] = await (loader(self, about) if about else loader(self))

    async def begin(self, flow: str, data: Mapping[str, Any], at: str = "") -> list[Message]:
        """Start a conversation in place of the one under way (whose draft stays, if it keeps one)."""
        key = self.fresh_key()
        self.loaded.clear()
        self.loaded["given"] = data
        turn = await self.walk(FLOWS[flow], lambda: engine.begin(FLOWS[flow], key, data, self.loaded, at))
        self.talk = turn.talk
        return list(turn.messages)

    async def take_up(self, talk: Talk) -> list[Message]:
        """Go on with a conversation as it was left: its question is asked again."""
        self.loaded.clear()
        self.loaded["given"] = talk.data
        flow = FLOWS[talk.flow]
        turn = await self.walk(flow, lambda: engine.resume(flow, talk, self.loaded))
        self.talk = turn.talk
        return list(turn.messages)

    def restore(self) -> None:
        """The conversation as the session has it, also where another program has set it (CHANNELS §1)."""
        flow, _, step = (self.session.state or "").partition(":")
        if flow:
            self.talk = Talk(flow, step, sound(self.session.data, self.fresh_key))

    async def beside(self, message: Message) -> Message:
        """Something said in the middle of a conversation, with the choices of the question that stands.

        A question that can't be asked any more (the case is no longer theirs) ends the conversation.
        """
        if self.talk is None or self.talk.flow not in FLOWS:
            return message
        flow, talk = FLOWS[self.talk.flow], self.talk
        self.loaded["given"] = talk.data
        try:
            turn = await self.walk(flow, lambda: engine.resume(flow, talk, self.loaded))
        except Polite:
            self.talk = None
            return message
        self.talk = turn.talk
        return replace(message, choices=turn.messages[-1].choices)

    async def keep_draft(self) -> None:
        """What is being gathered survives a crash, a week, a change of device (EXPERIENCE 16)."""
        if (
            self.talk
            and self.talk.flow in FLOWS
            and FLOWS[self.talk.flow].keeps_draft
            and holds_anything(self.talk.data)
            and self.person.id
        ):
            draft = Draft(self.talk.flow, self.talk.step, self.talk.data, self.now.moment)
            await self.uow.drafts.keep(self.person.id, draft)
        elif self.talk and self.talk.flow == "file_request" and self.person.id:
            await self.uow.drafts.drop(
                self.person.id, self.talk.flow
            )  # begun anew: 重来 leaves nothing behind

    def shown(self, messages: Sequence[Message]) -> list[Any]:
        """The choices that numbers and labels count against: those of the question, or else all in order."""
        asking = [message for message in messages if message.choices]
        last = [row for message in asking[-1 if self.talk else 0 :] for row in message.choices]
        return [[c.data, c.key, dict(c.params)] for row in last for c in row] or self.session.shown

    def chosen(self, text: str) -> Choice | None:
        """The choice last shown that a text names by number, label or keyword."""
        visible = tuple([Choice(data, key, params) for data, key, params in self.session.shown])
        return number_of(text, visible) or self.house.words.pick(self.language, text, visible)

    def picker(self) -> Callable[[str, tuple[Choice, ...]], Choice | None]:
        """How a text names a choice, in this person's language."""
        return lambda text, choices: self.house.words.pick(self.language, text, choices)

    async def walk(self, flow: Flow, step: Callable[[], Turn]) -> Turn:
        """Run a step of the engine, loading what it asks for; it is pure, so it may be run again."""
        for name in flow.reads:
            if name not in self.loaded:
                await self.load(name)
        while True:
            try:
                return step()
            except Needs as needs:
                await self.load(needs.name)


async def now_of(uow: UnitOfWork, house: House) -> Now:
    """The moment with the district's calendar and terms."""
    return Now(house.clock(), await uow.registry.calendar(house.zone))
