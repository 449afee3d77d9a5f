"""How a letter is in a postman's hand: claimed, held on to, given back, taken away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.columns import Instant
from storage.statements import Ready
from storage.tables import outbox

LEASE = timedelta(seconds=60)
"""After so long a dead postman's rows are taken over (TRUST 6)."""

_now: Any = sa.bindparam("now", type_=outbox.c.next_at.type)
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


def _claim(dialect: str, *where: Any) -> Any:
    """What is urgent before what is about a case, and that before what goes to everybody; then by age."""
    free = sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _clock(dialect))
    due = (
        sa.select(outbox.c.id)
        .where(outbox.c.state == "waiting", outbox.c.next_at <= _now, free, *where)
        .order_by(outbox.c.urgent.desc(), outbox.c.case_id.is_(None), outbox.c.next_at, outbox.c.id)
        .limit(sa.bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due")  # not a sub-select: PostgreSQL might run that again and lease more than `most`
    )
    return (
        sa.update(outbox)
        .where(outbox.c.id.in_(sa.select(due.c.id)))
        .values(leased_until=_lease(dialect), tries=outbox.c.tries + 1)
        .returning(outbox)
    )


CLAIM = Ready(_claim)
CLAIM_OF = Ready(lambda dialect: _claim(dialect, outbox.c.seat.in_(sa.bindparam("seats", expanding=True))))
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
