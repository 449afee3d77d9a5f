"""What people are reminded of: the kinds, the ladder of a case's term, and when each is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from domain.calendar import Calendar
from domain.cases import Part
from domain.messages import Message
from domain.people import Person, Role, Seat
from domain.quiet_hours import QuietHours

Step = Literal["soon", "due", "late", "up"]
STEPS: tuple[Step, ...] = ("soon", "due", "late", "up")
"""The rungs of a case's term, in their order: before it, on it, after it, and up to the office."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of reminder as its receivers know it; `duty` means that it cannot be switched off.

    `roles` are the seats that get it, `()` every resident.
    """

    name: str
    roles: tuple[Role, ...]
    duty: bool = False


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("term", ("liaison", "representative", "contact", "officer"), duty=True),
        Kind("soon", ("liaison", "representative", "contact", "officer")),
        Kind("shift", ("representative",), duty=True),
        Kind("eve", ("representative",)),
        Kind("roster", ("representative",), duty=True),
        Kind("slot", ("liaison",), duty=True),
        Kind("visit", ("representative",)),
        Kind("notice", ("officer",), duty=True),
        Kind("open_day", ()),
        Kind("rating", ()),
    )
}
"""Every kind; which of them duty requires is reasoned in docs/decisions/0012."""


def mutable(person: Person) -> list[Kind]:
    """What this person may switch off: residents' kinds, and those of the seats they hold."""
    held = {holding.role for holding in person.holdings}
    return [kind for kind in KINDS.values() if not kind.duty and (not kind.roles or held & set(kind.roles))]


