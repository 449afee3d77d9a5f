"""When somebody doesn't want to be disturbed: a few choices, or times as they write them."""

from conversations.flow import Choose, End, Flow, FromData
from domain.effects import SetQuietHours

SET_QUIET_HOURS = Flow(
    name="set_quiet_hours",
    menu=True,
    first="hours",
    steps={
        "hours": Choose(
            ("late", "long", "any", "district"),
            "set",
            shows=lambda data, ctx: ctx["quiet_hours"],
            looks_up="quiet_hours_written",
            found="which",
        ),
        "which": Choose(
            FromData("found"), "set", into="hours", alone=True, looks_up="quiet_hours_written", found="which"
        ),
        "set": End(lambda data, ctx: SetQuietHours(data["hours"])),
    },
)
