"""A resident takes a case back: asked once whether they are sure; a reason may be added, it need not."""

from collections.abc import Mapping
from typing import Any

from conversations.additions import GIVEN
from conversations.checks import short_text
from conversations.flow import Card, Context, Data, End, Flow
from domain.effects import Act


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {**ctx[f"own_case:{data['case']}"], "reason": data.get("reason", "")}


def _withdraw(data: Data, ctx: Context) -> Act:
    return Act(data["case"], "withdraw", data["key"], data.get("reason", ""))


WITHDRAW_CASE = Flow(
    name="withdraw_case",
    first="sure",
    given=GIVEN,
    steps={
        "sure": Card(
            fields=(), then="withdrawn", accepts=("text",), adds_to="reason", check=short_text, shows=_shows
        ),
        "withdrawn": End(_withdraw),
    },
)
