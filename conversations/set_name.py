"""How somebody wants to be called."""

from conversations.checks import name_text
from conversations.flow import End, Flow, Write
from domain.effects import SetName

SET_NAME = Flow(
    name="set_name",
    menu=True,
    first="name",
    steps={
        "name": Write("named", name_text, shows=lambda data, ctx: {"name": ctx["me"]["name"]}),
        "named": End(lambda data, ctx: SetName(data["name"])),
    },
)