def required(person: Person) -> list[Kind]:
    """What duty requires of the seats they hold."""
    held = {holding.role for holding in person.holdings}
    return [kind for kind in KINDS.values() if kind.duty and held & set(kind.roles)]


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder to one seat. What it is about (`topic` to `step`) and to whom is its name: once each.

    `day` is the day it counts towards (the term, the shift); `turn` tells apart what shares subject and
    day (a case's round).
    """

    topic: str
    subject: int
    day: date
    step: str
    seat: Seat
    kind: str
    message: Message
    turn: int = 0
    case: int | None = None

    @property
    def key(self) -> str:
        """The name under which the outbox takes it once."""
        about = f"{self.topic}.{self.subject}.{self.turn}.{self.day.isoformat()}.{self.step}"
        return f"{PREFIX}{about}.{self.seat}"


PREFIX = "remind."
"""What every reminder's key in the outbox begins with."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a reminder is about, read back from its key."""

    topic: str
    subject: int
    turn: int
    day: date
    step: str
    seat: Seat


def name_of(key: str) -> Name | None:
    """What the letter with this key reminds of; None for a letter that is no reminder."""
    if not key.startswith(PREFIX):
        return None
    topic, subject, turn, day, step, seat = key.removeprefix(PREFIX).split(".", 5)
    return Name(topic, int(subject), int(turn), date.fromisoformat(day), step, Seat.parse(seat))


def kind_of(name: Name) -> str:
    """The kind by which its receiver switches a reminder off."""
    if name.topic in WAITERS:
        return "soon" if name.step == "soon" else "term"
    return "eve" if (name.topic, name.step) == ("shift", "eve") else name.topic


# --- the ladder of a case's term ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rungs:
    """The bounds of today's rungs: a term after `today` and up to `horizon` is soon, one after `late`
    is due, one after `office` is late, any earlier one goes up (part 3, 10)."""

    today: date
    horizon: date
    late: date
    office: date

    def step(self, term: date) -> Step | None:
        """The rung on which a term stands today; None while it is far away."""
        if term > self.horizon:
            return None
        if term > self.today:
            return "soon"
        if term > self.late:
            return "due"
        return "late" if term > self.office else "up"


def rungs(today: date, calendar: Calendar) -> Rungs | None:
    """Today's rungs; None on a day nobody works: staff are reminded of terms on working days."""
    if not calendar.is_workday(today):
        return None
    terms = calendar.terms
    late = calendar.before(today, terms.remind_late_days)
    office = calendar.before(today, max(terms.remind_office_days, terms.remind_late_days))
    return Rungs(today, calendar.after(today, terms.remind_before_days), late, office)


WAITERS = (Part.LIAISON, Part.HANDLER, Part.CONTACT, Part.CALLER)
"""Whose turn staff are reminded of; the filer's turn is the rating, which has its own asking."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The seats around one case: whose turn it is, its liaison, the office."""

    doers: tuple[Seat, ...]
    liaison: Seat | None
    office: tuple[Seat, ...]


Voice = Literal["own", "other", "office"]
"""Said to whom it waits for, to the liaison about somebody else, or to the office."""


def receivers(step: Step, staff: Staff) -> dict[Seat, Voice]:
    """Who hears of a term on this rung: representative → liaison → office, each seat once.

    Where a rung has no seat, the next one above hears of it; nobody at all gives none.
    """
    told: dict[Seat, Voice] = dict.fromkeys(staff.doers, "own")
    above: dict[Seat, Voice] = dict.fromkeys(staff.office, "office")
    liaison: dict[Seat, Voice] = {staff.liaison: "other"} if staff.liaison else {}
    if step == "late":
        told = {**liaison, **told}
    if step == "up":
        told = {**above, **told}
    return told or liaison or above


# --- days that count ---------------------------------------------------------------------------------------


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's quarter."""
    month = (day.month - 1) // 3 * 3 + 1
    first = date(day.year, month, 1)
    following = date(day.year + (month == 10), (month + 3) % 12 or 12, 1)
    return first, following - timedelta(days=1)


VISITS = ("visit", "care")
"""Kinds of activities that are visits to homes (rules 34 and 39)."""


def visit_is_short(today: date, calendar: Calendar) -> bool:
    """Whether a visit still missing is spoken of: in the last two weeks of a quarter (rule 34)."""
    last = quarter_of(today)[1]
    return (last - today).days <= calendar.terms.visit_nudge_calendar_days


ASK_FOR_NOTICE = (11, 1)
"""From this day on the office is asked for next year's holiday notice, every week."""


def notice_week(today: date) -> tuple[int, date]:
    """(year whose notice is wanted, the day of this week's asking).

    Before the first of November it is this year's: one that has begun without its notice is still asked for.
    """
    begun = date(today.year, *ASK_FOR_NOTICE)
    year = today.year + 1
    if today < begun:
        begun, year = date(today.year - 1, *ASK_FOR_NOTICE), today.year
    return year, begun + timedelta(days=(today - begun).days // 7 * 7)


def is_evening(now: datetime, calendar: Calendar) -> bool:
    """Whether the evening's reminders are due: from the set hour until the quiet hours begin."""
    clock = now.astimezone(calendar.zone).time()
    return _evening(calendar) <= clock and not calendar.is_quiet(now)


def _evening(calendar: Calendar) -> time:
    """The set hour; the one before the quiet hours where these would swallow the whole evening."""
    at, quiet = calendar.terms.remind_evening, calendar.terms.quiet
    if not quiet.ends < quiet.starts <= at:
        return at
    return time(max(0, quiet.starts.hour - 1), quiet.starts.minute)


def when_reminded(
    day: date, now: datetime, calendar: Calendar, own: QuietHours | None = None
) -> datetime | None:
    """When whoever asks now hears of an open day: the evening before, or after their own night.

    None when it is too late for that: the evening is over.
    """
    eve = day - timedelta(days=1)
    at = max(now, datetime.combine(eve, _evening(calendar), calendar.zone).astimezone(UTC))
    if calendar.is_quiet(at):
        at = calendar.end_of_quiet(at)
    if calendar.day_of(at) != eve or not is_evening(at, calendar):
        return None
    return calendar.end_of_quiet(at, own) if calendar.is_quiet(at, own) else at
