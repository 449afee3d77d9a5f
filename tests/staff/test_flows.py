"""The staff's conversations by themselves: every step is reached, every way out works everywhere."""

import pytest

from conversations import engine
from conversations.engine import Stale, Talk
from conversations.flow import End, Flow
from conversations.staff import STAFF
from domain.cases import ACTIONS
from domain.effects import Act
from domain.errors import Retry
from domain.messages import Message, Press, Stored, Text
from handlers.actions import ASKING
from tests.staff.walking import CASE, CONTEXT, begun, does, option_of, pick, question, walk

EVERY = pytest.mark.parametrize("flow", STAFF, ids=lambda flow: flow.name)
BY_NAME = {flow.name: flow for flow in STAFF}


def pressed(flow: Flow, talk: Talk, option: str) -> Press:
    """The button for an option of the question that stands."""
    choices = [c for row in question(flow, talk).choices for c in row]
    return Press(next(c.data for c in choices if option_of(c) == option))


def through(flow: Flow, *steps: object, at: str = "", **data: object) -> engine.Turn:
    """Play options (as text: press, in a Text: write) one after the other."""
    turn = begun(flow, dict(data), at)
    for what in steps:
        assert turn.talk is not None
        turn = does(flow, turn.talk, pressed(flow, turn.talk, what) if isinstance(what, str) else what)
    return turn


def act_of(turn: engine.Turn) -> Act:
    (effect,) = turn.effects
    assert isinstance(effect, Act)
    return effect


@EVERY
def test_every_step_is_reached_and_every_end_acts_on_the_case(flow: Flow) -> None:
    places, ends = walk(flow)
    asking = {name for name, step in flow.steps.items() if not isinstance(step, End)}
    assert {place.talk.step for place in places} == asking
    assert ends
    for end in ends:
        act = act_of(end)
        assert (act.number, act.key) == (CASE.number, "KEYKEYKE") and act.action in ACTIONS


@EVERY
@pytest.mark.parametrize("by", ["press", "word"])
def test_the_ways_out_work_in_every_state(flow: Flow, by: str) -> None:
    places, _ = walk(flow)
    for place in places:
        cancelled = does(flow, place.talk, _way(place.talk, "cancel", by))
        assert cancelled.talk is None and cancelled.cancelled and not cancelled.effects
        again = does(flow, place.talk, _way(place.talk, "again", by))
        assert again.talk is not None and again.talk.step == flow.first
        assert again.talk.data["case"] == CASE.number and "words" not in again.talk.data
        back = does(flow, place.talk, _way(place.talk, "back", by))
        trail = place.talk.data["trail"]
        assert (back.talk.step if back.talk else "") == (trail[-1] if trail else "")


def _way(talk: Talk, way: str, by: str) -> Press | Text:
    return Press(f"~{talk.data['key']}.{talk.data['q']}.{way}") if by == "press" else Text(f"flow.{way}")


@EVERY
def test_an_old_button_and_a_foreign_option_are_stale(flow: Flow) -> None:
    places, _ = walk(flow)
    for place in places:
        key, q = place.talk.data["key"], place.talk.data["q"]
        strange = (f"~{key}.{q - 1}.cancel", f"~OTHERKEY.{q}.send", f"~{key}.{q}.999", "do:7K3F29:accept")
        for forged in strange:
            with pytest.raises(Stale):
                does(flow, place.talk, Press(forged))


@EVERY
def test_nothing_unsuitable_is_swallowed(flow: Flow) -> None:
    places, _ = walk(flow)
    for place in places:
        for what in (Text("   "), Text("\u202e\u200b"), Stored(1, "sticker")):  # type: ignore[arg-type]
            turn = does(flow, place.talk, what)
            assert turn.talk is not None and turn.talk.step == place.talk.step and not turn.effects
            again = turn.messages[-1].key == place.asked.key and isinstance(what, Text)  # a card adds nothing
            assert again or turn.messages[-1].key.startswith(("retry.", "merge_case."))
            assert {**turn.talk.data, "q": 0} == {**place.talk.data, "q": 0}


def test_every_asking_action_of_staff_has_its_conversation() -> None:
    filer = {"add", "tell", "withdraw", "reopen"}
    assert {ASKING[action] for action in set(ASKING) - filer} == set(BY_NAME)


