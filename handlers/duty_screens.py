"""What can be looked at of a roster: one's own shifts, one place, a workroom's table with its holes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from domain import duty_presence
from domain.duty import AHEAD, Slot, SlotState
from domain.errors import NotFound
from domain.messages import Choice, Message, Rows
from domain.people import Holding, Person
from handlers.duty_brief import brief, do, line, presence
from handlers.duty_rights import Standing, find, in_charge, number_in
from handlers.visit import Visit
from storage.duty import PAGE, Deed, Listed


async def mine(visit: Visit, page: int = 0) -> list[Message]:
    """我的值班: what is to come, the next first; holes that could be taken; what is over.

    Who is in charge of rosters and keeps no shifts themselves sees those.
    """
    own = visit.person.holding("representative")
    if not own and (visit.person.holding("liaison") or visit.person.holding("officer")):
        return await tables(visit)
    if not own:
        return [Message("duty.only_representatives")]
    return [await _coming(visit, holding, page) for holding in own]


async def _coming(visit: Visit, holding: Holding, page: int) -> Message:
    found = await visit.uow.duty.coming(holding.id, visit.now.moment, page)
    room = holding.workroom or 0
    holes = len(await visit.uow.duty.holes(room, visit.now.moment))
    today = visit.now.today
    params = {
        "name": holding.name,
        "page": page,
        "shifts": [{**brief(one.slot.shift), **presence(one.slot)} for one in found[:PAGE]],
        "holes": holes,
        "done": await visit.uow.duty.counted(holding.id, today.replace(day=1), today),
    }
    rows: Rows = tuple((line("slot", one.slot.id, one.slot.shift),) for one in found[:PAGE])
    more = (do("holes", f"{room}.0", minor=True),) if holes else ()
    last = (*more, do("past", f"{holding.id}.0", minor=True), do("roster", f"{room}.0", minor=True))
    key = "duty.mine" if found else "duty.mine_empty"
    turned = turned_by("mine", f"{holding.id}.", page, len(found) > PAGE)
    return Message(key, params, (*rows, *turned, last), replaces=page > 0)


def turned_by(what: str, about: str, page: int, more: bool) -> Rows:
    back = (Choice(f"duty:{what}:{about}{page - 1}", "flow.page_back", minor=True),) if page > 0 else ()
    ahead = (Choice(f"duty:{what}:{about}{page + 1}", "flow.page_next", minor=True),) if more else ()
    return (row,) if (row := (*back, *ahead)) else ()


async def page_mine(visit: Visit, about: str) -> list[Message]:
    """A page of one's own shifts: `<representative>.<page>`, or `0` for the beginning."""
    if about == "0":
        return await mine(visit)
    holding, page = _own_page(visit, about)
    return [await _coming(visit, holding, page)]


def _own_page(visit: Visit, about: str) -> tuple[Holding, int]:
    number, page = pair_in(about)
    for holding in visit.person.holding("representative"):
        if holding.id == number:
            return holding, page
    raise NotFound


def pair_in(about: str) -> tuple[int, int]:
    first, _, second = about.partition(".")
    return number_in(first), number_in(second)


async def past(visit: Visit, about: str) -> list[Message]:
    """What one has kept, the latest first, with the time spent and whether it counts."""
    holding, page = _own_page(visit, about)
    found = await visit.uow.duty.past(holding.id, visit.now.moment, page)
    lines = [{**brief(one.slot.shift), **presence(one.slot)} for one in found[:PAGE]]
    rows: Rows = tuple((line("slot", one.slot.id, one.slot.shift),) for one in found[:PAGE])
    turned = turned_by("past", f"{holding.id}.", page, len(found) > PAGE)
    key = "duty.past" if found else "duty.past_empty"
    return [Message(key, {"shifts": lines, "page": page}, (*rows, *turned, (do("mine", 0, minor=True),)))]


async def holes(visit: Visit, about: str) -> list[Message]:
    """A workroom's places that nobody keeps: a representative takes one by a tap."""
    room, page = pair_in(about)
    own = any(h.workroom == room for h in visit.person.holding("representative"))
    if not own and in_charge(visit.person, room) is None:
        raise NotFound
    found = await visit.uow.duty.holes(room, visit.now.moment, page)
    what = "take" if own else "fill"
    rows: Rows = tuple((line(what, one.slot.id, one.slot.shift),) for one in found[:PAGE])
    turned = turned_by("holes", f"{room}.", page, len(found) > PAGE)
    key = "duty.holes" if found else "duty.holes_empty"
    return [Message(key, {"page": page, "takes": own}, (*rows, *turned))]


