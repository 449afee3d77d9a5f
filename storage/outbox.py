"""Messages to others: written with their cause, claimed by a postman, sent once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.messages import Message
from domain.people import Seat
from storage.leasing import CLAIM, CLAIM_OF, DOUBTED, HOLD, RENEW, UNREACHED, WAITING, leasing
from storage.statements import add, add_later, change
from storage.tables import outbox

TOGETHER = 500
"""Letters in one statement with what else is written; PostgreSQL takes no more than 32,767 arguments."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one seat, with how often it was tried.

    `taken_over`: whoever had it died, perhaps after sending it. `doubts`: times no answer came to it.
    """

    id: int
    seat: Seat
    case: int | None
    message: Message
    urgent: bool
    made_at: datetime
    tries: int
    edits: int | None
    taken_over: bool = False
    key: str = ""
    doubts: int = 0


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to be put in, once for each key."""

    key: str
    seat: Seat
    message: Message
    case: int | None = None
    urgent: bool = False
    edits: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a letter went: the channel's own reference, so that it can be edited in place."""

    channel: str
    chat: str
    ref: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, and how long the oldest that is due has waited, in seconds."""

    count: int
    oldest: float


class Outbox:
    """What waits to be said, in one transaction. `posted` tells the desk to wake the postman."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.posted = False

    async def post_all(
        self, letters: Sequence[NewLetter], now: datetime, not_before: datetime | None = None
    ) -> None:
        """Put letters in, in one statement; a key that is there already changes nothing."""
        if not letters:
            return
        # What several seats are told is one message, written down once.
        written = {id(letter.message): letter.message for letter in letters}
        kept = {which: orjson.Fragment(orjson.dumps(_kept(said))) for which, said in written.items()}
        rows = [
            {
                "key": letter.key,
                "seat": str(letter.seat),
                "case_id": letter.case,
                "message": kept[id(letter.message)],
                "urgent": letter.urgent,
                "made_at": now,
                "next_at": not_before or now,
                "edits": letter.edits,
                "state": "waiting",
                "tries": 0,
            }
            for letter in letters
        ]
        write = add_later if len(rows) <= TOGETHER else add
        await write(self._connection, outbox, rows, once=("key",))
        self.posted = True

    async def claim(self, now: datetime, limit: int = 50) -> list[Letter]:
        """Letters that are due, leased to the caller; other postmen skip them."""
        rows = await CLAIM.run(self._connection, {"now": now, "most": limit, **leasing()})
        return sorted(map(_letter, rows), key=lambda letter: (not letter.urgent, letter.id))

    async def claim_of(self, seats: Iterable[Seat], now: datetime, limit: int = 1000) -> list[Letter]:
        """What else is due for these seats, so that one digest holds it all."""
        given = {"now": now, "most": limit, "seats": sorted(map(str, seats)), **leasing()}
        return sorted(map(_letter, await CLAIM_OF.run(self._connection, given)), key=lambda one: one.id)

    async def renew(self, letters: Sequence[int]) -> None:
        """They are still in hand: nobody else may take them over yet."""
        if letters:
            await RENEW.run(self._connection, [{"letter": letter, **leasing()} for letter in letters])

    async def delivered(self, letter_id: int, sent: Sent, now: datetime) -> None:
        """It is there."""
        where = {"channel": sent.channel, "chat": sent.chat, "ref": sent.ref}
        await self._set(letter_id, state="sent", sent_at=now, leased_until=None, **where)

    async def again(self, letter_id: int, at: datetime, error: str) -> None:
        """Not sent; to be tried again then."""
        await self._set(letter_id, next_at=at, error=error[:200], leased_until=None)

    async def doubted(self, letters: Sequence[int]) -> None:
        """They went out, and nobody knows whether they arrived."""
        await DOUBTED.run(self._connection, [{"letter": letter} for letter in letters])

    async def hold(self, until: Mapping[int, datetime]) -> None:
        """Letters kept back, each until then, by quiet hours or until their turn comes: not an attempt."""
        if until:
            rows = [{"letter": letter, "until": at} for letter, at in until.items()]
            await HOLD.run(self._connection, rows)

    async def give_up(self, letter_id: int, state: str, error: str) -> bool:
        """It will not be sent (again): `unreachable`, `given_up`, `in_doubt` or `dropped`.

        In doubt is what may have arrived, or not; dropped is an edit without its original. False: not any
        more unreachable, for somebody took the seat in this very moment (`revive`).
        """
        if state == "unreachable":
            done = await UNREACHED.run(self._connection, {"letter": letter_id, "why": error[:200]})
            return done.rowcount > 0
        await self._set(letter_id, state=state, error=error[:200], leased_until=None)
        return True

    async def _set(self, letter_id: int, **values: Any) -> None:
        await change(self._connection, outbox, {"id": letter_id}, values)

    async def sent_to(self, letter_id: int) -> Sent | None:
        """Where an earlier letter went, if it did."""
        found = await self._connection.execute(
            sa.select(outbox.c.channel, outbox.c.chat, outbox.c.ref).where(
                outbox.c.id == letter_id, outbox.c.state == "sent"
            )
        )
        row = found.one_or_none()
        return None if row is None or row.ref is None else Sent(row.channel, row.chat, row.ref)

    async def waiting(self, now: datetime) -> Waiting:
        """What there is to deliver."""
        count, oldest = (await WAITING.run(self._connection, {"now": now})).one()
        return Waiting(count, (now - oldest).total_seconds() if oldest else 0.0)

    async def rewrite(self, letter_id: int, message: Message) -> None:
        """A letter that isn't out yet says this instead."""
        await self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.id == letter_id, outbox.c.state == "waiting")
            .values(message=_kept(message))
        )

    async def revive(self, seat: Seat, now: datetime, since: datetime) -> None:
        """What could not be delivered because nobody held the seat is tried again.

        Also what a postman has in hand, and is about to find undeliverable: it is taken from them.
        """
        in_hand = sa.and_(outbox.c.state == "waiting", outbox.c.leased_until.is_not(None))
        await self._connection.execute(
            sa.update(outbox)
            .where(
                outbox.c.seat == str(seat),
                sa.or_(outbox.c.state == "unreachable", in_hand),
                outbox.c.made_at >= since,
                outbox.c.edits.is_(None),
            )
            .values(state="waiting", next_at=now, leased_until=None)
        )
        self.posted = True

    async def hasten(self, seats: Sequence[Seat], now: datetime) -> None:
        """What waits for these seats is due at once: somebody has come to look."""
        await self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.seat.in_([str(seat) for seat in seats]), outbox.c.state == "waiting")
            .values(next_at=now)
        )

    async def calls(self, case_id: int, kinds: Sequence[str]) -> list[Letter]:
        """The letters of a case with these words, not yet given up: to change them in place."""
        rows = await self._connection.execute(
            sa.select(outbox)
            .where(
                outbox.c.case_id == case_id, outbox.c.edits.is_(None), outbox.c.state.in_(("waiting", "sent"))
            )
            .order_by(outbox.c.id)
        )
        return [letter for letter in map(_letter, rows) if letter.message.key in kinds]

    async def of_case(self, case_id: int, kinds: Sequence[str]) -> list[tuple[str, Seat, str]]:
        """(message key, seat, state) of the letters that the last event of these kinds has sent."""
        rows = await self._connection.execute(
            sa.select(outbox.c.key, outbox.c.message, outbox.c.seat, outbox.c.state)
            .where(outbox.c.case_id == case_id, outbox.c.edits.is_(None))
            .order_by(outbox.c.id)
        )
        found = [row for row in rows if row.message["key"] in kinds]
        last = found[-1].key.rpartition(".")[0] if found else ""  # what stands before the seat
        latest = [row for row in found if row.key.rpartition(".")[0] == last]
        return [(row.message["key"], Seat.parse(row.seat), row.state) for row in latest]


SAME = "words_are"
"""In a kept message: its param `words` says the same as the one named here, and stands there only."""


def _kept(message: Message) -> dict[str, Any]:
    """As the database keeps it: what happened to a new request is the request itself, kept once."""
    kept = message.to_json()
    params = kept["params"]
    if params.get("words") and params["words"] == params.get("about"):
        del params["words"]
        kept[SAME] = "about"
    return kept


def _read(kept: Mapping[str, Any]) -> Message:
    """The message that `_kept` gave."""
    message = Message.from_json(kept)
    if SAME not in kept:
        return message
    return replace(message, params={**message.params, "words": message.params[kept[SAME]]})


def _letter(row: Any) -> Letter:
    return Letter(
        row.id,
        Seat.parse(row.seat),
        row.case_id,
        _read(row.message),
        row.urgent,
        row.made_at,
        row.tries,
        row.edits,
        row.tries > 1 and row.error is None,
        row.key,
        row.doubts,
    )
