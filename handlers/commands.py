"""What can be said at any time, by word or button, whoever says it and whatever is under way."""

from collections.abc import Awaitable, Callable

from domain.effects import Show
from domain.errors import DomainError, NotFound
from domain.messages import Choice, Message
from domain.people import Holding
from handlers import (
    actions,
    calendars,
    duty,
    duty_presence,
    duty_screens,
    holiday_desk,
    open_day_acts,
    open_days,
    people,
    positions,
    quiet_hours,
    reminder_settings,
    screens,
    visits,
    visits_year,
    walk_ins,
)
from handlers.visit import Visit

Handler = Callable[[Visit], Awaitable[list[Message]]]


async def file(visit: Visit) -> list[Message]:
    """反映诉求: begin a request, or go on with the one left unfinished."""
    draft = await visit.uow.drafts.latest(visit.person.id, "file_request")
    if draft:
        params = {"words": draft.data.get("words", ""), "files": len(draft.data.get("files", ()))}
        return [Message("people.draft_waits", params, _draft_choices())]
    return await visit.begin("file_request", {"name": visit.person.name})


def _draft_choices() -> tuple[tuple[Choice, ...], ...]:
    return ((Choice("draft:go", "people.draft_go"),), (Choice("draft:new", "people.draft_new"),))


async def home(visit: Visit) -> list[Message]:
    """Choose or change the workroom that looks after one's home."""
    return await visit.begin("link_home", {})


async def todo(visit: Visit) -> list[Message]:
    """待办: of the one seat, or of each seat in turn."""
    holdings = visit.person.holdings
    if not holdings:
        return [Message("list.no_seat", {}, ((Choice("go:mine", "command.mine"),),))]
    return [message for holding in holdings for message in await screens.waiting(visit, holding)]


async def mine(visit: Visit) -> list[Message]:
    """我的诉求: for a representative who files nothing, the cases in hand."""
    if visit.person.holding("representative"):
        lists = [await screens.waiting(visit, h) for h in visit.person.holding("representative")]
        own = await screens.mine(visit)
        return [message for found in lists for message in found] + (own if "cases" in own[0].params else [])
    return await screens.mine(visit)


async def name(visit: Visit) -> list[Message]:
    """How they want to be called."""
    return await visit.begin("set_name", {})


async def cancel(visit: Visit) -> list[Message]:
    """取消 with nothing under way."""
    return [Message("flow.nothing_to_cancel"), *await people.welcome(visit)]


COMMANDS: dict[str, Handler] = {
    "command.start": people.welcome,
    "command.file": file,
    "command.mine": mine,
    "command.todo": todo,
    "command.my_duty": duty_screens.mine,
    "command.check_in": duty_presence.check_in,
    "command.check_out": duty_presence.check_out,
    "command.roster": duty_screens.tables,
    "command.walk_in": walk_ins.begin,
    "command.representatives": people.representatives,
    "command.home": home,
    "command.change_home": home,
    "command.visit": visits.begin,
    "command.visits": visits_year.year,
    "command.reminders": reminder_settings.screen,
    "command.quiet_hours": quiet_hours.begin,
    "command.help": people.help_screen,
    "command.language": people.ask_language,
    "command.name": name,
    "command.move": people.offer_move,
    "command.privacy": people.privacy,
    "command.withdraw_consent": people.withdraw_consent,
    "command.open_days": open_days.show,
    "command.why_day": open_days.why,
    "command.calendar": calendars.own,
    "command.change_open_days": open_day_acts.begin,
    "command.holidays": holiday_desk.begin,
    "command.cancel": cancel,
}
"""By the key of their words; `/start` and its like are keywords of these."""

UNNAMED = ("command.help", "command.language", "command.privacy")
"""What may be said before anything is agreed to: neither needs to know who asks."""


async def go(visit: Visit, command: str) -> list[Message]:
    """A button that says a command."""
    handler = COMMANDS.get(f"command.{command}")
    if handler is None:
        raise NotFound
    return await handler(visit)


async def show_screen(visit: Visit, effect: Show) -> list[Message]:
    """A screen at the end of a conversation."""
    return await go(visit, effect.screen)


async def show(visit: Visit, number: str, how: str = "") -> list[Message]:
    """One case."""
    case, _ = await actions.find(visit, number)
    return await screens.case(visit, case, all_events=how == "all")


async def page_mine(visit: Visit, page: str) -> list[Message]:
    """A page of one's own cases."""
    return await screens.mine(visit, _page(page))


async def page_todo(visit: Visit, seat: str, view: str, page: str) -> list[Message]:
    """A page of what waits for a seat one holds."""
    if view not in ("waiting", "others"):
        raise NotFound
    return await screens.waiting(visit, _held(visit, seat), _page(page), view)


def _page(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise NotFound
    return int(text)


def _held(visit: Visit, seat: str) -> Holding:
    for holding in visit.person.holdings:
        if seat == f"{holding.role}.{holding.id}":
            return holding
    raise NotFound


async def draft(visit: Visit, what: str) -> list[Message]:
    """Go on with what was left unfinished, throw it away, or begin anew."""
    if what == "go":
        talk = await people.resume_draft(visit)
        if talk is None:
            raise DomainError("people.no_draft")
        return await visit.take_up(talk)
    if what == "new":
        await visit.uow.drafts.drop(visit.person.id, "file_request")
        return await visit.begin("file_request", {"name": visit.person.name})
    if what != "drop":
        raise NotFound
    if await visit.uow.drafts.latest(visit.person.id) is None:
        raise DomainError("people.no_draft")
    await visit.uow.drafts.drop(visit.person.id)
    visit.talk = None
    return [Message("people.draft_dropped", replaces=True)]


async def disagree(visit: Visit) -> list[Message]:
    """Nothing was agreed to: nothing is kept."""
    return [Message("consent.declined")]


PRESSES: dict[str, Callable[..., Awaitable[list[Message]]]] = {
    "go": go,
    "do": actions.do,
    "duty": duty.press,
    "rate": actions.rate,
    "comment": actions.comment,
    "show": show,
    "mine": page_mine,
    "todo": page_todo,
    "draft": draft,
    "visit": visits.press,
    "remind": reminder_settings.press,
    "language": people.set_language,
    "disagree": disagree,
    "position": positions.decline,
    "wish": open_days.wish,
    "unwish": open_days.unwish,
    "calendar": calendars.stop,
}
"""Buttons outside conversations: `<name>:<argument>:…`."""


async def press(visit: Visit, data: str) -> list[Message]:
    """A button's handler with its arguments. Anything malformed is 'not found', as a forged one is."""
    name, *arguments = data.split(":")
    handler = PRESSES.get(name)
    if handler is None or not _fits(name, len(arguments)):
        raise NotFound
    return await handler(visit, *arguments)


_ARGUMENTS = {
    "do": (2,),
    "duty": (2,),
    "rate": (2,),
    "show": (1, 2),
    "todo": (3,),
    "disagree": (0,),
    "visit": (2,),
    "remind": (2,),
}


def _fits(name: str, count: int) -> bool:
    return count in _ARGUMENTS.get(name, (1,))
