"""The office loads a notice of working days in chat: the document is checked whole, and takes effect."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.casework import Now
from domain.effects import LoadHolidays
from domain.errors import DomainError
from domain.holiday_files import lines_of, text_of
from domain.holiday_notice import Mistake, Notice, understand
from domain.messages import Choice, Message
from domain.people import LANGUAGES
from handlers import holidays
from handlers.visit import Visit
from storage.calendar_deeds import CalendarDeeds, Decision
from storage.unit import UnitOfWork

SHOWN = 8
"""Mistakes named in one message; the office's command prints all."""


class Mistaken(DomainError):
    """The notice holds mistakes; nothing was loaded."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("holidays.refused", count=len(mistakes))
        self.mistakes = mistakes


async def notice_of(uow: UnitOfWork, now: Now, text: str, say: Callable[[str, str], str]) -> Notice:
    """The notice that a text makes; `say(language, key)` gives the words. Raises Mistaken, DomainError."""

    def names(word: str) -> Sequence[str]:
        return [name for language in LANGUAGES for name in say(language, f"holidays.{word}.words").split()]

    known = now.calendar.holidays
    notice, mistakes = understand(lines_of(text, names), known, now.today.year)
    if notice is None:
        raise Mistaken(mistakes)
    return notice


async def begin(visit: Visit) -> list[Message]:
    """放假通知: the office is asked for the file; others are told who loads it."""
    if not visit.person.holding("officer"):
        return [Message("holidays.office_only", {}, ((Choice("go:open_days", "command.open_days"),),))]
    return await visit.begin("load_holidays", {})


async def load(visit: Visit, effect: LoadHolidays) -> list[Message]:
    """Load what was sent. With mistakes the question stands again; the same file again changes nothing."""
    if not visit.person.holding("officer"):
        raise DomainError("error.not_found")
    deeds, origin = CalendarDeeds(visit.uow.connection), f"{effect.key}:notice"
    if (known := await deeds.facts(origin)) is not None:
        return [said(known)]
    kept = (await visit.uow.media.by_ids([effect.file]))[effect.file]
    text = text_of(await visit.house.shelf.open(kept.digest)) or ""
    try:
        notice = await notice_of(visit.uow, visit.now, text, visit.house.words.say)
    except DomainError as wrong:
        return [_refusal(visit, wrong), *await visit.begin("load_holidays", {})]
    facts = outcome(notice, await holidays.load(visit.uow, visit.now, notice))
    seat = visit.person.holding("officer")[0].seat
    await deeds.record(Decision("notice", None, seat, facts), origin, visit.now.moment)
    return [said(facts)]


def _refusal(visit: Visit, wrong: DomainError) -> Message:
    """Every mistake in words, as many as fit; or why the file isn't one."""
    if not isinstance(wrong, Mistaken):
        return Message(wrong.key, wrong.params)
    lines = [
        line(lambda key, told: visit.house.words.say(visit.language, key, told), m) for m in wrong.mistakes
    ]
    return Message("holidays.mistakes", {"lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN)})


def line(say: Callable[[str, dict[str, Any]], str], mistake: Mistake) -> str:
    """A mistake in words, with its row."""
    told = {"row": mistake.row, "mistake": mistake.what, **mistake.params}
    return say("holidays.mistake", told)


def outcome(notice: Notice, done: holidays.Loaded) -> dict[str, Any]:
    """What came of it, as it is kept: the same step again says the same."""
    facts = {"days": done.days, "cases": done.cases, "letters": done.letters}
    return {"changed": done.changed, "years": sorted(notice.years), **facts}


def said(facts: Mapping[str, Any]) -> Message:
    """What came of it, in words; another notice is asked for anew."""
    again = ((Choice("go:holidays", "command.holidays", minor=True),),)
    return Message("holidays.loaded" if facts["changed"] else "holidays.same", facts, again)
