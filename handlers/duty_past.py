"""Shifts that are over, for whoever sets them right; and the shift that was being talked about, once more."""

from datetime import timedelta

from domain.errors import NotFound
from domain.messages import Choice, Message, Rows
from handlers import duty_screens
from handlers.duty_brief import do
from handlers.duty_rights import in_charge, standing
from handlers.duty_screens import by_shift, for_charge, pair_in, turned_by
from handlers.visit import Visit
from storage.duty import PAGE


async def before(visit: Visit, about: str) -> list[Message]:
    """A workroom's shifts that are over, the latest first: what was wrong is put right from here."""
    room, page = pair_in(about)
    if in_charge(visit.person, room) is None:
        raise NotFound
    numbers = await visit.uow.rosters.past_shifts(room, visit.now.moment, page)
    kept = await visit.uow.duty.kept(numbers[:PAGE]) if numbers else []
    lines = by_shift(kept)[::-1]
    workroom = await visit.uow.registry.workroom(room)
    params = {"workroom": workroom.name if workroom else "", "page": page, "shifts": lines}
    rows: Rows = tuple((Choice(f"duty:shift:{entry['id']}", "duty.line", entry),) for entry in lines)
    turned = turned_by("before", f"{room}.", page, len(numbers) > PAGE)
    key = "duty.before" if lines else "duty.before_empty"
    back = ((do("roster", f"{room}.0", minor=True),),)
    return [Message(key, params, (*rows, *turned, *back), replaces=page > 0)]


async def recent(visit: Visit, room: int) -> tuple[Choice, ...]:
    """The buttons with names in them of a workroom's shifts since yesterday, for its liaison."""
    if in_charge(visit.person, room) is None:
        return ()
    numbers = await visit.uow.duty.shifts_of(room, visit.now.today - timedelta(days=1))
    kept = await visit.uow.duty.kept(numbers[:PAGE]) if numbers else []
    rows = [row for one in kept for row in for_charge(visit, one)]
    return tuple(choice for row in rows for choice in row if choice.params)


async def again(visit: Visit, number: int) -> list[Message] | None:
    """A place as its holder sees it, or its shift as the one in charge does; None where it is gone."""
    place = await visit.uow.duty.slot(number)
    if place is None:
        return None
    found = standing(visit.person, place)
    own = found.holds or found.charge is None
    return await (
        duty_screens.slot(visit, str(number)) if own else duty_screens.shift(visit, str(place.shift.id))
    )
