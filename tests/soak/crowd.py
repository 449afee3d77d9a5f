"""People who file requests and don't give up: what they saw acknowledged is what must be there in the end."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import Seen, User

PATIENCE = 90.0
"""Seconds until an answer must have come, whatever broke meanwhile."""


@dataclass
class Resident:
    """One person, their request's words and the numbers they were given."""

    user: User
    api: BotApi
    dice: random.Random
    numbers: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    async def agrees(self) -> None:
        """Link a home and agree to everything."""
        await self.user.starts("w_LJ01")
        for label in ("同意", "同意经境外传输"):
            await self._sees(partial(_offers, label))
            await self.user.presses(label)
        await self._sees(partial(_offers, "反映诉求"))

    async def files(self, number: int) -> None:
        """One request: words in two messages, sent; every update perhaps twice."""
        words = f"第{number}件：{self.user.id}号楼道灯坏了"
        await self.user.says("反映诉求")
        await self.user.waits_for(lambda seen: "是什么事" in seen.text, within=PATIENCE)
        await self._does(self.user.says, words)
        await self._sees(lambda seen: words in seen.text and "提交" in seen.labels)
        more = f"补充{number}：晚上很黑"
        await self._does(self.user.says, more)
        await self._sees(lambda seen: more in seen.text and "提交" in seen.labels)
        await self._does(self.user.presses, "提交")
        receipt = await self._sees(self._is_new_receipt)
        self.numbers.append(receipt.text)
        self.words.append(words)

    def _is_new_receipt(self, seen: Seen) -> bool:
        return seen.text.startswith("收到了。编号") and seen.text not in self.numbers

    async def _does(self, act: Callable[[str], object], what: str) -> None:
        """Act; Telegram may deliver it twice."""
        await act(what)  # type: ignore[misc]  # all of a user's acts are awaited
        if self.dice.random() < 0.4 and self.api.updates.pending:
            newest = max(self.api.updates.pending, key=lambda update: update.id)
            self.api.redelivers(newest.json)

    async def _sees(self, fits: Callable[[Seen], object]) -> Seen:
        return await self.user.waits_for(fits, within=PATIENCE, earlier=True)


def _offers(label: str, seen: Seen) -> bool:
    return label in seen.labels


def crowd(api: BotApi, many: int, seed: int) -> list[Resident]:
    """So many people, each with dice of their own."""
    return [
        Resident(api.user(100_000 + n, name=f"居民{n}"), api, random.Random(seed + n)) for n in range(many)
    ]


async def live_through(people: list[Resident], peace: asyncio.Event) -> list[BaseException]:
    """Everybody files one request after the other until there is peace; what went wrong for whom."""

    async def life(person: Resident) -> None:
        await person.agrees()
        while not peace.is_set():
            await person.files(len(person.words))

    ended = await asyncio.gather(*(life(person) for person in people), return_exceptions=True)
    return [trouble for trouble in ended if trouble is not None]