# --- one place -------------------------------------------------------------------------------------------


async def slot(visit: Visit, about: str) -> list[Message]:
    """One place: when, where, who else is there, how it stands, what can be done."""
    found = await find(visit, about)
    kept = await visit.uow.duty.kept([found.slot.shift.id])
    room = await visit.uow.registry.workroom(found.slot.shift.workroom)
    params = {
        **brief(found.slot.shift),
        **presence(found.slot),
        "workroom": room.name if room else "",
        "name": next((one.name for one in kept if one.slot.id == found.slot.id), ""),
        "yours": found.holds,
        "mates": [one.name for one in kept if one.slot.id != found.slot.id and one.name],
        "half": visit.terms.half_day_minutes,
        "cancelled": found.slot.shift.cancelled,
    }
    return [Message("duty.slot", params, _for_slot(visit, found))]


def _for_slot(visit: Visit, found: Standing) -> Rows:
    slot, rows = found.slot, list[tuple[Choice, ...]]()
    ahead = slot.state in AHEAD and not slot.shift.cancelled and visit.now.moment < slot.shift.ends_at
    if found.holds and ahead:
        rows += _for_holder(visit, slot)
    if found.own is not None and ahead and slot.holder is None:
        rows.append((do("take", slot.id),))
    if found.holds and slot.state not in AHEAD:
        rows.append((do("history", slot.id, minor=True),))
    back = [do("mine", 0, minor=True)] if found.own is not None else []
    if found.charge is not None:
        back.append(do("shift", slot.shift.id, minor=True))
    return (*rows, tuple(back))


def _for_holder(visit: Visit, slot: Slot) -> list[tuple[Choice, ...]]:
    if slot.is_there:
        return [(do("out", slot.id), do("walk", slot.shift.workroom, minor=True))]
    rows: list[tuple[Choice, ...]] = []
    if duty_presence.when(slot, visit.now.moment, visit.terms) == "now":
        rows.append((Choice("go:check_in", "command.check_in"),))
    if slot.state == SlotState.OFFERED:
        return [*rows, (do("withdraw", slot.id), do("absent", slot.id, minor=True))]
    if visit.now.moment < slot.shift.starts_at and slot.arrived_at is None:
        rows.append((do("swap", slot.id), do("substitute", slot.id)))
    if slot.arrived_at is None:
        rows.append((do("absent", slot.id, minor=True),))
    return rows


# --- a workroom's table ----------------------------------------------------------------------------------


async def tables(visit: Visit) -> list[Message]:
    """值班表: of the workroom one serves; the office sees the holes of all of them."""
    seen: dict[int, None] = {}
    for holding in visit.person.holdings:
        if holding.workroom is not None:
            seen.setdefault(holding.workroom)
    said = [message for room in seen for message in await table(visit, f"{room}.0")]
    if visit.person.holding("officer"):
        said += await everywhere(visit, "0")
    return said or [Message("duty.only_staff")]


async def table(visit: Visit, about: str) -> list[Message]:
    """A workroom's shifts from today on: who keeps them, and where nobody does."""
    room, page = pair_in(about)
    charge = in_charge(visit.person, room)
    if charge is None and all(h.workroom != room for h in visit.person.holding("representative")):
        raise NotFound
    since = visit.now.today - timedelta(days=1 if charge else 0)
    numbers = await visit.uow.duty.shifts_of(room, since, page)
    lines = by_shift(await visit.uow.duty.kept(numbers[:PAGE])) if numbers else []
    workroom = await visit.uow.registry.workroom(room)
    params = {"workroom": workroom.name if workroom else "", "page": page, "shifts": lines}
    rows: Rows = tuple((Choice(f"duty:shift:{entry['id']}", "duty.line", entry),) for entry in lines)
    turned = turned_by("roster", f"{room}.", page, len(numbers) > PAGE)
    tools = (do("code", room, minor=True), do("walk", room, minor=True))
    charged: Rows = (tools, (do("before", f"{room}.0", minor=True),)) if charge else ()
    key = "duty.table" if lines else "duty.table_empty"
    return [Message(key, params, (*rows, *turned, *charged), replaces=page > 0)]


