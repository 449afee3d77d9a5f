"""Words only staff read: sent at once, without a card."""

from conversations.at_hand import about, act
from conversations.checks import answer_text
from conversations.flow import End, Flow, Write

NOTE_CASE = Flow(
    name="note_case",
    first="words",
    given=("case",),
    steps={"words": Write("sent", answer_text, shows=about), "sent": End(act("note"))},
)

CALL_BACK = Flow(
    name="call_back",
    first="words",
    given=("case",),
    steps={"words": Write("sent", answer_text, shows=about), "sent": End(act("call_back"))},
)
