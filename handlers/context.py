"""What conversations may ask for, and how it is loaded: one query each, only when a step needs it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from conversations.flow import Option
from domain import suggest
from domain.errors import DomainError
from domain.registry import Workroom
from handlers.duty_context import DUTY_LOADERS
from handlers.open_day_context import OPEN_DAY_LOADERS
from handlers.quiet_hours import QUIET_HOURS_LOADERS
from handlers.resident_context import RESIDENT_LOADERS
from handlers.staff_context import STAFF_LOADERS
from handlers.visit import Visit
from handlers.visits_context import VISIT_LOADERS


@dataclass(frozen=True, slots=True)
class Receiver:
    """The workroom a request goes to; `linked` when it is the one of the resident's home."""

    id: int
    name: str
    linked: bool


async def receiver(visit: Visit) -> Receiver:
    """The chosen workroom, the home's, or the one that receives for people without a home."""
    chosen = visit.loaded.get("given", {}).get("workroom") or visit.person.home
    room = await visit.uow.registry.workroom(chosen) if chosen else None
    if room is None:
        room = await reception(visit)
    return Receiver(room.id, room.name, room.id == visit.person.home)


async def reception(visit: Visit) -> Workroom:
    """The workroom that takes what has no home yet. Raises DomainError in a district that has none yet."""
    room = await visit.uow.registry.reception()
    if room is None:
        raise DomainError("error.no_workrooms", hotline=visit.terms.hotline)
    return room


async def categories(visit: Visit) -> list[Option]:
    """The district's categories, by their codes."""
    known = await visit.uow.registry.categories()
    return visit.uow.registry.derived("options", lambda: [Option(c.code, c.name) for c in known])


async def suggester(visit: Visit) -> Callable[[str], tuple[str, str]]:
    """A function from words to the kind and category they suggest."""
    known, guide = await visit.uow.registry.categories(), await visit.uow.registry.guide()
    lexicon = visit.house.lexicon  # not the visit: it holds this function, and neither would go with its step

    def suggested(words: str) -> tuple[str, str]:
        category = guide.category(words)
        rest = known[-1].code if known else ""
        return suggest.kind(words, lexicon), category.code if category else rest

    return suggested


LOADERS: dict[str, Callable[..., Awaitable[Any]]] = {
    "categories": categories,
    "receiver": receiver,
    "suggest": suggester,
    **RESIDENT_LOADERS,
    **STAFF_LOADERS,
    **DUTY_LOADERS,
    **VISIT_LOADERS,
    **OPEN_DAY_LOADERS,
    **QUIET_HOURS_LOADERS,
}
