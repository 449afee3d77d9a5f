"""Random lives of a case: no bug, no impossible state, a whole timeline, somebody's turn (TRUST 19)."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.cases import ACTIONS, OPEN, RATINGS, Case, Part, Route, State, may
from domain.casework import Now, follow, may_reopen, may_undo, terms_of_round
from domain.effects import Act
from domain.errors import DomainError, NotFound
from domain.people import Person
from domain.terms import read
from handlers.casework import perform
from handlers.visit import now_of
from storage.unit import UnitOfWork
from tests.staff.ground import Ground, ground
from tests.trust.town import rows
from tests.world import World

CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"), read({}))
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BY_FILER = {name for name, row in ACTIONS.items() if Part.FILER in row.by}
BY_CHANCE = sorted(set(ACTIONS) - {"submit"})
NEEDED: dict[str, Any] = {
    "representative": 3,
    "department": 7,
    "category": 2,
    "days": 2,
    "into": 99,
    "caller": "liaison:1",
}
ENDS = {State.REFUSED, State.WITHDRAWN, State.MERGED}


def _fresh() -> Case:
    now = Now(START, CALENDAR)
    terms = terms_of_round(now)
    return Case(
        1,
        "7K3F29",
        1,
        9,
        "problem",
        None,
        "路灯坏了",
        "workroom_only",
        State.SUBMITTED,
        1,
        None,
        terms.accept_by,
        terms.opinion_by,
        terms.answer_by,
        START,
        0,
        waits_for=Part.LIAISON,
        wait_until=terms.accept_by,
    )


def _possible(case: Case, action: str, now: Now) -> bool:
    parts = ACTIONS[action].by
    if action == "undo":
        return may_undo(case, now)
    if action == "reopen":
        return may_reopen(case, now)
    return may(action, case, parts)


def _stands(case: Case) -> None:
    """Whatever happened before, this holds of a case."""
    assert (case.waits_for is not None) == case.is_open == (case.state in OPEN)
    assert (case.wait_until is not None) == case.is_open
    assert (case.closed_at is not None) == (case.state in ENDS | {State.CLOSED})
    assert case.rating is None or (case.rating in RATINGS and case.state == State.CLOSED)
    assert (case.answered_at is not None) or case.state not in (State.ANSWERED, State.CLOSED)
    assert (case.merged_into is not None) == (case.state == State.MERGED)
    _turn_stands(case)


def _turn_stands(case: Case) -> None:
    if case.waits_for == Part.FILER:
        assert case.state == State.ANSWERED
    if case.waits_for == Part.HANDLER:
        assert case.representative is not None
    if case.waits_for == Part.CONTACT:
        assert case.route is not None and case.route.state in ("sent", "acknowledged")
    if case.waits_for == Part.CALLER:
        assert case.caller and not case.called_back
    under_way = case.route is not None and case.route.state in ("sent", "acknowledged")
    assert not under_way or case.state == State.HANDLING


class Life:
    """A case with a clock, living by the table alone."""

    def __init__(self) -> None:
        self.case, self.at, self.routes = _fresh(), START, 0

    def does(self, action: str, hours: int) -> bool:
        """Try it so much later; whether it was possible."""
        self.at += timedelta(hours=hours)
        now, before = Now(self.at, CALENDAR), self.case
        if not _possible(before, action, now):
            return False
        after = follow(before, action, {**NEEDED, "words": "话"}, now)
        self._follows(before, after, action)
        self.case = replace(after, route=self._kept(before, after))
        _stands(self.case)
        return True

    def _follows(self, before: Case, after: Case, action: str) -> None:
        assert after.round - before.round == (action in ("rate_not", "reopen"))
        assert (after.number, after.person, after.words, after.privacy) == (
            before.number,
            before.person,
            before.words,
            before.privacy,
        )
        assert after.answer_by >= before.answer_by
        if action in ("note", "add", "comment", "tell", "ask", "progress", "ask_rating", "categorise"):
            assert after.state == before.state
            assert after.wait_until == before.wait_until, "a comment never restarts a term"

    def _kept(self, before: Case, after: Case) -> Route | None:
        """As the storage does: a new route gets its own number."""
        if after.route is not None and after.route.id == 0:
            self.routes += 1
            return replace(after.route, id=self.routes)
        return after.route


@pytest.mark.parametrize(
    "way,later",
    [
        (["take", "answer", "rate_not"], ["note", "add", "ask", "tell", "progress", "comment"]),
        (["take", "answer"], ["note", "add", "ask_rating"]),
        (["route"], ["note", "add", "ask", "tell", "progress", "categorise", "acknowledge"]),
        (["accept"], ["note", "add", "ask", "tell", "progress", "categorise"]),
    ],
)
def test_what_is_said_in_between_restarts_no_term(way: list[str], later: list[str]) -> None:
    life = Life()
    assert all(life.does(action, 1) for action in way)
    promised = life.case.wait_until
    for action in later:
        assert life.does(action, 30), action
        assert life.case.wait_until == promised


STEPS = st.lists(st.tuples(st.sampled_from(BY_CHANCE), st.sampled_from([0, 0, 1, 5, 30, 200])), max_size=40)


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_a_case_never_comes_into_an_impossible_state(steps: list[tuple[str, int]]) -> None:
    life = Life()
    _stands(life.case)
    for action, hours in steps:
        life.does(action, hours)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([0, 1, 30])), min_size=5, max_size=40))
def test_there_is_always_a_way_on(steps: list[tuple[int, int]]) -> None:
    """Only possible steps are taken: whoever an open case waits for always has one."""
    life = Life()
    for choice, hours in steps:
        now = Now(life.at, CALENDAR)
        ways = [action for action in BY_CHANCE if _possible(life.case, action, now)]
        if life.case.waits_for is not None:
            assert [a for a in ways if life.case.waits_for in ACTIONS[a].by | _stands_in(life.case)], (
                life.case
            )
        if ways:
            life.does(ways[choice % len(ways)], hours)


def _stands_in(case: Case) -> frozenset[Part]:
    """The office does what a department does, where the case was escalated to it."""
    escalated = case.waits_for == Part.CONTACT and case.route is not None and case.route.department is None
    return frozenset({Part.CONTACT}) if escalated else frozenset()


ACTORS = ("resident", "liaison", "handler", "contact", "stranger")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_random_deeds_of_random_people_leave_a_whole_timeline(service: World) -> None:
    """Through the real thing: refused politely or done, each deed one line, one round after the other."""

    async def live(tried: list[tuple[str, str]]) -> None:
        async with service.house.database.writing() as connection:
            await _one_life(UnitOfWork(connection), service, tried)
            raise _Enough

    dice = random.Random(20261122)
    for _ in range(25):
        tried = [(dice.choice(ACTORS), dice.choice(BY_CHANCE)) for _ in range(60)]
        with pytest.raises(_Enough):
            await live(tried)
    assert (await rows(service))["cases"] == []


class _Enough(Exception):
    """Nothing of this life is kept."""


async def _one_life(uow: UnitOfWork, service: World, tried: list[tuple[str, str]]) -> None:
    g = await ground(uow, service)
    case, done, now = await g.case(), 0, await now_of(uow, service.house)
    people = _people(g)
    facts = await _facts(g)
    for number, (who, action) in enumerate(tried):
        if action == "comment" and case.rating is None and case.round == 1:
            continue
        act = Act(case.number, action, f"k{number}", "话", facts=facts)
        try:
            case = (await perform(uow, now, people[who], act)).case
        except NotFound:
            continue
        except DomainError:
            assert who not in ("stranger", "resident") or action in BY_FILER
            continue
        done += 1
        _stands(case)
    await _timeline_is_whole(uow, case, done)


def _people(g: Ground) -> dict[str, Person]:
    stranger, resident = Person(10**6, "zh_CN"), Person(g.resident, "zh_CN")
    staff = {"liaison": g.liaison, "handler": g.handler, "contact": g.contact}
    return {"resident": resident, "stranger": stranger, **staff}


async def _facts(g: Ground) -> dict[str, Any]:
    """What any action may point to."""
    category = (await g.uow.registry.categories())[0].id
    return {
        "representative": g.own[0].id, "department": g.departments[0].id, "days": 1,
        "responsible": "区住建局", "round": 1, "into_number": "ZZZZZZ", "category": category,
    }  # fmt: skip


async def _timeline_is_whole(uow: UnitOfWork, case: Case, done: int) -> None:
    """One line a deed, the rounds one after the other."""
    events = await uow.timeline.of_case(case.id, staff=True, limit=1000)
    assert len(events) == done
    assert [e.round for e in events] == sorted(e.round for e in events)
    for number in range(1, case.round + 1):
        assert (await uow.cases.round(case.id, number)).number == number
