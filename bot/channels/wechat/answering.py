"""One arrival's way: to the desk until its commit, then its answer, in time or pushed after it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot import measure, sends
from bot.channels.recent import Recent
from bot.channels.wechat.instead import instead
from bot.channels.wechat.parse import NAME, Arrival, Arrived, Decided, Delivered, Gone, Nothing
from bot.channels.wechat.ports import Platform
from bot.channels.wechat.speak import TEXT_LIMIT, Said, below, compose, joined, weight
from bot.doubts import may_repeat, pause
from conversations.questions import is_question
from domain.messages import Answer, File, Inbound, Other, Rendered, Text
from handlers.house import Speech as Words
from handlers.ports import Ambiguous, TryLater, Unreachable
from handlers.queues import Busy
from storage.database import DatabaseAway

REMEMBERED = 10_000
"""Answers kept in memory, for when the platform asks again."""


KEPT = 1
"""Pushes that nothing in doubt is repeated with: by them somebody hears what becomes of their request."""

TOLD = ("media.", "retry.", "error.", "consent.")
"""Words that are about the one file, and must be heard."""

Delivery = tuple[str, str]
"""`Inbound.delivery`: who, and the platform's own name for it."""


class Door(Protocol):
    """The desk, as far as a channel knows it."""

    async def handle(self, inbound: Inbound) -> Answer:
        """Deal with one arrival."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. The platform waits for five; what is `late` is pushed when it is ready.

    A database that is away is tried again for as long as `away`; a push that can't go out, `pushes` times.
    What is asked after a picture waits for `burst` whether another one comes, after which it is asked anew.
    """

    answer: float = 4.0
    burst: float = 1.0
    away: float = 40.0
    wait: float = 0.5
    pushes: int = 3


@dataclass(frozen=True, slots=True)
class Speech:
    """What is answered at once (nothing: `success`), and what is pushed after it."""

    text: str
    rest: tuple[Rendered, ...] = ()


def _only_asks(inbound: Inbound, messages: tuple[Rendered, ...]) -> bool:
    """Whether the answer to a file is nothing but the question that the next file's answer asks again."""
    if not isinstance(inbound.what, File) or len(messages) != 1 or messages[0].key.startswith(TOLD):
        return False
    return any(is_question(button.data) for row in messages[0].buttons for button in row)


