"""How a letter is in a postman's hand: claimed, held on to, given back, taken away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.columns import Instant
from storage.statements import Ready, written
from storage.tables import outbox

LEASE = timedelta(seconds=60)
"""After so long a dead postman's rows are taken over (TRUST 6)."""

_now: Any = sa.bindparam("now", type_=outbox.c.next_at.type)
_most: Any = sa.bindparam("most")
_until: Any = sa.bindparam("until", type_=outbox.c.next_at.type)


def _clock(dialect: str) -> Any:
    """What leases are counted by: the database's clock, so that no machine's own can make two owners.

    SQLite's processes share a machine, and its clock.
    """
    return sa.func.clock_timestamp() if dialect == "postgresql" else sa.bindparam("clock", type_=Instant)


def _lease(dialect: str) -> Any:
    return _clock(dialect) + LEASE if dialect == "postgresql" else sa.bindparam("lease", type_=Instant)


def leasing() -> dict[str, datetime]:
    """The parameters by which SQLite, which has no clock of its own, leases letters from now on."""
    now = datetime.now(UTC)
    return {"clock": now, "lease": now + LEASE}


_BULK, _ABOUT_A_CASE = outbox.c.case_id.is_(None), outbox.c.case_id.is_not(None)
FIRST_TO_LAST = [
    (sa.true(), _ABOUT_A_CASE),
    (sa.true(), _BULK),
    (sa.false(), _ABOUT_A_CASE),
    (sa.false(), _BULK),
]
"""What is urgent before what is about a case, and that before what goes to everybody; then by age."""


def _due(dialect: str, *where: Any) -> Any:
    """Free letters whose time has come; others' are passed over."""
    free = sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _clock(dialect))
    return (
        sa.select(outbox.c.id)
        .where(outbox.c.state == written("waiting")[0], outbox.c.next_at <= _now, free, *where)
        .limit(_most)
        .with_for_update(skip_locked=True)
    )


def _in_turn(dialect: str) -> Any:
    """Each kind from an index of its own, in its order, and no more of them than are wanted.

    As one query in one order, all that is due would be read: of a broadcast, 100,000 letters.
    """
    kinds = (
        _due(dialect, outbox.c.urgent == urgent, kind).order_by(outbox.c.next_at, outbox.c.id).subquery()
        for urgent, kind in FIRST_TO_LAST
    )
    return sa.union_all(*(sa.select(kind.c.id) for kind in kinds)).limit(_most)


def _of_seats(dialect: str) -> Any:
    mine = _due(dialect, outbox.c.seat.in_(sa.bindparam("seats", expanding=True)))
    return mine.order_by(outbox.c.urgent.desc(), _BULK, outbox.c.next_at, outbox.c.id)


def _claim(dialect: str, found: Any) -> Any:
    due = found.cte("due")  # not a sub-select: PostgreSQL might run that again and lease more than `most`
    return (
        sa.update(outbox)
        .where(outbox.c.id.in_(sa.select(due.c.id)))
        .values(leased_until=_lease(dialect), tries=outbox.c.tries + 1)
        .returning(outbox)
    )


CLAIM = Ready(lambda dialect: _claim(dialect, _in_turn(dialect)))
CLAIM_OF = Ready(lambda dialect: _claim(dialect, _of_seats(dialect)))
_IN_HAND = sa.and_(
    outbox.c.id == sa.bindparam("letter"), outbox.c.state == "waiting", outbox.c.leased_until.is_not(None)
)
UNREACHED = Ready(
    sa.update(outbox)
    .where(_IN_HAND)
    .values(state="unreachable", error=sa.bindparam("why"), leased_until=None)
)
RENEW = Ready(lambda dialect: sa.update(outbox).where(_IN_HAND).values(leased_until=_lease(dialect)))
HOLD = Ready(
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("letter"), outbox.c.state == "waiting")
    .values(next_at=_until, leased_until=None, tries=outbox.c.tries - 1)
)


DOUBTED = Ready(
    sa.update(outbox).where(outbox.c.id == sa.bindparam("letter")).values(doubts=outbox.c.doubts + 1)
)


def _waiting() -> Any:
    """Kind by kind and in its order, or SQLite would read all letters that ever were about a case."""
    kinds = (
        sa.select(outbox.c.next_at)
        .where(outbox.c.state == written("waiting")[0], outbox.c.urgent == urgent, kind)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(sa.literal_column("1000000"))
        .subquery()
        for urgent, kind in FIRST_TO_LAST
    )
    every = sa.union_all(*(sa.select(kind.c.next_at) for kind in kinds)).subquery()
    due = sa.case((every.c.next_at <= _now, every.c.next_at), else_=None)
    return sa.select(sa.func.count(), sa.func.min(due)).select_from(every)


WAITING = Ready(_waiting())
"""How many wait (a million at most of each kind), and since when the oldest that is due."""
