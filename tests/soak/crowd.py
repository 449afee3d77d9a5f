"""People who file requests and don't give up: what they saw acknowledged is what must be there in the end."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import Seen, User

PATIENCE = 90.0
"""Seconds of peace after which every answer must have come. In war it takes as long as that lasts."""

FOR_EVER = 3600.0

HEARD, UNHEARD = "LJ01", "ST01"
"""The workroom whose liaison is in Telegram, and one whose notices nobody gets (they are unreachable)."""

ONE_IN = 6
"""Of so many people one files where the liaison is: a chat gets one notice a second."""


@dataclass
class Resident:
    """One person, their request's words and the numbers they were given; `thinks`: seconds, at most."""

    user: User
    api: BotApi
    dice: random.Random
    starts: str = f"w_{HEARD}"
    thinks: float = 1.0
    settled: bool = False
    longest_wait: float = 0.0
    numbers: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    async def agrees(self) -> None:
        """Link a home and agree to everything."""
        await self.user.starts(self.starts)
        for label in ("同意", "同意经境外传输"):
            await self._sees(partial(_offers, label))
            await self.user.presses(label)

    async def settles(self) -> None:
        """Agree, and see the first screen."""
        await self.agrees()
        await self._sees(partial(_offers, "反映诉求"))
        self.settled = True

    async def files(self, number: int) -> None:
        """One request: words in two messages, sent."""
        words = f"第{number}件：{self.user.id}号楼道灯坏了"
        await self.user.says("反映诉求")
        await self._sees(lambda seen: "是什么事" in seen.text, earlier=False)
        await self.user.says(words)
        await self._sees(lambda seen: words in seen.text and "提交" in seen.labels)
        more = f"补充{number}：晚上很黑"
        await self.user.says(more)
        await self._sees(lambda seen: more in seen.text and "提交" in seen.labels)
        await self.user.presses("提交")
        receipt = await self._sees(self._is_new_receipt)
        self.numbers.append(receipt.text)
        self.words.append(words)

    def _is_new_receipt(self, seen: Seen) -> bool:
        return seen.text.startswith("收到了。编号") and seen.text not in self.numbers

    async def _sees(self, fits: Callable[[Seen], object], *, earlier: bool = True) -> Seen:
        began = time.monotonic()
        seen = await self.user.waits_for(fits, within=FOR_EVER, earlier=earlier)
        self.longest_wait = max(self.longest_wait, time.monotonic() - began)
        return seen


def _offers(label: str, seen: Seen) -> bool:
    return label in seen.labels


@dataclass
class Crowd:
    """The people, and the liaison of one of their workrooms."""

    people: list[Resident]
    liaison: Resident

    def not_seen_by_the_liaison(self, numbers: Iterable[str]) -> list[str]:
        """Those of the numbers that stand in none of the liaison's messages."""
        seen = "".join(message.text for message in self.liaison.user.sees()).replace("-", "")
        return [number for number in numbers if number not in seen]

    def said_twice(self) -> int:
        """How many of the bot's messages repeat the one before, word for word."""
        repeated = 0
        for person in (*self.people, self.liaison):
            texts = Counter((message.text, *message.labels) for message in person.user.sees())
            repeated += sum(texts.values()) - len(texts)
        return repeated


def crowd(api: BotApi, many: int, seed: int, invite: str, thinks: float) -> Crowd:
    """So many people, each with dice of their own, and a liaison with this invite."""
    liaison = Resident(api.user(99_999, name="联络员"), api, random.Random(seed), f"i_{invite}")
    people = [
        Resident(
            api.user(100_000 + n, name=f"居民{n}"),
            api,
            random.Random(seed + n),
            f"w_{UNHEARD if n % ONE_IN else HEARD}",
            thinks,
        )
        for n in range(many)
    ]
    return Crowd(people, liaison)


async def live_through(people: list[Resident], peace: asyncio.Event) -> list[str]:
    """Everybody files one request after the other until there is peace; what was the matter with whom.

    Who has no answer after a while of peace is left hanging.
    """

    async def life(person: Resident) -> None:
        if not person.settled:
            await person.settles()
        while not (peace.is_set() and person.words):
            await person.files(len(person.words))
            with suppress(TimeoutError):
                await asyncio.wait_for(peace.wait(), person.dice.uniform(0, person.thinks))

    lives = {asyncio.create_task(life(person)): person for person in people}
    await peace.wait()
    _, hanging = await asyncio.wait(lives, timeout=PATIENCE)
    for task in hanging:
        task.cancel()
    ended = await asyncio.gather(*lives, return_exceptions=True)
    return [
        f"{trouble!r}; on the screen: {[seen.text for seen in person.user.sees()][-4:]}"
        for trouble, person in zip(ended, lives.values(), strict=True)
        if trouble is not None
    ]
