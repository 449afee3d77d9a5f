"""The one door: everything that arrives, from any channel, goes through the same few steps (DESIGN §3)."""

from dataclasses import replace

from conversations.questions import number_of
from domain import suggest
from domain.certain import certain
from domain.cleaning import clean
from domain.errors import Polite, Retry
from domain.media import Kept
from domain.messages import (
    Answer,
    Choice,
    File,
    Inbound,
    Message,
    Position,
    Press,
    Rendered,
    Start,
    Stored,
    Text,
    What,
)
from domain.people import LANGUAGES, Person
from handlers import people, positions
from handlers.commands import COMMANDS, UNNAMED
from handlers.context import LOADERS
from handlers.conversation import respond
from handlers.house import House
from handlers.ports import TooBig, TryLater
from handlers.queues import Turns
from handlers.small_talk import TONGUES
from handlers.strangers import Strangers
from handlers.visit import Visit, now_of
from storage.database import DatabaseAway
from storage.sessions import Key, Session
from storage.statements import Changed
from storage.unit import UnitOfWork
from storage.work import Work

TRIES = 5
"""Steps run again when somebody else changed the same case in between."""


class Desk:
    """Takes what arrives and answers it; nothing of a channel is known here."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._turns = Turns()
        self._strangers = Strangers()

    async def handle(self, inbound: Inbound) -> Answer:
        """Deal with one arrival. Raises DatabaseAway or Busy: then nothing has happened."""
        inbound, key = clean(inbound), Key(inbound.channel, inbound.chat, inbound.user)
        async with self._turns.turn(key):
            try:
                return await self._handle(key, inbound)
            except Polite as trouble:
                return await self._apologise(key, inbound, Message(trouble.key, trouble.params))
            except DatabaseAway:
                raise
            except Exception as bug:  # noqa: BLE001  # the third kind of trouble: logged once, with a reference to quote
                sorry = Message("error.bug", {"reference": self.house.report(bug)})
                return Answer((self.house.words.render(self.house.language, sorry),), stored=False)

    async def said(self, inbound: Inbound) -> None:
        """An answer that came `elsewhere`, too, has been given here."""
        await self.house.workplace.said(Key(inbound.channel, inbound.chat, inbound.user), inbound.id)

    async def was_said(self, inbound: Inbound) -> bool:
        """Whether the other process has given it; waits for that a few seconds."""
        return await self.house.workplace.was_said(
            Key(inbound.channel, inbound.chat, inbound.user), inbound.id
        )

    async def _handle(self, key: Key, inbound: Inbound) -> Answer:
        file = inbound.what if isinstance(inbound.what, File) else None
        kept = await self._fetched(inbound, file) if file else None
        for tries in range(TRIES):
            try:
                async with self.house.workplace.work(key, inbound.id) as work:
                    work.uow.again = tries > 0
                    given = await self._shelved(work.uow, inbound, file, kept) if file and kept else inbound
                    answer = await self._step(work, key, given)
                if "outbox" in work.uow.__dict__ and work.uow.outbox.posted:
                    self.house.posted()
                if work.elsewhere or (work.waited and answer.again):
                    return replace(answer, elsewhere=True)
                return answer
            except Changed:
                continue
        raise Changed

    async def _shelved(self, uow: UnitOfWork, inbound: Inbound, file: File, kept: Kept) -> Inbound:
        """The same arrival with its file on the shelf; its row is of this transaction and goes with it."""
        media = await uow.media.keep(kept, self.house.clock())
        return inbound.holding(Stored(media, kept.kind, file.caption, file.album))

    async def _fetched(self, inbound: Inbound, file: File) -> Kept | None:
        """A file is fetched and cleaned before the transaction, and only from somebody who has agreed."""
        async with self.house.database.reading() as connection:
            person = await UnitOfWork(connection).people.known(inbound.channel, inbound.user)
        if person is None or people.consent_missing(inbound.channel, person):
            return None
        try:
            data = await self.house.channels[inbound.channel].fetch(file)
        except TooBig as big:
            raise Retry("media.too_big", kind=file.kind, megabytes=big.limit // 2**20, megapixels=0) from big
        except TryLater as later:
            raise Retry("media.later") from later
        return await self.house.shelf.take(data, file.mime, file.kind)

    async def _visit(self, work: Work, key: Key, inbound: Inbound) -> Visit:
        uow, met = work.uow, work.met
        spoken = self.house.words.closest(inbound.spoken) if inbound.spoken else self.house.language
        person = met.person or Person(0, self._strangers.language(key) or spoken)
        now = await now_of(uow, self.house)
        return Visit(inbound, self.house, uow, person, met.session, now, met.moved, LOADERS)

    async def _step(self, work: Work, key: Key, inbound: Inbound) -> Answer:
        visit = await self._visit(work, key, inbound)
        if visit.session.has_handled(inbound.id):
            return await self._again(visit)
        if people.missing_consent(visit):
            return await self._before_consent(visit, key)
        visit.restore()
        return await self._answered(visit, key, await self._respond(visit))

    async def _consent_to_position(self, visit: Visit) -> None:
        """A position waits in memory until they agree to its being kept; then it is taken up."""
        positions.as_press(visit)
        what, key = visit.inbound.what, Key(visit.inbound.channel, visit.inbound.chat, visit.inbound.user)
        if isinstance(what, Position) and positions.needs_consent(visit):
            self._strangers.hear(key, visit.inbound)
        elif isinstance(what, Press) and what.data == positions.DECLINE:
            self._strangers.take(key)
        elif isinstance(what, Press) and what.data == positions.AGREE:
            await people.agree(visit, "sensitive")
            if (held := self._strangers.take(key)) is not None:
                visit.inbound = replace(visit.inbound, what=held.what)

    async def _respond(self, visit: Visit) -> list[Message]:
        await self._consent_to_position(visit)
        warning = self._warning(visit)
        if visit.moved:
            inbound = visit.inbound
            await visit.uow.people.seen(inbound.channel, inbound.user, inbound.chat, visit.now.moment)
        return warning + await respond(visit) + self._position_again(visit)

    def _position_again(self, visit: Visit) -> list[Message]:
        """A position still waits to be agreed to, and something else was said: it isn't lost in silence."""
        key = Key(visit.inbound.channel, visit.inbound.chat, visit.inbound.user)
        held = self._strangers.said.get(key)
        if held is None or isinstance(visit.inbound.what, Position) or not isinstance(held.what, Position):
            return []
        if visit.talk is None:
            self._strangers.take(key)
            return []
        return [positions.ask()] if isinstance(visit.inbound.what, Text | Stored) else []

    def _warning(self, visit: Visit) -> list[Message]:
        """Danger to life is answered at once, whatever else is under way."""
        what = visit.inbound.what
        words = what.text if isinstance(what, Text) else what.caption if isinstance(what, Stored) else ""
        danger = suggest.danger(words, self.house.lexicon) if words and not visit.person.is_staff else None
        return [Message(f"danger.{danger}")] if danger else []

    async def _answered(self, visit: Visit, key: Key, messages: list[Message]) -> Answer:
        session = Session(
            visit.talk.state if visit.talk else None,
            visit.talk.data if visit.talk else {},
            (*visit.session.handled, visit.inbound.id),
            [message.to_json() for message in messages],
            visit.shown(messages),
        )
        if people.missing_consent(visit):  # withdrawn just now: nothing of this is kept
            await visit.uow.sessions.forget(key)
            return Answer(self._rendered(visit, messages), stored=False)
        await visit.keep_draft()
        await visit.uow.sessions.save(key, session, visit.now.moment)
        return Answer(self._rendered(visit, messages))

    def _rendered(self, visit: Visit, messages: list[Message]) -> tuple[Rendered, ...]:
        render, language = self.house.words.render, visit.language
        return tuple([render(language, message) for message in messages])

    async def _again(self, visit: Visit) -> Answer:
        """The same delivery again: the stored answer if it was the last one, silence for an older one.

        Its draft is kept again: that may be what failed after the session was kept.
        """
        last = visit.session.handled[-1] == visit.inbound.id
        kept = [Message.from_json(message) for message in visit.session.answer] if last else []
        if last and not people.missing_consent(visit):
            visit.restore()
            await visit.keep_draft()
        return Answer(self._rendered(visit, kept), again=True)

    # --- before consent ----------------------------------------------------------------------------------

    async def _before_consent(self, visit: Visit, key: Key) -> Answer:
        """Nothing is stored until they agree; what they said waits in memory and is taken up then."""
        what = self._as_press(visit, key)
        self._strangers.ask(key)
        if isinstance(what, Press) and what.data.startswith("agree:"):
            return await self._agreed(visit, key, what.data)
        if isinstance(what, Press) and what.data == "disagree":
            self._strangers.take(key)
            await visit.uow.people.forget_newcomer(visit.person.id)
            return Answer(self._rendered(visit, [Message("consent.declined")]), stored=False)
        unnamed = await self._unnamed(visit, key, what)
        if unnamed is None and not isinstance(what, Press):
            self._strangers.hear(key, visit.inbound)
        messages = [*self._warning(visit), *(unnamed or []), self._asking(visit, key)]
        return Answer(self._rendered(visit, messages), stored=False)

    async def _unnamed(self, visit: Visit, key: Key, what: What) -> list[Message] | None:
        """帮助 and the choice of language work for everyone; neither needs to know who asks."""
        if isinstance(what, Press) and (language := what.data.removeprefix("language:")) in LANGUAGES:
            self._strangers.speak(key, language)
            visit.person = replace(visit.person, language=language)
            return [Message("people.language_set", replaces=True)]
        if isinstance(what, Text) and (tongue := self.house.words.means(visit.language, what.text, TONGUES)):
            return await self._unnamed(visit, key, Press(tongue.replace(".", ":")))
        command: str | None = None
        if isinstance(what, Text):
            command = self.house.words.means(visit.language, what.text, UNNAMED)
        if isinstance(what, Press) and what.data.startswith("go:"):
            command = f"command.{what.data.removeprefix('go:')}"
        return list(await COMMANDS[command](visit)) if command and command in UNNAMED else None

    def _as_press(self, visit: Visit, key: Key) -> What:
        """「同意」 as a typed word is the button; 「1」 and 「好的」 only of somebody who has been asked."""
        what, asked = visit.inbound.what, self._asking(visit, key).choices
        if not isinstance(what, Text):
            return what
        visible, words = tuple(choice for row in asked for choice in row), self.house.words
        if self._strangers.was_asked(key):
            chosen = number_of(what.text, visible) or words.pick(visit.language, what.text, visible)
        else:
            named = (c for c in visible if words.say(visit.language, c.key, c.params) == what.text.strip())
            chosen = next(named, None)
        return Press(chosen.data) if chosen else what

    def _asking(self, visit: Visit, key: Key) -> Message:
        missing = certain(people.missing_consent(visit))
        return people.ask_consent(visit, missing, self._strangers.payload(key))

    async def _agreed(self, visit: Visit, key: Key, data: str) -> Answer:
        _, kind, payload = (*data.split(":", 2), "")[:3]
        if payload:  # they may have come with it to another process: the next button carries it, too
            self._strangers.hear(key, visit.inbound.holding(Start(payload)))
        if kind != people.missing_consent(visit):
            return Answer(self._rendered(visit, [self._asking(visit, key)]), stored=False)
        await people.agree(visit, kind)
        if people.missing_consent(visit):
            asking = replace(self._asking(visit, key), replaces=True)
            return Answer(self._rendered(visit, [asking]), stored=False)
        held = self._strangers.take(key)
        agreed = Message("consent.thanks", replaces=True)
        visit.session = Session(handled=(visit.inbound.id,))
        came = [agreed]
        if payload and held and not isinstance(held.what, Start):  # a code was scanned, then they spoke
            visit.inbound = replace(visit.inbound, what=Start(payload))
            came += (await respond(visit))[:1]
        visit.inbound = replace(visit.inbound, what=held.what if held else Start(payload))
        if isinstance(visit.inbound.what, File):
            return await self._answered(visit, key, [*came, Message("consent.send_again")])
        return await self._answered(visit, key, [*came, *await self._respond(visit)])

    # --- trouble -----------------------------------------------------------------------------------------

    async def _apologise(self, key: Key, inbound: Inbound, message: Message) -> Answer:
        """What was asked for can't be done: nothing of it is kept but the answer."""
        async with self.house.workplace.work(key) as work:
            visit = await self._visit(work, key, inbound)
            if visit.person.id == 0 or people.missing_consent(visit):
                return Answer(self._rendered(visit, [message]), stored=False)
            visit.restore()
            sorry = await visit.beside(message)
            if visit.talk is None and (number := message.params.get("number")):
                show = Choice(f"show:{number}", "case.do.show", minor=True)
                sorry = replace(sorry, choices=((show,),))
            return await self._answered(visit, key, [sorry])
