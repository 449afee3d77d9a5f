"""Walks a conversation through everything that can be pressed or written, over a made-up case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from conversations import engine
from conversations.engine import Talk, Turn
from conversations.flow import Flow, Option, Write
from conversations.questions import ask
from domain.cases import Case, Part, State
from domain.messages import Choice, Message, Press, Stored, Text

CASE = Case(
    id=1,
    number="7K3F29",
    workroom=1,
    person=9,
    kind="problem",
    category=1,
    words="室外楼梯打滑",
    privacy="workroom_only",
    state=State.HANDLING,
    round=1,
    representative=3,
    accept_by=date(2026, 11, 24),
    opinion_by=date(2026, 11, 26),
    answer_by=date(2026, 12, 7),
    filed_at=datetime(2026, 11, 23, tzinfo=UTC),
    version=1,
    waits_for=Part.LIAISON,
)
CONTEXT: dict[str, Any] = {
    "at_hand": CASE,
    "categories_by_number": [Option("1", "道路交通"), Option("2", "社区环境")],
    "colleagues": [Option("4", "李四"), Option("5", "王五")],
    "departments": [Option("7", "住建局"), Option("8", "城管局")],
    "suggested_department": 7,
    "route_until": "2026-12-07",
    "advice": frozenset({"advise_direct", "advise_route", "advise_escalate", "advise_visit"}),
    "days": [Option("1", "一天"), Option("2", "两天")],
    "mergeable": {"7K3F29": "室外楼梯打滑", "8M4G3A": "楼梯湿滑"},
    "plain": lambda words: (),
    "letter": lambda action, words, files, facts: f"{action}:{words}",
}
DUTY: dict[str, Any] = {
    "duty_slot": {
        "day": "2026-12-03",
        "hours": ["08:00", "11:00"],
        "tentative": False,
        "workroom": "临江街道党代表工作室",
        "name": "周文斌",
        "radius": 300,
    },
    "swappable": [Option("12", "12月10日 陆晓梅"), Option("14", "12月17日 韩志远")],
    "substitutes": [Option("4", "陆晓梅"), Option("5", "韩志远"), Option("anyone", "谁有空都行")],
    "fillers": [Option("4", "陆晓梅"), Option("5", "韩志远")],
    "proof": [{"how": "code"}],
}
"""What conversations about shifts ask for."""
WORDS = {"merge_case": "并入 8M4G-3A", "walk_in": "12", "correct_duty": "8:10到11:00"}


def pick(text: str, choices: tuple[Choice, ...]) -> Choice | None:
    """Choices by their key: these tests don't know the words."""
    return next((choice for choice in choices if choice.key == text), None)


@dataclass(frozen=True)
class Place:
    """Where a walk has come to: the standing, and how it was reached."""

    talk: Talk
    asked: Message
    way: tuple[str, ...]


def begun(flow: Flow, data: dict[str, Any] | None = None, at: str = "") -> Turn:
    """The first question about the made-up case."""
    return engine.begin(flow, "KEYKEYKE", {"case": CASE.number, **(data or {})}, CONTEXT, at)


def does(flow: Flow, talk: Talk, what: object) -> Turn:
    """One step."""
    return engine.advance(flow, talk, what, CONTEXT, pick)


def option_of(choice: Choice) -> str:
    """What a button of a conversation stands for."""
    return choice.data.split(".", 2)[2]


def inputs(flow: Flow, place: Place) -> Iterator[tuple[str, object]]:
    """Everything to try at a place: each button but the ways out; words and a photo where asked for."""
    for row in place.asked.choices:
        for choice in row:
            if option_of(choice) not in ("back", "again", "cancel"):
                yield option_of(choice), Press(choice.data)
    if isinstance(flow.steps[place.talk.step], Write):
        yield "words", Text(WORDS.get(flow.name, "已经修好"))
        if "photo" in flow.steps[place.talk.step].accepts:  # type: ignore[union-attr]
            yield "photo", Stored(5, "photo")


def walk(flow: Flow) -> tuple[list[Place], list[Turn]]:
    """Every place that can be reached (by step and what was gathered), and every turn that ends it."""
    first = begun(flow)
    assert first.talk is not None
    waiting = [Place(first.talk, first.messages[-1], ())]
    places: dict[object, Place] = {}
    ends: list[Turn] = []
    while waiting:
        place = waiting.pop()
        data = place.talk.data
        seen = (place.talk.step, data.get("kind"), tuple(sorted(data)), tuple(data["trail"]))
        if seen in places:
            continue
        places[seen] = place
        for name, what in inputs(flow, place):
            turn = does(flow, place.talk, what)
            if turn.talk is None:
                ends.append(turn)
            else:
                waiting.append(Place(turn.talk, turn.messages[-1], (*place.way, name)))
    return list(places.values()), ends


def question(flow: Flow, talk: Talk) -> Message:
    """What is asked at a standing."""
    return ask(flow, talk.step, talk.data, CONTEXT).message