class Answering:
    """Takes what arrives, any number of times; each time it is brought the answer is the same."""

    def __init__(
        self,
        desk: Door,
        platform: Platform,
        words: Words,
        report: Callable[[BaseException], str],
        *,
        language: str = "zh_CN",
        page: str = "",
        patience: Patience | None = None,
    ) -> None:
        """`page` is the web page's address, where long answers can be read whole."""
        self.platform, self.counts = platform, Counter[str]()
        self._desk, self._words, self._report = desk, words, report
        self._language, self._page = language, page
        self._patience = patience or Patience()
        self._given: Recent[Delivery, str] = Recent(REMEMBERED)
        self._late: set[Delivery] = set()
        self._under_way: dict[Delivery, asyncio.Task[str]] = {}
        self._last: Recent[str, Delivery] = Recent(REMEMBERED)
        self._more: dict[str, asyncio.Future[None]] = {}
        self._after: set[asyncio.Task[None]] = set()

    async def take(self, arrived: Arrived) -> str:
        """Deal with it; the text to answer with at once, or nothing. What failed raises: it comes again."""
        match arrived:
            case Nothing(kind):
                self._count(kind)
            case Gone(openid):
                await self.platform.left(openid)
            case Decided(openid, told):
                await self.platform.subscribed(openid, told)
            case Delivered(openid, message, status):
                await self.platform.delivered(openid, message, status)
            case Arrival():
                return await self._answer(arrived)
        return ""

    async def settled(self) -> None:
        """Wait until nothing is in hand: neither an answer nor what follows it."""
        while working := {*self._under_way.values(), *self._after}:
            await asyncio.wait(working)

    async def close(self) -> None:
        """Finish what is in hand, answers first; what then still waits for the platform is given up."""
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        if self._after:
            _, waiting = await asyncio.wait(self._after, timeout=self._patience.answer)
            for task in waiting:
                task.cancel()

    # --- in time, or late --------------------------------------------------------------------------------

    async def _answer(self, arrival: Arrival) -> str:
        name = arrival.inbound.delivery
        if (given := self._given.get(name)) is not None:
            return given
        if name in self._late:
            return ""
        task = self._under_way.get(name)
        if task is None:
            self._arrived(name)
            task = self._under_way[name] = asyncio.create_task(self._work(arrival))
            task.add_done_callback(lambda _: self._under_way.pop(name))
        done, _ = await asyncio.wait({task}, timeout=self._patience.answer)
        if done or task.done():
            return task.result()
        self._late.add(name)
        self._count("late")
        return ""

    async def _work(self, arrival: Arrival) -> str:
        """Let the desk deal with it; once it has, nothing may fail any more."""
        name, messages = arrival.inbound.delivery, await self._dealt_with(arrival.inbound)
        try:
            messages = instead(messages, self._say, self._page)
            speech = await self._spoken(arrival, messages)
            if name in self._late and speech.text:
                speech = Speech("", (joined(messages),))
        except Exception as bug:  # noqa: BLE001 - it is committed: whoever asked must hear something
            sorry = Rendered(self._say("", "error.bug", {"reference": self._report(bug)}))
            speech = Speech("", (sorry,)) if name in self._late else Speech(sorry.text)
        self._late.discard(name)  # nothing was awaited since it was looked at: it was late, or is in time
        self._then(self._heard(arrival), *(self._push(name[0], one) for one in speech.rest))
        self._given.put(name, speech.text)
        return speech.text

    async def _spoken(self, arrival: Arrival, messages: tuple[Rendered, ...]) -> Speech:
        name = arrival.inbound.delivery
        if _only_asks(arrival.inbound, messages) and await self._goes_on(name):
            return Speech("")
        said = compose(messages, self._say)
        parts = said.parts
        if len(parts) == 1 and not said.media:
            return Speech(parts[0])
        await self._heard(arrival)  # it opens the window that the rest goes out through
        if len(parts) - 1 > await self.platform.room(name[0]):
            return Speech(self._cut(said))
        return self._begun(said, parts)

    def _begun(self, said: Said, parts: list[str]) -> Speech:
        """The first part as the answer; the others and the files follow, in order."""
        files = [Rendered("", media=said.media, language=said.language)] if said.media else []
        rest = (*(Rendered(part, language=said.language) for part in parts[1:]), *files)
        more = self._say(said.language, "passive.more", {}) if len(parts) > 1 else ""
        return Speech(below(parts[0], more), rest)

    def _cut(self, said: Said) -> str:
        """No more than one message can go out: the beginning, the choices, and where the rest can be read."""
        key = "passive.cut_link" if self._page else "passive.cut"
        end = below(self._say(said.language, key, {"link": self._page}), said.choices)
        room = TEXT_LIMIT - weight(end) - 2
        kept = said.body[0].encode("utf-8", "ignore")[: max(0, room)].decode(errors="ignore")
        return below(kept.rstrip(), end)

    # --- several pictures at once ------------------------------------------------------------------------

    def _arrived(self, name: Delivery) -> None:
        self._last.put(name[0], name)
        if (waiting := self._more.pop(name[0], None)) is not None:
            waiting.set_result(None)

    async def _goes_on(self, name: Delivery) -> bool:
        """Whether they send more right away: nine pictures are one card, not nine."""
        if self._last.get(name[0]) == name:
            self._more[name[0]] = more = asyncio.get_running_loop().create_future()
            await asyncio.wait({more}, timeout=self._patience.burst)
            if self._more.get(name[0]) is more:
                del self._more[name[0]]
        return self._last.get(name[0]) != name

    # --- the desk ----------------------------------------------------------------------------------------

    async def _dealt_with(self, inbound: Inbound) -> tuple[Rendered, ...]:
        """The desk's answer; while the database is away it is asked again, and the person told at the end."""
        inbound = self._recognised(inbound)
        if isinstance(inbound.what, Other):
            self._count("unknown")
        give_up = asyncio.get_running_loop().time() + self._patience.away
        while True:
            try:
                return (await self._desk.handle(inbound)).messages
            except (DatabaseAway, Busy):
                self._count("away")
            except Exception as bug:  # noqa: BLE001 - a bug of ours is no reason for the platform's red letters
                key, params = "error.bug", {"reference": self._report(bug)}
                return (Rendered(self._say("", key, params)),)
            if asyncio.get_running_loop().time() >= give_up:
                return (Rendered(self._say("", "passive.away", {})),)
            await asyncio.sleep(self._patience.wait)

    def _recognised(self, inbound: Inbound) -> Inbound:
        """WeChat puts words of its own in place of what it doesn't pass on: those nobody has said."""
        what = inbound.what
        if isinstance(what, Text) and self._words.means("", what.text, ("passive.unsupported",)):
            return replace(inbound, what=Other("unknown"))
        return inbound

    # --- afterwards --------------------------------------------------------------------------------------

    def _then(self, *work: Coroutine[Any, Any, None]) -> None:
        """Do this beside the answer, one after the other."""

        async def all_of_it() -> None:
            for one in work:
                await one

        task = asyncio.create_task(all_of_it())
        self._after.add(task)
        task.add_done_callback(self._after.discard)

    async def _heard(self, arrival: Arrival) -> None:
        try:
            await self.platform.heard(arrival.inbound.chat, arrival.how)
        except Exception as bug:  # noqa: BLE001 - counting windows must not cost anybody an answer
            self._report(bug)

    async def _push(self, openid: str, message: Rendered) -> None:
        doubts = 0
        for _ in range(self._patience.pushes):
            try:
                await self.platform.send(openid, message)
            except TryLater as later:
                self._count("push again")
                await asyncio.sleep(min(later.seconds, self._patience.away))
                continue
            except Ambiguous as doubt:
                doubts += 1
                if await self._said_again(openid, doubts, doubt):
                    await asyncio.sleep(min(pause(doubts), self._patience.away))
                    continue
            except Unreachable:
                self._count("push refused")
            except Exception as bug:  # noqa: BLE001 - one message must not keep back the next
                self._report(bug)
            return
        self._count("push given up")

    async def _said_again(self, openid: str, doubts: int, doubt: Ambiguous) -> bool:
        """The same answer twice is one answer; but each may count with the platform, whoever got it."""
        self._count("push in doubt")
        if may_repeat(doubts, doubt) and await self.platform.room(openid) > KEPT:
            sends.RETRIES.labels("push").inc()
            return True
        self._count("push left in doubt")
        return False

    def _count(self, what: str) -> None:
        self.counts[what] += 1
        measure.BESIDE.labels(NAME, what).inc()

    def _say(self, language: str, key: str, params: Any) -> str:
        return self._words.say(language or self._language, key, params)
