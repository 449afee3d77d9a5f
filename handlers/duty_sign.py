"""What a workroom's own screen shows: who is in, until when, the code of the day, when it is open next."""

import hmac
from collections.abc import Mapping
from typing import Any

from domain.codes import day_code, screen_token
from handlers.duty_brief import brief
from handlers.duty_screens import by_shift
from handlers.house import House
from handlers.visit import now_of
from storage.unit import UnitOfWork

NEXT = 3
"""Coming shifts that are named."""


async def sign(house: House, code: str, token: str) -> Mapping[str, Any] | None:
    """The screen's facts; None where the address is not the workroom's own (compared in constant time)."""
    async with house.database.reading() as connection:
        uow = UnitOfWork(connection)
        room = await uow.registry.workroom_by_code(code)
        right = screen_token(house.secret, room.id if room else 0)
        if not hmac.compare_digest(right.encode(), token.encode()) or room is None:
            return None
        now = await now_of(uow, house)
        on = await uow.duty.on_now(room.id, now.moment)
        kept = await uow.duty.kept([on[0].shift.id]) if on else []
        numbers = await uow.duty.shifts_of(room.id, now.today)
        coming = by_shift(await uow.duty.kept(numbers)) if numbers else []
    later = [one for one in coming if not on or one["id"] != on[0].shift.id]
    return {
        "workroom": room.name,
        "address": room.address,
        "day": now.today.isoformat(),
        "code": day_code(house.secret, room.id, now.today.isoformat()),
        "now": brief(on[0].shift) if on else None,
        "there": [one.name for one in kept if one.slot.is_there],
        "expected": [one.name for one in kept if one.name and not one.slot.is_there],
        "later": [one for one in later if one["hours"][0] > now.moment.isoformat()][:NEXT],
    }
