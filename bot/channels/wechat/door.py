"""What stands between WeChat's answers and the desk: numbers under a push, and the offer of a notice."""

import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from domain.messages import Answer, Inbound, Message, Press, Rendered, Text
from handlers.house import Speech

RECEIPT = "case.receipt"
"""The answer to a request that was filed: the moment to offer that its outcome be told."""

LONGEST_NUMBER = 3


class Desk(Protocol):
    """The desk, as far as a channel knows it."""

    async def handle(self, inbound: Inbound) -> Answer:
        """Deal with one arrival."""


class Shown(Protocol):
    """Who knows what was pushed."""

    async def shown(self, openid: str) -> Sequence[str]:
        """The data of the choices pushed last, when nothing was said since."""


Offer = Callable[[str], Awaitable[Message | None]]
"""What this openid should know of how the outcome reaches them: where to agree to a notice, or what to do."""


class Door:
    """Handles as the desk does. A number that is written means the list that was seen last (CHANNELS §3)."""

    def __init__(self, desk: Desk, ledger: Shown, words: Speech, offer: Offer) -> None:
        self._desk, self._ledger, self._words, self._offer = desk, ledger, words, offer

    async def handle(self, inbound: Inbound) -> Answer:
        """Deal with one arrival. Raises what the desk raises."""
        answer = await self._desk.handle(await self._meant(inbound))
        if any(message.key == RECEIPT for message in answer.messages):
            return replace(answer, messages=await self._offering(inbound.chat, answer.messages))
        return answer

    async def _meant(self, inbound: Inbound) -> Inbound:
        """A push has numbers of its own, which the desk doesn't know of."""
        place = _number(inbound.what.text) if isinstance(inbound.what, Text) else 0
        if not place:
            return inbound
        shown = await self._ledger.shown(inbound.chat)
        return inbound.holding(Press(shown[place - 1])) if place <= len(shown) else inbound

    async def _offering(self, openid: str, messages: tuple[Rendered, ...]) -> tuple[Rendered, ...]:
        offer = await self._offer(openid)
        if offer is None:
            return messages
        return tuple(self._offered(one, offer) if one.key == RECEIPT else one for one in messages)

    def _offered(self, message: Rendered, offer: Message) -> Rendered:
        said = self._words.say(message.language, offer.key, offer.params)
        return replace(message, text=f"{message.text}\n\n{said}")


def _number(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip().rstrip(".")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER else 0
