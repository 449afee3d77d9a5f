"""The roster as people work with it: shifts with their places, offers, and what happened to each place."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.duty import Book, Offer, OfferState, Shift, Slot, SlotState
from storage.past_holders import keep_past, left_by
from storage.statements import Changed, Ready, add, change
from storage.tables import duty_events, offers, representatives, shifts, slots, workrooms

PAGE = 8
"""Shifts on one page of a chat."""

WHOLE = sa.select(
    slots,
    shifts.c.workroom_id,
    shifts.c.day,
    shifts.c.starts_at,
    shifts.c.ends_at,
    shifts.c.nominal,
    shifts.c.part,
    shifts.c.tentative,
    shifts.c.cancelled,
    shifts.c.version.label("shift_version"),
).join(shifts, shifts.c.id == slots.c.shift_id)
_IN_ORDER = (shifts.c.starts_at, shifts.c.id, slots.c.place)
_given: Any = sa.bindparam("given")
_room: Any = sa.bindparam("workroom")
_since: Any = sa.bindparam("since", type_=sa.Date())
_now: Any = sa.bindparam("now", type_=shifts.c.ends_at.type)
_SLOT = Ready(WHOLE.where(slots.c.id == _given))
_OF_SHIFT = Ready(WHOLE.where(slots.c.shift_id == _given).order_by(slots.c.place))
_OF_ROOM = Ready(WHOLE.where(shifts.c.workroom_id == _room, shifts.c.day >= _since).order_by(*_IN_ORDER))
_ON_NOW = Ready(
    WHOLE.where(
        shifts.c.workroom_id == _room,
        ~shifts.c.cancelled,
        shifts.c.starts_at <= _now,
        shifts.c.ends_at > _now,
    ).order_by(*_IN_ORDER)
)
_OFFERS_OF_ROOM = Ready(
    sa.select(offers)
    .join(slots, slots.c.id == offers.c.slot_id)
    .join(shifts, shifts.c.id == slots.c.shift_id)
    .where(shifts.c.workroom_id == _room, shifts.c.day >= _since, offers.c.state == str(OfferState.WAITING))
)
_OFFER = Ready(sa.select(offers).where(offers.c.id == _given))
_BY_ORIGIN = Ready(sa.select(offers).where(offers.c.origin == _given))
_HAPPENED = Ready(sa.select(duty_events.c.id).where(duty_events.c.origin == _given))
_EVENTS = Ready(sa.select(duty_events).where(duty_events.c.slot_id == _given).order_by(duty_events.c.id))


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened to a place: who did it (a seat), when, with which words and facts."""

    action: str
    at: datetime
    seat: str
    words: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A place in a list, with the name of who keeps it ("" for nobody)."""

    slot: Slot
    name: str


def shift_of(row: Any) -> Shift:
    """The shift in a row of `WHOLE`."""
    return Shift(
        row.shift_id,
        row.workroom_id,
        row.day,
        row.starts_at,
        row.ends_at,
        row.nominal,
        row.part,
        row.tentative,
        row.cancelled,
        row.shift_version,
    )


def slot_of(row: Any) -> Slot:
    """The place in a row of `WHOLE`."""
    return Slot(
        row.id,
        shift_of(row),
        row.place,
        row.representative_id,
        SlotState(row.state),
        row.version,
        row.arrived_at,
        row.since,
        row.left_at,
        row.minutes,
        row.counts,
    )


def _offer_of(row: Any) -> Offer:
    state = OfferState(row.state)
    return Offer(row.id, row.slot_id, row.by_id, row.to_id, row.wants_id, row.expires_at, state)


def columns_of(slot: Slot) -> dict[str, Any]:
    """What a step may change of a place."""
    return {
        "representative_id": slot.holder,
        "state": str(slot.state),
        "arrived_at": slot.arrived_at,
        "since": slot.since,
        "left_at": slot.left_at,
        "minutes": slot.minutes,
        "counts": slot.counts,
    }


class Duty:
    """Shifts, places and offers, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._on: dict[tuple[int, datetime], list[Slot]] = {}

    def seen(self, workroom: int, now: datetime, places: list[Slot]) -> None:
        """What `on_now` would find has been looked up already."""
        self._on[workroom, now] = places

    async def hold(self, workroom: int) -> None:
        """One change to a workroom's roster at a time, until the transaction ends. SQLite has one writer."""
        if self._connection.dialect.name == "postgresql":
            told = hashlib.blake2b(f"duty/{workroom}".encode(), digest_size=8).digest()
            lock = sa.func.pg_advisory_xact_lock(int.from_bytes(told, signed=True))
            await self._connection.execute(sa.select(lock))

    async def slot(self, slot_id: int) -> Slot | None:
        """One place with its shift."""
        row = (await _SLOT.run(self._connection, {"given": slot_id})).one_or_none()
        return None if row is None else slot_of(row)

    async def slots_of(self, shift_id: int) -> list[Slot]:
        """All places of a shift."""
        return [slot_of(row) for row in await _OF_SHIFT.run(self._connection, {"given": shift_id})]

    async def on_now(self, workroom: int, now: datetime) -> list[Slot]:
        """The places of the shift that is on at this moment; none when there is no shift."""
        if (seen := self._on.get((workroom, now))) is not None:
            return seen
        rows = await _ON_NOW.apart(self._connection, {"workroom": workroom, "now": now})
        return [slot_of(row) for row in rows]

    async def gave_up(self, shift: int) -> frozenset[int]:
        """The representatives who had a place in this shift and left it."""
        return await left_by(self._connection, shift)

    async def book(self, workroom: int, since: date) -> Book:
        """A workroom's places from that day on, with the offers that wait for an answer."""
        params = {"workroom": workroom, "since": since}
        places = {row.id: slot_of(row) for row in await _OF_ROOM.run(self._connection, params)}
        waiting = [_offer_of(row) for row in await _OFFERS_OF_ROOM.run(self._connection, params)]
        return Book(places, {offer.id: offer for offer in waiting})

    async def offer(self, offer_id: int) -> Offer | None:
        """One offer, answered or not."""
        row = (await _OFFER.run(self._connection, {"given": offer_id})).one_or_none()
        return None if row is None else _offer_of(row)

    async def offer_of(self, origin: str) -> Offer | None:
        """The offer that a conversation has already made."""
        row = (await _BY_ORIGIN.run(self._connection, {"given": origin})).one_or_none()
        return None if row is None else _offer_of(row)

    async def add_offer(self, offer: Offer, origin: str, now: datetime) -> Offer:
        """Write a new offer; it gets its number."""
        values = {
            "slot_id": offer.slot,
            "by_id": offer.by,
            "to_id": offer.to,
            "wants_id": offer.wants,
            "state": str(offer.state),
            "expires_at": offer.expires_at,
            "made_at": now,
            "origin": origin,
        }
        number = await add(self._connection, offers, values, giving="id")
        return Offer(number, offer.slot, offer.by, offer.to, offer.wants, offer.expires_at, offer.state)

    async def save(self, before: Book, after: Book) -> None:
        """Write what differs. Raises Changed when somebody else was faster."""
        for number, slot in after.slots.items():
            if slot != before.slots.get(number):
                await self.save_slot(slot)
        kept = [(old, after.slots[number].holder) for number, old in before.slots.items()]
        left = [(old.id, old.holder) for old, now in kept if old.holder and old.holder != now]
        await keep_past(self._connection, left)
        for number, offer in after.offers.items():
            was = before.offers.get(number)
            if was is not None and was.state != offer.state:
                its = {"id": number, "state": str(was.state)}
                if await change(self._connection, offers, its, {"state": str(offer.state)}) != 1:
                    raise Changed

    async def save_slot(self, slot: Slot) -> None:
        """Write one place as it is now, over the version it was read with. Raises Changed."""
        its = {"id": slot.id, "version": slot.version}
        values = columns_of(slot) | {"version": slot.version + 1, "warned_at": None}
        if await change(self._connection, slots, its, values) != 1:
            raise Changed

    # --- what happened -----------------------------------------------------------------------------------

    async def record(self, slot_id: int, deed: Deed, origin: str) -> bool:
        """Add to a place's history; False if this was recorded before (a step run twice)."""
        values = {
            "slot_id": slot_id,
            "at": deed.at,
            "action": deed.action,
            "seat": deed.seat,
            "words": deed.words,
            "data": dict(deed.data),
            "origin": origin,
        }
        made = await add(self._connection, duty_events, values, once=("origin",), giving="id")
        return made is not None

    async def happened(self, origin: str) -> bool:
        """Whether a step with this key was done before."""
        return (await _HAPPENED.run(self._connection, {"given": origin})).first() is not None

    async def history(self, slot_id: int) -> list[Deed]:
        """Everything that happened to a place, from the beginning."""
        rows = await _EVENTS.run(self._connection, {"given": slot_id})
        return [Deed(row.action, row.at, row.seat, row.words, row.data) for row in rows]

    # --- lists -------------------------------------------------------------------------------------------

    async def coming(self, representative: int, now: datetime, page: int = 0) -> list[Listed]:
        """Somebody's shifts that are not over, the next first; one more than a page holds, if there is."""
        mine = slots.c.representative_id == representative
        query = WHOLE.where(mine, ~shifts.c.cancelled, shifts.c.ends_at > now).order_by(*_IN_ORDER)
        return await self._page(query, page)

    async def past(self, representative: int, now: datetime, page: int = 0) -> list[Listed]:
        """Somebody's shifts that are over, the latest first."""
        mine = slots.c.representative_id == representative
        query = WHOLE.where(mine, ~shifts.c.cancelled, shifts.c.ends_at <= now)
        return await self._page(query.order_by(shifts.c.starts_at.desc(), slots.c.id), page)

    async def counted(self, representative: int, first: date, last: date) -> int:
        """How many of somebody's shifts of these days count: each once (rules 33 and 60; part 3, 5)."""
        mine = (slots.c.representative_id == representative, slots.c.counts)
        query = sa.select(sa.func.count()).select_from(slots).join(shifts, shifts.c.id == slots.c.shift_id)
        found = await self._connection.execute(query.where(*mine, shifts.c.day.between(first, last)))
        return int(found.scalar_one())

    async def holes(self, workroom: int, now: datetime, page: int = 0) -> list[Listed]:
        """A workroom's places that nobody keeps, the next first."""
        free = (slots.c.representative_id.is_(None), shifts.c.workroom_id == workroom)
        query = WHOLE.where(*free, ~shifts.c.cancelled, shifts.c.ends_at > now).order_by(*_IN_ORDER)
        return await self._page(query, page)

    async def all_holes(self, now: datetime, page: int = 0) -> list[Listed]:
        """The places nobody keeps anywhere, the next first, with the workrooms' names."""
        free = (slots.c.state == str(SlotState.OPEN), ~shifts.c.cancelled, shifts.c.ends_at > now)
        query = WHOLE.add_columns(workrooms.c.name).join(workrooms, workrooms.c.id == shifts.c.workroom_id)
        query = query.where(*free).order_by(*_IN_ORDER).limit(PAGE + 1).offset(page * PAGE)
        return [Listed(slot_of(row), row.name) for row in await self._connection.execute(query)]

    async def shifts_of(self, workroom: int, since: date, page: int = 0) -> list[int]:
        """The numbers of a workroom's shifts from that day on, a page and one more."""
        query = sa.select(shifts.c.id).where(shifts.c.workroom_id == workroom, shifts.c.day >= since)
        query = query.where(~shifts.c.cancelled).order_by(shifts.c.starts_at, shifts.c.id)
        rows = await self._connection.execute(query.limit(PAGE + 1).offset(page * PAGE))
        return list(rows.scalars())

    async def kept(self, shift_ids: list[int]) -> list[Listed]:
        """All places of these shifts, with who keeps them."""
        return await self._listed(WHOLE.where(slots.c.shift_id.in_(shift_ids)).order_by(*_IN_ORDER))

    async def _page(self, query: sa.Select[Any], page: int) -> list[Listed]:
        return await self._listed(query.limit(PAGE + 1).offset(page * PAGE))

    async def _listed(self, query: sa.Select[Any]) -> list[Listed]:
        named = query.add_columns(representatives.c.name).outerjoin(
            representatives, representatives.c.id == slots.c.representative_id
        )
        return [Listed(slot_of(row), row.name or "") for row in await self._connection.execute(named)]
