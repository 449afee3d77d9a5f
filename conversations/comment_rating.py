"""A word more on a rating: it belongs to the round that was rated."""

from conversations.checks import answer_text
from conversations.flow import Context, Data, End, Flow, Write
from domain.effects import Act


def _comment(data: Data, ctx: Context) -> Act:
    return Act(data["case"], "comment", data["key"], data["words"], facts={"round": data["round"]})


COMMENT_RATING = Flow(
    name="comment_rating",
    first="words",
    given=("case", "round"),
    steps={
        "words": Write("sent", answer_text, shows=lambda data, ctx: ctx[f"own_case:{data['case']}"]),
        "sent": End(_comment),
    },
)
