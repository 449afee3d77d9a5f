"""Who holds a seat now, and where they are written to: a few queries for all the letters in hand."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Seat
from domain.quiet_hours import QuietHours
from storage.people import CONSENTS, Address, People
from storage.quiet_hours import hours_of
from storage.statements import Ready
from storage.tables import bindings, identities, persons, quiet_hours


@dataclass(frozen=True, slots=True)
class Reach:
    """A person's language, what they agreed to, their addresses: the one they wrote from last first.

    `quiet`: the hours they have set for themselves, if any.
    """

    language: str
    consents: frozenset[str]
    addresses: tuple[Address, ...]
    quiet: QuietHours | None = None


_STILL = Ready(
    sa.select(identities.c.person_id, CONSENTS.label("consents"))
    .select_from(identities)
    .join(persons, persons.c.id == identities.c.person_id)
    .where(
        identities.c.channel == sa.bindparam("channel"),
        identities.c.user == sa.bindparam("user"),
        identities.c.chat == sa.bindparam("chat"),
        identities.c.reachable,
    )
)


async def consents_there(connection: AsyncConnection, seat: Seat, address: Address) -> frozenset[str] | None:
    """What whoever holds the seat has agreed to, if they are reached at this address now; else None."""
    place = {"channel": address.channel, "user": address.user, "chat": address.chat}
    row = (await _STILL.run(connection, place)).one_or_none()
    if row is None or row.person_id != await People(connection).holder(seat):
        return None
    return _agreed(row.consents)


def _agreed(kinds: str | None) -> frozenset[str]:
    return frozenset(filter(None, (kinds or "").split(",")))


async def reaching(connection: AsyncConnection, seats: Collection[Seat]) -> dict[Seat, Reach]:
    """How each seat is reached; seats that nobody holds are left out. Three queries, however many seats."""
    holders = {seat: seat.id for seat in seats if seat.role == "person"}
    holders |= await _holders(connection, [seat for seat in seats if seat.role != "person"])
    if not holders:
        return {}
    known, addresses = await _known(connection, set(holders.values()))
    found = {}
    for seat, person in holders.items():
        if person in known:
            language, consents, quiet = known[person]
            found[seat] = Reach(language, consents, tuple(addresses[person]), quiet)
    return found


async def _holders(connection: AsyncConnection, seats: Collection[Seat]) -> dict[Seat, int]:
    """The person bound to each seat now."""
    if not seats:
        return {}
    rows = await connection.execute(
        sa.select(bindings.c.role, bindings.c.subject_id, bindings.c.person_id)
        .where(
            bindings.c.ended_at.is_(None),
            bindings.c.role.in_({seat.role for seat in seats}),
            bindings.c.subject_id.in_({seat.id for seat in seats}),
        )
        .order_by(bindings.c.id)
    )
    wanted = {(seat.role, seat.id): seat for seat in seats}
    return {wanted[role, subject]: person for role, subject, person in rows if (role, subject) in wanted}


async def _known(
    connection: AsyncConnection, ids: Collection[int]
) -> tuple[dict[int, tuple[str, frozenset[str], QuietHours | None]], dict[int, list[Address]]]:
    found = await connection.execute(
        sa.select(persons.c.id, persons.c.language, CONSENTS, quiet_hours.c.starts, quiet_hours.c.ends)
        .outerjoin(quiet_hours, quiet_hours.c.person_id == persons.c.id)
        .where(persons.c.id.in_(ids))
    )
    known = {
        number: (language, _agreed(given), hours_of(starts, ends))
        for number, language, given, starts, ends in found
    }
    rows = await connection.execute(
        sa.select(identities.c.person_id, identities.c.channel, identities.c.user, identities.c.chat)
        .where(identities.c.person_id.in_(ids), identities.c.reachable)
        .order_by(identities.c.seen_at.desc())
    )
    addresses: dict[int, list[Address]] = defaultdict(list)
    for person, channel, user, chat in rows:
        addresses[person].append(Address(channel, user, chat))
    return known, addresses
