"""What stands on a workroom's poster: name, address, open days, and the codes that lead to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from domain.open_day_words import span
from domain.open_days import Plan
from domain.registry import Workroom
from domain.rule_words import in_words

Way = Literal["wechat", "telegram", "web"]
WAYS: tuple[Way, ...] = ("wechat", "telegram", "web")
"""In the order of their importance: the first that there is stands large."""

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Lead:
    """One code: what it holds and the words under it."""

    way: Way
    holds: str
    label: str


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything that is drawn. Of open days there may be none."""

    code: str
    name: str
    slogan: str
    steps: tuple[str, ...]
    leads: tuple[Lead, ...]
    foot: tuple[str, ...]

    @property
    def text(self) -> str:
        """Every character of it."""
        return "".join(
            [self.name, self.slogan, *self.steps, *self.foot, *(lead.label for lead in self.leads)]
        )


def payload(workroom: Workroom) -> str:
    """What links a resident's home to this workroom, in every channel (DESIGN §4)."""
    return f"w_{workroom.code}"


def poster(
    workroom: Workroom, leads: Mapping[Way, str], say: Say, *, plan: Plan | None = None, hotline: str = ""
) -> Poster:
    """The poster of a workroom with these codes."""
    foot = [say("wechat.poster.address", address=workroom.address)] if workroom.address else []
    rules = _rules(plan or Plan())
    foot += [say("wechat.poster.open_days", rules=rules)] if rules else []
    foot += [say("wechat.poster.hotline", hotline=hotline)] if hotline else []
    return Poster(
        workroom.code,
        workroom.name,
        say("wechat.poster.slogan"),
        tuple(say("wechat.poster.steps").split("\n")),
        tuple(Lead(way, leads[way], _label(way, say)) for way in WAYS if way in leads),
        tuple(foot),
    )


def _rules(plan: Plan) -> list[Mapping[str, Any]]:
    """The rules that can be said in a few words."""
    told = [{**in_words(rule.recurrence), "hours": [*map(span, rule.periods)]} for rule in plan.rules]
    return [rule for rule in told if rule["shape"] != "other"]


def _label(way: Way, say: Say) -> str:
    return say(f"wechat.poster.by_{way}")
