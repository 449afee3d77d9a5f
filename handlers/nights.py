"""Whose night it is: which letters wait for their reader's morning, and which come together then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.calendar import Calendar
from domain.people import Seat
from domain.quiet_hours import QuietHours
from domain.reminders import name_of
from storage.outbox import Letter
from storage.reaching import Reach


@dataclass(frozen=True, slots=True)
class Nights:
    """The district's quiet hours, and those of their own that the readers of some letters have set."""

    calendar: Calendar
    reached: Mapping[Seat, Reach] = field(default_factory=dict)

    def waits_until(self, letter: Letter, now: datetime) -> datetime | None:
        """When it may be said, if not now. Urgent letters and edits never wait (part 3, 13)."""
        if letter.urgent or letter.edits is not None:
            return None
        hours = self._hours(letter)
        return self.calendar.end_of_quiet(now, hours) if self.calendar.is_quiet(now, hours) else None

    def gathers(self, letter: Letter) -> bool:
        """Whether it goes out together with others of its seat: what the night held back, every reminder."""
        if letter.edits is not None or letter.urgent:
            return False
        return name_of(letter.key) is not None or self.calendar.is_quiet(letter.made_at, self._hours(letter))

    def _hours(self, letter: Letter) -> QuietHours | None:
        """The reader's own; None, the district's, for what concerns the duty they are just about to do."""
        if _is_on_duty(letter):
            return None
        reach = self.reached.get(letter.seat)
        return reach.quiet if reach else None


def _is_on_duty(letter: Letter) -> bool:
    """That morning's shift, or a request filed with whoever is checked in: of no use later."""
    name = name_of(letter.key)
    morning = name is not None and (name.topic, name.step) == ("shift", "morning")
    return morning or bool(letter.message.params.get("on_duty"))
