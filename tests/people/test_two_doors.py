"""Somebody comes with a code to one process and agrees at another: the code is not lost on the way."""

from domain.messages import Inbound, Press, Start, What
from domain.people import Seat
from handlers.desk import Desk
from storage.tables import bindings
from tests.trust.town import Town, count
from tests.world import World


def said(number: int, what: What) -> Inbound:
    return Inbound("telegram", "4711", "4711", f"u{number}", what)


async def test_an_invite_survives_two_consents_at_another_process(service: World) -> None:
    seat: Seat = await Town(service).place("liaison")
    code = f"i_{await service.invite(seat)}"
    first, other = service.desk, Desk(service.house)
    await first.handle(said(1, Start(code)))
    abroad = await other.handle(said(2, Press(f"agree:basic:{code}")))
    agree = abroad.messages[-1].buttons[0][0]
    assert agree.data == f"agree:abroad:{code}"
    await Desk(service.house).handle(said(3, Press(agree.data)))
    assert await count(service, bindings.name, role="liaison", subject_id=seat.id) == 1
