"""Where 取消 leads: to what the conversation was about, else to what can be done next."""

from conversations.catalogue import FLOWS
from conversations.engine import Talk
from domain.cases import Part
from domain.messages import Message
from handlers import duty_past, people, screens
from handlers.rights import parts_of
from handlers.visit import Visit


async def after(visit: Visit, talk: Talk, said: list[Message]) -> list[Message]:
    """`said` is the word that it is cancelled; residents begin anew at their first screen."""
    number = talk.data.get("case")
    case = await visit.uow.cases.by_number(number) if number else None
    if case and parts_of(visit.person, case) - {Part.FILER}:
        return [*said, *await screens.case(visit, case)]
    if (slot := talk.data.get("slot")) and (shown := await duty_past.again(visit, int(slot))) is not None:
        return [*said, *shown]
    if visit.person.is_staff and FLOWS[talk.flow].menu:
        return [*said[:-1], await people.with_first_choices(visit, said[-1])]
    return [*said, *await people.welcome(visit)]
