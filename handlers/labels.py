"""Words that stand on buttons of older messages, typed by staff: what they say is done, for whoever may.

「今天的口令」 needs no button to be meant. Where a button is about one shift of several, the list to choose
from is shown. Rights are asked where it is done, as for a press.
"""

from collections.abc import Mapping

from conversations.change_open_days import CHANGES
from domain.messages import Choice, Message
from domain.people import Holding
from handlers import duty, duty_past, duty_rights, open_day_acts, visits_year
from handlers.visit import Visit

OF_CHARGE = {
    "duty.do.code": "code",
    "duty.do.screen": "screen",
    "duty.do.before": "before",
    "duty.do.correct": "before",
    "duty.do.history": "before",
    "duty.do.fill": "holes",
    "duty.do.holes": "holes",
    "duty.do.confirm": "roster",
    "duty.do.deny": "roster",
    "duty.do.shift": "roster",
}
"""What a liaison's words open, by the press that opens it: of the workroom they serve."""

OF_HOLDER = {
    "duty.do.past": "past",
    "duty.do.before": "past",
    "duty.do.history": "past",
    "duty.do.correct": "past",
    "duty.do.was": "past",
    "duty.do.early": "past",
    "duty.do.holes": "holes",
    "duty.do.take": "holes",
    "duty.do.swap": "mine",
    "duty.do.substitute": "mine",
    "duty.do.absent": "mine",
    "duty.do.withdraw": "mine",
    "duty.do.slot": "mine",
}
"""The same for a representative: their own shifts, or the holes of their workroom."""

PAGED = frozenset({"before", "holes", "roster", "past", "mine"})
"""Presses that are about a page."""

LOGS = tuple(f"visits.do.{name}" for name in ("show", "confirm", "return", "again", "withdraw"))
"""What opens the logs: a representative's own, those that wait for a liaison."""

DAYS = tuple(f"change_open_days.what.{name}" for name in CHANGES)
"""What liaison and office can change about open days."""


async def said(visit: Visit, text: str) -> list[Message] | None:
    """What the label says, for somebody who serves; None when the text is no label of theirs."""
    for holding, table in _seats(visit):
        key = visit.house.words.means(visit.language, text, tuple(table))
        if key is not None:
            return await duty.press(visit, table[key], _about(table[key], holding))
    means, person = visit.house.words.means, visit.person
    if duty_rights.rooms(person) and means(visit.language, text, LOGS):
        return await visits_year.year(visit)
    if (person.holding("liaison") or person.holding("officer")) and means(visit.language, text, DAYS):
        return await open_day_acts.begin(visit)
    return await _of_somebody(visit, text)


def _seats(visit: Visit) -> list[tuple[Holding, Mapping[str, str]]]:
    """The seats at a workroom with what their words open: a liaison's first."""
    liaisons = [(h, OF_CHARGE) for h in visit.person.holding("liaison") if h.workroom is not None]
    own = [(h, OF_HOLDER) for h in visit.person.holding("representative") if h.workroom is not None]
    return [*liaisons, *own]


def _about(what: str, holding: Holding) -> str:
    own = what in ("past", "mine")
    number = holding.id if own else holding.workroom
    return f"{number}.0" if what in PAGED else str(number)


async def _of_somebody(visit: Visit, text: str) -> list[Message] | None:
    """「更正周文斌」 and its like of a liaison: a button of a recent shift with a name in it."""
    choices: tuple[Choice, ...] = ()
    for holding in visit.person.holding("liaison"):
        choices += await duty_past.recent(visit, holding.workroom or 0)
    picked = visit.picker()(text, choices)
    if picked is None:
        return None
    _, what, about = picked.data.split(":")
    return await duty.press(visit, what, about)