def by_shift(kept: Sequence[Listed]) -> list[dict[str, Any]]:
    """A line for each shift: names, and how many places nobody keeps."""
    lines = []
    for _, places in groupby(kept, key=lambda one: one.slot.shift.id):
        ones = list(places)
        free = sum(one.slot.holder is None for one in ones)
        names = [one.name for one in ones if one.name]
        missed = [one.name for one in ones if one.slot.state == SlotState.MISSED]
        shift = ones[0].slot.shift
        of_all = {"names": names, "missed": missed, "free": free}
        lines.append({**brief(shift), **of_all, "id": shift.id, "name": ""})
    return lines


async def shift(visit: Visit, about: str) -> list[Message]:
    """One shift with each place; the liaison fills holes, confirms who is there, sets right what was."""
    kept = await visit.uow.duty.kept([number_in(about)])
    if not kept:
        raise NotFound
    room, first = kept[0].slot.shift.workroom, kept[0].slot.shift
    charge = in_charge(visit.person, room)
    if charge is None and all(h.workroom != room for h in visit.person.holding("representative")):
        raise NotFound
    workroom = await visit.uow.registry.workroom(room)
    places = [{**presence(one.slot), "name": one.name} for one in kept]
    params = {**brief(first), "workroom": workroom.name if workroom else "", "places": places}
    rows = [row for one in kept if charge for row in for_charge(visit, one)]
    rows += [(do("slot", one.slot.id),) for one in kept if one.slot.holder in _own(visit.person)]
    return [Message("duty.shift", params, (*rows, (do("roster", f"{room}.0", minor=True),)))]


def _own(person: Person) -> frozenset[int]:
    """Their representative's seats."""
    return frozenset(holding.id for holding in person.holding("representative"))


def for_charge(visit: Visit, one: Listed) -> Rows:
    slot, told = one.slot, {**brief(one.slot.shift), "name": one.name}
    if slot.state in AHEAD and visit.now.moment < slot.shift.ends_at:
        if slot.holder is None:
            return ((do("fill", slot.id),),)
        if not slot.is_there and duty_presence.when(slot, visit.now.moment, visit.terms) == "now":
            return ((Choice(f"duty:confirm:{slot.id}", "duty.confirm_one", told),),)
        return ()
    if slot.holder is not None and slot.state not in AHEAD:
        named = Choice(f"duty:correct:{slot.id}", "duty.correct_one", told, minor=True)
        return ((named, Choice(f"duty:history:{slot.id}", "duty.history_one", told, minor=True)),)
    return ()


async def history(visit: Visit, about: str) -> list[Message]:
    """All that happened to a place: what was corrected stays visible, with who and why."""
    found = await find(visit, about)
    if found.charge is None and not found.holds:
        raise NotFound
    deeds = await visit.uow.duty.history(found.slot.id)
    names = await visit.uow.registry.names_of_seats(
        {d.seat for d in deeds if not d.seat.startswith("service")}
    )
    lines = [
        {"at": d.at.isoformat(), "action": d.action, "by": names.get(d.seat, ""), "words": d.words, **_how(d)}
        for d in deeds[-PAGE * 2 :]
    ]
    params = {**brief(found.slot.shift), "deeds": lines}
    return [Message("duty.history", params, ((do("shift", found.slot.shift.id, minor=True),),))]


def _how(deed: Deed) -> dict[str, str]:
    """What somebody's being there was known by, a weak proof too; what a correction put in what's place."""
    if deed.action == "correct":
        return {name: _standing(deed.data[its]) for name, its in (("was", "before"), ("now", "after"))}
    return {"how": str(deed.data["how"])} if "how" in deed.data else {}


def _standing(told: Mapping[str, Any]) -> str:
    """Minutes, or `missed`."""
    return "missed" if told["state"] == SlotState.MISSED else str(told["minutes"])


async def everywhere(visit: Visit, about: str) -> list[Message]:
    """The office's view: the holes of every workroom, the next first."""
    if not visit.person.holding("officer"):
        raise NotFound
    page = number_in(about)
    found = await visit.uow.duty.all_holes(visit.now.moment, page)
    lines = [{**brief(one.slot.shift), "workroom": one.name} for one in found[:PAGE]]
    told = ({**brief(one.slot.shift), "name": one.name} for one in found[:PAGE])
    rows: Rows = tuple(
        (Choice(f"duty:shift:{one.slot.shift.id}", "duty.line", words),)
        for one, words in zip(found[:PAGE], told, strict=True)
    )
    key = "duty.everywhere" if lines else "duty.everywhere_empty"
    turned = turned_by("everywhere", "", page, len(found) > PAGE)
    return [Message(key, {"shifts": lines, "page": page}, (*rows, *turned))]
