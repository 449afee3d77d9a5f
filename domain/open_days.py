"""On which days a workroom is open, and why then: rules, holidays and single-day exceptions (rules 30-33)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, cast, get_args

from domain.calendar import Calendar
from domain.errors import DomainError
from domain.hours import MORNING, Periods, together
from domain.recurrence import EPOCH, Recurrence, nominal_days, parse_rule

OnHoliday = Literal["next-workday", "cancel", "keep"]
ExceptionKind = Literal["closed", "extra", "hours"]
WhyKind = Literal["moved", "joined", "cancelled", "closed", "extra", "hours"]

LONGEST_WINDOW = timedelta(days=3_700)
"""Ten years at once: more is a mistake."""

YEARS = (1950, 2899)
"""Years that can be asked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a workroom; in force for nominal days from `valid_from` to `valid_until`, both included."""

    recurrence: Recurrence
    periods: Periods = MORNING
    on_holiday: OnHoliday = "next-workday"
    valid_from: date | None = None
    valid_until: date | None = None

    def beginning(self, first: date) -> "Rule":
        """The same rule, in force from a day on."""
        return replace(self, valid_from=first)


@dataclass(frozen=True, slots=True)
class OneDay:
    """An exception for one calendar day, as people know it: closed, extra, or open at other hours."""

    day: date
    kind: ExceptionKind
    periods: Periods = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is set for a workroom."""

    rules: tuple[Rule, ...] = ()
    exceptions: Mapping[date, OneDay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in data: what happened, the holiday's name (domain.holidays), the reason somebody gave."""

    kind: WhyKind
    holiday: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day a workroom is open, or (`held` false) would have been.

    `nominal` is the rule's own day: workroom and nominal day name it for good, wherever it moves.
    `tentative`: a year without a notice had a say, so that it may still move (part 3, 1).
    """

    day: date
    periods: Periods
    nominal: date
    tentative: bool = False
    why: tuple[Why, ...] = ()
    held: bool = True

    @property
    def moved(self) -> bool:
        """Whether it isn't held on the day that the rule names."""
        return self.day != self.nominal


def rule_of(
    text: str,
    periods: Periods = MORNING,
    on_holiday: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Rule:
    """A rule from what somebody wrote. Raises DomainError naming what is wrong in one line."""
    recurrence = parse_rule(text)
    if on_holiday not in ("", *get_args(OnHoliday)):
        known = ", ".join(get_args(OnHoliday))
        raise DomainError("open_days.bad.on_holiday", value=on_holiday[:30], known=known)
    if valid_from and valid_until and valid_until < valid_from:
        raise DomainError("open_days.bad.window", first=valid_from, last=valid_until)
    chosen = cast(OnHoliday, on_holiday) if on_holiday else usual(recurrence)
    return Rule(recurrence, periods, chosen, valid_from, valid_until)


def usual(recurrence: Recurrence) -> OnHoliday:
    """What a holiday does where nobody has said: dates move, weekdays are left out (part 3, 1)."""
    return "cancel" if recurrence.get("FREQ") == "WEEKLY" else "next-workday"


def open_days(plan: Plan, first: date, last: date, calendar: Calendar) -> list[OpenDay]:
    """The days the workroom is open from `first` to `last`, in order."""
    return [day for day in every_day(plan, first, last, calendar) if day.held]


def every_day(plan: Plan, first: date, last: date, calendar: Calendar) -> list[OpenDay]:
    """The same with what is not held: cancelled, closed, or joined with another day after a shift.

    Raises DomainError for a window that ends before it begins, or is too long.
    """
    if last < first:
        raise DomainError("open_days.bad.window", first=first, last=last)
    if last - first > LONGEST_WINDOW:
        raise DomainError("open_days.bad.too_long", years=10)
    if not YEARS[0] <= first.year <= last.year <= YEARS[1]:
        raise DomainError("open_days.bad.too_far", first=YEARS[0], last=YEARS[1])
    made = [_kept(day, plan) for rule in plan.rules for day in _of_rule(rule, first, last, calendar)]
    known = [_excepted(day, plan) for day in _joined(made)] + _extra(plan, {d.day for d in made if d.held})
    return sorted((d for d in known if first <= d.day <= last), key=lambda d: (d.day, not d.held, d.nominal))


def _of_rule(rule: Rule, first: date, last: date, calendar: Calendar) -> Iterable[OpenDay]:
    """Each nominal day with what becomes of it; those before `first` that move into the window too."""
    start = first
    while rule.on_holiday == "next-workday" and not calendar.is_workday(start - timedelta(days=1)):
        start -= timedelta(days=1)
    start, end = max(start, rule.valid_from or start), min(last, rule.valid_until or last)
    anchor = rule.valid_from if rule.valid_from and rule.recurrence.anchored else EPOCH
    for nominal in nominal_days(rule.recurrence, anchor, start, end) if start <= end else ():
        yield _placed(rule, nominal, calendar)


def _placed(rule: Rule, nominal: date, calendar: Calendar) -> OpenDay:
    day = OpenDay(nominal, rule.periods, nominal, calendar.is_tentative(nominal))
    if rule.on_holiday == "keep" or calendar.is_workday(nominal):
        return day
    name = calendar.holidays.name(nominal)
    if rule.on_holiday == "cancel":
        return replace(day, held=False, why=(Why("cancelled", name),))
    moved = calendar.on_or_after(nominal)
    tentative = day.tentative or calendar.is_tentative(moved)
    return replace(day, day=moved, tentative=tentative, why=(Why("moved", name),))


def _joined(days: Sequence[OpenDay]) -> list[OpenDay]:
    """Days that fall together are one: the one that stands on its own day goes on, or the earliest."""
    leading: dict[date, OpenDay] = {}
    others = []
    for day in sorted(days, key=lambda d: (d.day, d.moved, d.nominal)):
        first = leading.setdefault(day.day, day) if day.held else day
        if first is not day:
            leading[day.day] = replace(first, periods=together(first.periods, day.periods))
        if first is not day and day.nominal != first.nominal:
            others.append(replace(day, held=False, why=(*day.why, Why("joined"))))
        elif not day.held:
            others.append(day)
    return [*leading.values(), *(d for d in others if d.moved or d.day not in leading)]


def _kept(day: OpenDay, plan: Plan) -> OpenDay:
    """An extra day where the rule's own day would be moved or cancelled: it is held after all."""
    said = plan.exceptions.get(day.nominal)
    if said is None or said.kind != "extra" or not day.why:
        return day
    return replace(day, day=day.nominal, held=True, why=())


def _excepted(day: OpenDay, plan: Plan) -> OpenDay:
    """The day after what somebody has decided for it."""
    said = plan.exceptions.get(day.day)
    if said is None or not day.held:
        return day
    why = (*day.why, Why(said.kind, reason=said.reason))
    if said.kind == "closed":
        return replace(day, held=False, why=why)
    return replace(day, periods=said.periods or day.periods, why=why)


def _extra(plan: Plan, open_already: set[date]) -> list[OpenDay]:
    said = (one for one in plan.exceptions.values() if one.kind == "extra" and one.day not in open_already)
    return [OpenDay(s.day, s.periods or MORNING, s.day, why=(Why("extra", reason=s.reason),)) for s in said]


def changed(
    before: Sequence[OpenDay], after: Sequence[OpenDay]
) -> dict[date, tuple[OpenDay, OpenDay | None]]:
    """By nominal day, what was held and is held otherwise now: on another day, at other hours, or not."""
    now = {day.nominal: day for day in after if day.held}
    pairs = {day.nominal: (day, now.get(day.nominal)) for day in before if day.held}
    return {
        nominal: (old, new)
        for nominal, (old, new) in pairs.items()
        if new is None or (new.day, new.periods) != (old.day, old.periods)
    }
