"""Tells the liaison that somebody was not reached, or perhaps not, so that a person calls them."""

from datetime import datetime

from domain.messages import Choice, Message
from domain.people import Seat
from handlers.notices import CLOSING
from storage.outbox import Letter, NewLetter
from storage.unit import UnitOfWork


async def tell_liaison(uow: UnitOfWork, letter: Letter, now: datetime, *, in_doubt: bool = False) -> None:
    """When a closing letter is lost, or may be: one notice for it, to the liaison of the case's workroom."""
    if letter.case is None or letter.edits is not None or letter.message.key not in CLOSING:
        return
    case = await uow.cases.by_id(letter.case)
    liaison = await uow.registry.liaison_of(case.workroom)
    if liaison is None:
        return
    whom = "filer" if letter.seat.role == "person" else "handler"
    params = {"number": case.number, "about": case.words, "action": "unreached", "whom": whom}
    message = Message(
        "notice.in_doubt" if in_doubt else "notice.unreached",
        params,
        ((Choice(f"show:{case.number}", "case.do.show"),),),
    )
    seat = Seat("liaison", liaison.id)
    await uow.outbox.post_all([NewLetter(f"unreached.{letter.id}", seat, message, case.id)], now)
