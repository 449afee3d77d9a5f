"""Quiet hours: the part of the day in which nothing that can wait is said; the district's, or one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from domain.errors import DomainError

LONGEST = timedelta(hours=14)
"""Of one's own. Whoever is silent for no longer is awake the evening before a day or early on it, so that
whatever is due that day still reaches them in time."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `starts` until `ends` by the clock on the wall, across midnight where it ends earlier.

    Where both are the same there are none.
    """

    starts: time
    ends: time

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}-{self.ends:%H:%M}"

    @property
    def length(self) -> timedelta:
        """How long they are on a day without a change of the clocks."""
        return timedelta(minutes=(_minute(self.ends) - _minute(self.starts)) % DAY)

    def hold(self, moment: datetime, zone: tzinfo) -> bool:
        """Whether the clock on the wall reads a quiet time at this moment."""
        clock = moment.astimezone(zone).time()
        if self.starts <= self.ends:
            return self.starts <= clock < self.ends
        return self.starts <= clock or clock < self.ends

    def end(self, moment: datetime, zone: tzinfo) -> datetime:
        """When those around `moment` end, in UTC: always later, and never a quiet time itself.

        Where clocks are set back an end comes twice, and where they are set forward it may not come at
        all: the first of its readings that holds is taken.
        """
        today = moment.astimezone(zone).date()
        days = (today + timedelta(days=n) for n in range(3))
        ends = [datetime.combine(day, self.ends, zone).replace(fold=fold) for day in days for fold in (0, 1)]
        return min(at for end in ends if (at := end.astimezone(UTC)) > moment and not self.hold(at, zone))


DAY = 24 * 60
NONE = QuietHours(time(0), time(0))
"""Whoever has set these may be written to at any time."""

PRESETS: Mapping[str, QuietHours | None] = {
    "late": QuietHours(time(22), time(7)),
    "long": QuietHours(time(20), time(8)),
    "any": NONE,
    "district": None,
}
"""What can be chosen by a tap; None: as the district has it."""


def parse(text: str) -> QuietHours | None:
    """One's own hours by a preset's name, or as `str` writes them. Raises DomainError for anything else."""
    if text in PRESETS:
        return PRESETS[text]
    try:
        starts, ends = map(time.fromisoformat, text.split("-"))
        return checked(QuietHours(starts, ends))
    except ValueError:
        raise DomainError("quiet_hours.unclear") from None


def checked(hours: QuietHours) -> QuietHours:
    """Hours that somebody may set for themselves. Raises DomainError where they are too long."""
    if hours.length > LONGEST:
        raise DomainError("quiet_hours.too_long", most=LONGEST // timedelta(hours=1))
    return hours


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
