"""Asks for ratings again and closes what nobody rates, many cases in one transaction (part 3, 10)."""

from collections.abc import Sequence
from dataclasses import replace

from domain.cases import ACTIONS, Case, Event, Part
from domain.casework import Now, follow
from domain.people import Seat
from handlers import notices
from handlers.casework import SERVICE
from storage.outbox import Letter, NewLetter
from storage.ratings import Ratings
from storage.unit import UnitOfWork

ASKING = "ask_rating"
"""The act that asks once more."""


async def settle(uow: UnitOfWork, now: Now) -> int:
    """Do what is due, as `casework.perform` would do each by itself; how many acts that were.

    The cases are locked while they are changed, and each act bears the name of round and asking, so that
    any number of planners do it once.
    """
    ratings = Ratings(uow.connection)
    due = await ratings.due(now.today)
    if not due:
        return 0
    handlers, departments = await ratings.names([case for case, _ in due])
    muted = await uow.reminders.mutes()
    changed, told, letters = [], [], []
    for case, lapses in due:
        action = "lapse" if lapses else ASKING
        after = replace(follow(case, action, {}, now), version=case.version + 1)
        event = Event(action, now.moment, case.round, SERVICE, ACTIONS[action].visible)
        changed.append((case, after))
        told.append((after, event, f"{case.number}.{case.round}.{case.rating_asks}:{action}"))
        if lapses or (f"person:{case.person}", "rating") not in muted:
            deed = notices.Deed(case, after, event)
            letters.append(_letter(now, deed, handlers, departments))
    await ratings.save(changed, now.moment)
    await ratings.record(told)
    await uow.outbox.post_all(letters, now.moment)
    return len(due)


async def settled(uow: UnitOfWork, letters: Sequence[Letter]) -> set[int]:
    """Of letters about to go out, what asks for a rating that was given since, or to be left alone with."""
    asking = {one.case: one for one in letters if one.case and one.message.params.get("action") == ASKING}
    if not asking:
        return set()
    waiting = await Ratings(uow.connection).waiting(list(asking))
    muted = await uow.reminders.mutes_of({one.seat for one in asking.values()})
    return {
        one.id for case, one in asking.items() if case not in waiting or (str(one.seat), "rating") in muted
    }


def _letter(now: Now, deed: notices.Deed, handlers: dict[int, str], departments: dict[int, str]) -> NewLetter:
    case: Case = deed.after
    routed = case.route.department if case.route else None
    names = notices.Names(
        handler=handlers.get(case.representative or 0, ""), department=departments.get(routed or 0, "")
    )
    seat = Seat("person", case.person)
    message = notices.message_of(deed, Part.FILER, notices.params_with(deed, names), now)
    return notices.letter(deed, seat, message)