@pytest.mark.parametrize(
    "name, steps, action, facts",
    [
        ("categorise_case", ["2"], "categorise", {"category": 2}),
        ("assign_case", ["4"], "assign", {"representative": 4}),
        ("pass_case", ["5"], "pass", {"representative": 5}),
        ("route_case", ["7", "send"], "route", {"department": 7}),
        ("route_case", ["7", "change_department", "8", "send"], "route", {"department": 8}),
        ("refuse_case", [Text("物业公司"), Text("归物业管"), "send"], "refuse", {"responsible": "物业公司"}),
        ("merge_case", [Text("8m4g3a"), "send"], "merge", {"into_number": "8M4G3A"}),
        ("ask_extension", ["2", Text("缺材料")], "ask_extension", {"days": 2}),
        ("return_case", [Text("不归我们管")], "return", {}),
        ("note_case", [Text("已电话联系")], "note", {}),
        ("call_back", [Text("居民仍不满意")], "call_back", {}),
        ("reply_case", [Text("已经修好"), "send"], "reply", {}),
        ("answer_case", [Text("已经修好"), "send"], "answer", {}),
        ("add_progress", [Stored(5, "photo"), "send"], "progress", {}),
        ("ask_resident", [Text("在几号楼?"), "send"], "ask", {}),
        ("give_opinion", ["advise_direct", Text("已经修好"), "send"], "advise_direct", {}),
        ("give_opinion", ["advise_route", Text("请修"), "8", "send"], "advise_route", {"department": 8}),
        ("give_opinion", ["advise_escalate", Text("跨区"), "send"], "advise_escalate", {}),
        ("give_opinion", ["advise_visit", Text("周五去看"), "send"], "advise_visit", {}),
    ],
)
def test_what_each_ends_in(name: str, steps: list[object], action: str, facts: dict[str, object]) -> None:
    act = act_of(through(BY_NAME[name], *steps))
    assert (act.action, dict(act.facts)) == (action, facts)


def test_words_and_photos_of_an_answer_go_together() -> None:
    flow = BY_NAME["answer_case"]
    told = (Stored(5, "photo"), Text("防滑条装好了"), Stored(6, "photo"), Text("请放心走"))
    act = act_of(through(flow, *told, "send"))
    assert (act.words, act.files) == ("防滑条装好了\n请放心走", (5, 6))


def test_a_departments_reply_is_the_answer_already_and_changed_by_one_field() -> None:
    flow = BY_NAME["answer_case"]
    relayed = through(flow, "send", at="card", words="已装防滑条", files=[5])
    assert (act_of(relayed).words, act_of(relayed).files) == ("已装防滑条", (5,))
    mend = ("change_rewrite", Text("防滑条已装好"), "send")
    mended = through(flow, *mend, at="card", words="已装防滑条", files=[5])
    assert act_of(mended).words == "防滑条已装好"


def test_the_card_shows_the_text_as_the_resident_reads_it() -> None:
    turn = through(BY_NAME["answer_case"], Text("已经修好"))
    assert turn.messages[-1].params["letter"] == "answer:已经修好"


def test_only_opinions_that_are_possible_are_offered() -> None:
    ctx = {**CONTEXT, "advice": frozenset({"advise_visit"})}
    flow = BY_NAME["give_opinion"]
    turn = engine.begin(flow, "K", {"case": CASE.number}, ctx)
    assert [option_of(c) for row in turn.messages[-1].choices for c in row] == ["advise_visit", "cancel"]
    assert turn.talk is not None
    with pytest.raises(Stale):
        engine.advance(flow, turn.talk, Press(f"~K.{turn.talk.data['q']}.advise_direct"), ctx, pick)


@pytest.mark.parametrize(
    "text, key",
    [
        ("没有编号", "merge_case.no_number"),
        ("7K3F-29", "merge_case.itself"),
        ("9N5H-4B", "merge_case.unknown"),
    ],
)
def test_a_case_that_cannot_be_merged_into_is_asked_for_again(text: str, key: str) -> None:
    turn = through(BY_NAME["merge_case"], Text(text))
    assert turn.talk is not None and turn.talk.step == "number"
    assert turn.messages == (Message(key, turn.messages[0].params, turn.messages[0].choices),)


def test_a_target_closed_meanwhile_is_refused_when_the_card_is_shown_again() -> None:
    flow = BY_NAME["merge_case"]
    card = through(flow, Text("8M4G-3A"))
    assert card.talk is not None
    with pytest.raises(Retry):
        engine.resume(flow, card.talk, {**CONTEXT, "mergeable": {}})


def test_an_empty_list_of_colleagues_is_explained() -> None:
    turn = engine.begin(BY_NAME["pass_case"], "K", {"case": CASE.number}, {**CONTEXT, "colleagues": []})
    assert turn.messages[-1].params["count"] == 0
    assert [option_of(c) for row in turn.messages[-1].choices for c in row] == ["cancel"]
