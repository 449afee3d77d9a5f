"""Every conversation over its whole graph: each question can be left, given nonsense, stored as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations import engine
from conversations.catalogue import FLOWS
from conversations.engine import Stale, Talk, Turn
from conversations.flow import End, Flow, Option
from conversations.questions import ask, every_way, options_of
from domain.messages import Choice, Other, Position, Press, Stored, Text
from domain.visits import KINDS as VISIT_KINDS
from handlers.context import Receiver
from tests.staff.walking import CASE, CONTEXT, DUTY, WORDS

MANY = [Option(str(n), f"第{n}个") for n in range(1, 20)]
OWN = {"number": CASE.number, "about": CASE.words, "state": "answered", "question": "是哪个单元？"}
KNOWN: dict[str, Any] = {
    **CONTEXT,
    "categories": MANY,
    "receiver": Receiver(1, "临江街道党代表工作室", linked=True),
    "suggest": lambda words: ("problem", "1"),
    "me": {"name": "王阿姨", "home": "滨河社区党代表工作室"},
    f"own_case:{CASE.number}": OWN,
    "streets": MANY,
    "activity_kinds": frozenset(VISIT_KINDS),
    "this_day": {"day": "2026-11-28", "month": 6},
    "recent_days": [Option("2026-11-28", "11月28日"), Option("2026-11-27", "11月27日")],
    "spoken_day": [{"id": "2026-11-20", "text": "2026-11-20"}],
    "spoken_log": [{"id": "visit", "kind": "visit", "place": "5号楼", "day": "2026-11-20", "words": "走访"}],
    "logged_activity": {"name": "王芳", "kind": "visit", "count": 3, "day": "2026-11-20", "place": "5号楼"},
    "open_day_rooms": MANY,
    "open_day_rooms_named": [{"id": "3", "text": "滨河社区党代表工作室"}],
    **DUTY,
    "quiet_hours": {
        "from": "21:00:00",
        "until": "08:00:00",
        "any_time": False,
        "own": False,
        "serves": False,
    },
    "quiet_hours_written": [{"id": "22:00-07:00", "text": "22:00"}, {"id": "10:00-19:00", "text": "10:00"}],
    "persons_written": [{"id": "7"}],
    "homes": [{"id": "3", "text": "滨河社区党代表工作室", "address": "滨河二路9号", "metres": 70}],
}
SAID = {"change_open_days": ("楼梯打滑", "12月10日", "8:00-11:00", "10、20")}
"""Words of conversations in which no words will do everywhere."""

GIVEN: dict[str, Any] = {
    "case": CASE.number,
    "round": 1,
    "activity": 1,
    "slot": 10,
    "workroom": 1,
    "why": "asked",
    "options": [
        {"id": CASE.number, "number": CASE.number, "text": "7K3F-29", "words": "楼梯打滑", "action": "tell"},
        {"id": "draft"},
        {"id": "new"},
    ],
}
"""What conversations begin with, as far as they say they are given it."""


class Known(dict[str, Any]):
    """What the desk would load; what depends on an answer (`communities:3`) is there for every answer."""

    def __missing__(self, name: str) -> Any:
        kind, _, about = name.partition(":")
        if about and kind in ("communities", "workrooms"):
            return MANY[:3]
        if about and kind in ("coming_open_days", "excepted_days"):
            return [Option(f"2026-12-{day}", f"12月{day}日") for day in (10, 21)]
        if about and kind == "day_named":
            return "2026-12-10"
        if about and kind in ("open_days_of", "tried_rule"):
            return {"workroom": "滨河社区", "rules": [], "days": []}
        if about and kind == "unit":
            return "滨河社区"
        raise KeyError(f"tests/conversations/test_graphs.py doesn't know {name!r}: add it to KNOWN")


CTX = Known(KNOWN)
NONSENSE: tuple[object, ...] = (
    *(Text(words) for words in ("", "😀", "\u202e\u0007", "99", "长" * 10_000, "<b>{{7*7}}</b>", "7K3F-29")),
    *(Stored(1, "photo"), Stored(2, "document", "说明"), Stored(3, "voice")),
    *(Position(30.3, 119.0), Other("sticker")),
)
STALE = (Press("~XXXXXXXX.1.send"), Press("~KEYKEYKE.0.send"), Press("show:7K3F29"), Press("~KEYKEYKE.1."))
EVERY = pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)


def pick(text: str, choices: tuple[Choice, ...]) -> Choice | None:
    """Choices by their key: the graph doesn't know the words."""
    return next((choice for choice in choices if choice.key == text), None)


def begun(flow: Flow, at: str = "") -> Turn:
    """The first question, with what the flow says it is given."""
    given_to = {name: GIVEN[name] for name in flow.given if name in GIVEN}
    return engine.begin(flow, "KEYKEYKE", given_to, CTX, at)


def does(flow: Flow, talk: Talk, what: object) -> Turn:
    """One step."""
    return engine.advance(flow, talk, what, CTX, pick)


def choices_of(flow: Flow, talk: Talk) -> tuple[Choice, ...]:
    """Every button under the question that stands."""
    return ask(flow, talk.step, talk.data, CTX).visible


@dataclass(frozen=True)
class Graph:
    """What a walk has found: standings by step and gathered names, and the ways it ended."""

    places: list[Talk]
    ends: list[Turn]


