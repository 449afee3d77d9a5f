"""Staff tell the resident how it goes, or ask something: both are shown as they will be read."""

from conversations.at_hand import act, as_read, card, write
from conversations.flow import End, Flow

ADD_PROGRESS = Flow(
    name="add_progress",
    first="words",
    given=("case",),
    steps={
        "words": write("card", enough=("photo", "video")),
        "card": card("rewrite", shows=as_read("progress")),
        "rewrite": write("card"),
        "sent": End(act("progress")),
    },
)

ASK_RESIDENT = Flow(
    name="ask_resident",
    first="words",
    given=("case",),
    steps={
        "words": write("card"),
        "card": card("rewrite", shows=as_read("ask")),
        "rewrite": write("card"),
        "sent": End(act("ask")),
    },
)
