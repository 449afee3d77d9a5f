"""Tells the liaison that somebody was not reached, or perhaps not, so that a person calls them."""

from datetime import datetime
from typing import Any

from domain.messages import Choice, Message
from domain.people import Seat
from handlers.notices import CLOSING
from storage.outbox import Letter, NewLetter
from storage.unit import UnitOfWork

WAITS_TO_BE_SEEN = ("web",)
"""Channels that ring nobody: what is there is seen when somebody looks."""

ASKED = "notice.ask.filer"
CALLED_ABOUT = (*CLOSING, ASKED)
"""What somebody must hear, if need be by telephone."""


async def tell_liaison(
    uow: UnitOfWork, letter: Letter, now: datetime, *, in_doubt: bool = False, page: bool = False
) -> None:
    """One notice for a letter that must be heard and is lost, or may be, to the liaison of the workroom.

    `page`: it has been laid on the web page, where it waits to be seen.
    """
    if letter.case is None or letter.edits is not None or letter.message.key not in CALLED_ABOUT:
        return
    case = await uow.cases.by_id(letter.case)
    liaison = await uow.registry.liaison_of(case.workroom)
    if liaison is None:
        return
    whom = "filer" if letter.seat.role == "person" else "handler"
    params: dict[str, Any] = {"number": case.number, "about": case.words, "action": "unreached", "whom": whom}
    params |= {"asked": letter.message.key == ASKED, "page": page}
    message = Message(
        "notice.in_doubt" if in_doubt else "notice.unreached",
        params,
        ((Choice(f"show:{case.number}", "case.do.show"),),),
    )
    seat = Seat("liaison", liaison.id)
    await uow.outbox.post_all([NewLetter(f"unreached.{letter.id}", seat, message, case.id)], now)