def walk(flow: Flow) -> Graph:
    """Press and write everything, from the first question on, until nothing new turns up."""
    first = begun(flow)
    assert first.talk is not None
    waiting, ends = [first.talk], []
    places: dict[object, Talk] = {}
    while waiting:
        talk = waiting.pop()
        data = talk.data
        seen = (talk.step, *sorted(data), data.get("page", 0), str(data["trail"]), data.get("kind"))
        if seen in places:
            continue
        places[seen] = talk
        for turn in turns(flow, talk):
            if turn.talk is None:
                ends.append(turn)
            else:
                waiting.append(turn.talk)
    return Graph(list(places.values()), ends)


def turns(flow: Flow, talk: Talk) -> Iterator[Turn]:
    """Everything sensible that can be done at a standing."""
    for choice in choices_of(flow, talk):
        yield does(flow, talk, Press(choice.data))
    words = [Text(said) for said in SAID.get(flow.name, (WORDS.get(flow.name, "楼梯打滑"),))]
    for what in (
        *words,
        Stored(5, "photo"),
        Stored(6, "voice"),
        Stored(7, "document"),
        Position(30.31, 119.08),
    ):
        yield does(flow, talk, what)


@cache
def graph_of(name: str) -> Graph:
    """A flow's graph, walked when the first test asks for it."""
    return walk(FLOWS[name])


@EVERY
def test_every_step_is_reached_and_every_end_does_something(flow: Flow) -> None:
    graph = graph_of(flow.name)
    asking = {name for name, step in flow.steps.items() if not isinstance(step, End)}
    assert {talk.step for talk in graph.places} == asking
    assert all(turn.cancelled or turn.effects or turn.messages for turn in graph.ends)
    assert any(turn.effects for turn in graph.ends)


@EVERY
def test_cancel_ends_it_everywhere_by_button_and_by_word(flow: Flow) -> None:
    for talk in graph_of(flow.name).places:
        shown = [Press(c.data) for c in choices_of(flow, talk) if c.key == "flow.cancel"]
        for what in (Text("flow.cancel"), *shown):
            turn = does(flow, talk, what)
            assert turn.cancelled and turn.talk is None and not turn.effects
        assert shown, f"{talk.step}: no way out is shown"


@EVERY
def test_back_leads_to_an_earlier_question_and_at_last_out(flow: Flow) -> None:
    for talk in graph_of(flow.name).places:
        turn = does(flow, talk, Text("flow.back"))
        for _ in flow.steps:
            turn = does(flow, turn.talk, Text("flow.back")) if turn.talk else turn
        assert turn.talk is None and turn.cancelled


@EVERY
def test_again_begins_anew_with_what_was_given(flow: Flow) -> None:
    fresh = begun(flow).talk
    assert fresh is not None
    for talk in graph_of(flow.name).places:
        turn = does(flow, talk, Text("flow.again"))
        assert turn.talk is not None and turn.talk.step == fresh.step
        assert turn.talk.data.keys() - fresh.data.keys() <= set(flow.given)
        assert turn.talk.data["q"] > talk.data["q"], "an old button must not answer the new question"


@EVERY
def test_nonsense_is_answered_and_nothing_gathered_is_lost(flow: Flow) -> None:
    for talk in graph_of(flow.name).places:
        for what in NONSENSE:
            turn = does(flow, talk, what)
            assert turn.messages or turn.effects, f"{talk.step}: {what} is not answered"
            if turn.talk is not None:
                gathered = set(talk.data) - {"page"}
                assert gathered <= set(turn.talk.data), f"{talk.step}: {what} loses something"


@EVERY
def test_stale_buttons_change_nothing(flow: Flow) -> None:
    for talk in graph_of(flow.name).places:
        before = json.dumps(talk.data, sort_keys=True)
        for press in STALE:
            with pytest.raises(Stale):
                does(flow, talk, press)
        assert json.dumps(talk.data, sort_keys=True) == before


@EVERY
def test_every_question_says_its_own_step_and_numbers_count_what_is_shown(flow: Flow) -> None:
    for talk in graph_of(flow.name).places:
        asked = ask(flow, talk.step, talk.data, CTX)
        assert asked.message.key == f"{flow.name}.{talk.step}"
        data = [c.data for c in asked.visible]
        assert len(data) == len(set(data))
        assert every_way(talk.data)


@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_stored_as_json_between_any_two_messages_changes_nothing(flow: Flow, data: st.DataObject) -> None:
    plain, stored = begun(flow), begun(flow)
    for _ in range(8):
        if plain.talk is None:
            break
        assert stored.talk is not None
        stored_talk = Talk(stored.talk.flow, stored.talk.step, json.loads(json.dumps(stored.talk.data)))
        what = data.draw(st.sampled_from(moves(flow, plain.talk)))
        plain, stored = does(flow, plain.talk, what), does(flow, stored_talk, what)
        assert plain.messages == stored.messages and plain.effects == stored.effects
        assert (plain.talk is None) == (stored.talk is None)
        if plain.talk and stored.talk:
            assert json.dumps(plain.talk.data) == json.dumps(stored.talk.data)


def moves(flow: Flow, talk: Talk) -> list[object]:
    """Buttons, words, files, nonsense."""
    buttons = [Press(choice.data) for choice in choices_of(flow, talk)]
    words = Text(WORDS.get(flow.name, "楼梯打滑"))
    return [*buttons, words, Text("flow.back"), Text("flow.again"), *NONSENSE]


def test_options_that_depend_on_an_answer_follow_it() -> None:
    flow = FLOWS["link_home"]
    step: Any = flow.steps["community"]
    assert options_of(step, {"street": "1"}, CTX) == tuple(MANY[:3])
