"""The one table of what conversations want done, and who does it."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.effects import (
    Act,
    DecideDay,
    DraftRequest,
    DutyAct,
    Effect,
    LinkHome,
    LoadHolidays,
    LogActivity,
    OpenCase,
    ReturnActivity,
    SetName,
    SetOpenDays,
    SetQuietHours,
    SetShiftPeople,
    Show,
    WalkIn,
)
from domain.messages import Message
from handlers import (
    actions,
    commands,
    duty,
    holiday_desk,
    open_day_acts,
    people,
    quiet_hours,
    requests,
    visits,
    walk_ins,
)
from handlers.visit import Visit

EFFECTS: dict[type[Any], Callable[[Visit, Any], Awaitable[list[Message]]]] = {
    OpenCase: requests.open_case,
    Act: actions.act,
    LinkHome: people.link_home,
    SetName: people.set_name,
    SetQuietHours: quiet_hours.set_hours,
    Show: commands.show_screen,
    DraftRequest: requests.draft,
    DutyAct: duty.carry_out,
    WalkIn: walk_ins.record,
    LogActivity: visits.log,
    ReturnActivity: visits.give_back,
    LoadHolidays: holiday_desk.load,
    DecideDay: open_day_acts.decide,
    SetOpenDays: open_day_acts.save,
    SetShiftPeople: open_day_acts.staff,
}


async def carry_out(visit: Visit, effect: Effect) -> list[Message]:
    """Do it within the visit's transaction; what there is to say comes back."""
    return await EFFECTS[type(effect)](visit, effect)
