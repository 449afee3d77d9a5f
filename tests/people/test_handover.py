"""Somebody leaves: nothing stays with nobody (rule 23)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from domain.cases import Case, Part, State
from domain.casework import Now
from domain.errors import DomainError
from domain.messages import Message
from domain.people import Seat
from domain.registry_changes import Handover
from handlers.handover import Departure, leave, settle
from handlers.visit import now_of
from storage import tables as t
from storage.cases import RoundEntry
from storage.columns import metadata
from storage.outbox import NewLetter
from storage.seats import Seats
from storage.unit import UnitOfWork
from tests.chat import Chat
from tests.world import World

DAY = date(2026, 12, 4)
LIAISON, ANOTHER_LIAISON = "L01", "L02"
FIRST, SECOND = "D001", "D002"


class Town:
    """A world with shortcuts: seats by code, cases in any state, letters."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def seat(self, role: Any, code: str) -> Seat:
        async with self.world.unit() as uow:
            place = await Seats(uow.connection).by_code(role, code)
        assert place is not None
        return place.seat

    async def case(self, number: str, handler: str | None = FIRST, **more: Any) -> Case:
        """A case of LJ01 that a representative has taken."""
        taker = await self.seat("representative", handler) if handler else None
        async with self.world.unit() as uow:
            room = await uow.registry.workroom_by_code("LJ01")
            assert room is not None
            now = self.world.clock()
            person = await uow.people.remember("web", "7", "7", "zh_CN", now)
            case = Case(
                id=0, number=number, workroom=room.id, person=person, kind="problem", category=None,
                words="steps", privacy="workroom_only", state=State.ASSIGNED, round=1,
                representative=taker.id if taker else None,
                accept_by=DAY, opinion_by=DAY, answer_by=DAY, filed_at=now, version=0, waits_for=Part.HANDLER,
                wait_until=DAY,
            )  # fmt: skip
            await uow.cases.open(replace(case, **more), number)
        return await self.find(number)

    async def find(self, number: str) -> Case:
        async with self.world.unit() as uow:
            found = await uow.cases.by_number(number)
        assert found is not None
        return found

    async def second_round(self, case: Case, caller: Seat, answered_by: Seat) -> None:
        """The resident wasn't satisfied; somebody is to call back."""
        again = replace(case, round=2, version=case.version + 1, waits_for=Part.CALLER)
        async with self.world.unit() as uow:
            await uow.cases.enter(case.id, 1, {"answered_by": str(answered_by)})
            entry = RoundEntry({"caller": str(caller)}, "not_satisfied")
            await uow.cases.save(case, again, entry, self.world.clock(), None)

    async def letter(self, key: str, seat: Seat, case: Case | None = None) -> None:
        async with self.world.unit() as uow:
            letter = NewLetter(f"{key}.{seat}", seat, Message("notice.now"), case.id if case else None)
            await uow.outbox.post_all([letter], self.world.clock())

    async def rows(self, query: Any) -> list[Any]:
        async with self.world.unit() as uow:
            return list(await uow.connection.execute(query))

    async def letters(self, seat: Seat, state: str = "waiting") -> list[str]:
        query = sa.select(t.outbox.c.message).where(t.outbox.c.seat == str(seat), t.outbox.c.state == state)
        return sorted(row.message["key"] for row in await self.rows(query))

    async def states(self) -> dict[str, str]:
        return {row.key: row.state for row in await self.rows(sa.select(t.outbox.c.key, t.outbox.c.state))}

    async def bind(self, seat: Seat, user: str = "55") -> int:
        async with self.world.unit() as uow:
            person = await uow.people.remember("web", user, user, "zh_CN", self.world.clock())
            await uow.people.agree(person, "basic", self.world.clock())
            await uow.people.bind(person, seat, self.world.clock())
        return person

    async def leaves(self, seat: Seat, successor: Seat | None = None, status: str = "left") -> Departure:
        async with self.world.unit() as uow:
            await self._status(uow, seat, status)
            return await leave(uow, await self._now(uow), seat, successor)

    async def status(self, seat: Seat, status: str) -> None:
        async with self.world.unit() as uow:
            await self._status(uow, seat, status)

    async def _status(self, uow: UnitOfWork, seat: Seat, status: str) -> None:
        table = metadata.tables[f"{seat.role}s"]
        await uow.connection.execute(sa.update(table).where(table.c.id == seat.id).values(status=status))

    async def settles(self, *handovers: Handover) -> list[Departure]:
        async with self.world.unit() as uow:
            return await settle(uow, await self._now(uow), handovers)

    async def _now(self, uow: UnitOfWork) -> Now:
        return await now_of(uow, self.world.house)

    async def holder(self, seat: Seat) -> int | None:
        async with self.world.unit() as uow:
            return await uow.people.holder(seat)

    async def caller(self, case: Case) -> str | None:
        return (await self.find(case.number)).caller


@pytest.fixture
def town(service: World) -> Town:
    return Town(service)


async def test_open_cases_pass_to_the_successor(town: Town) -> None:
    old, new = await town.seat("representative", FIRST), await town.seat("representative", SECOND)
    await town.case("AAAAAA")
    done = await town.leaves(old, new)
    case = await town.find("AAAAAA")
    assert (done.passed, done.back) == (1, 0)
    assert (case.representative, case.state, case.waits_for) == (new.id, State.ASSIGNED, Part.HANDLER)
    assert await town.letters(new) == ["notice.hand_over.handler"]
    taken = await town.rows(sa.select(t.rounds.c.representative_id).where(t.rounds.c.case_id == case.id))
    assert [row.representative_id for row in taken] == [new.id]


async def test_without_a_successor_cases_go_back_to_the_workroom(town: Town) -> None:
    old, liaison = await town.seat("representative", FIRST), await town.seat("liaison", LIAISON)
    await town.case("AAAAAA")
    await town.case("BBBBBB", handler=SECOND)
    done = await town.leaves(old)
    case = await town.find("AAAAAA")
    assert (done.passed, done.back) == (0, 1)
    assert (case.representative, case.state, case.waits_for) == (None, State.ACCEPTED, Part.LIAISON)
    assert await town.letters(liaison) == ["notice.hand_back.liaison"]
    assert (await town.find("BBBBBB")).representative is not None


async def test_closed_and_answered_cases_stay_on_record(town: Town) -> None:
    old = await town.seat("representative", FIRST)
    await town.case("AAAAAA", state=State.CLOSED, waits_for=None)
    assert (await town.leaves(old)).moved_anything is False
    assert (await town.find("AAAAAA")).representative == old.id


async def test_bindings_end_and_invites_are_void(town: Town) -> None:
    seat = await town.seat("representative", FIRST)
    person = await town.bind(seat)
    code = await town.world.invite(seat)
    await town.leaves(seat)
    assert await town.holder(seat) is None
    assert await town.letters(Seat("person", person)) == ["handover.ended"]
    assert [row.revoked_at is None for row in await town.rows(sa.select(t.invites))] == [False]
    assert code


@pytest.mark.parametrize("status", ["left", "suspended"])
async def test_what_waits_is_found_by_how_things_stand(town: Town, status: str) -> None:
    seat = await town.seat("representative", FIRST)
    await town.case("AAAAAA")
    await town.bind(seat)
    await town.status(seat, status)
    [done] = await town.settles()
    assert (done.seat, done.back) == (seat, 1)
    assert await town.holder(seat) is None
    assert await town.settles() == []


async def test_on_leave_is_not_gone(town: Town) -> None:
    seat = await town.seat("representative", FIRST)
    await town.case("AAAAAA")
    await town.bind(seat)
    await town.status(seat, "leave")
    assert await town.settles() == []
    assert await town.holder(seat) is not None


async def test_letters_pass_on_once(town: Town) -> None:
    old, new = await town.seat("representative", FIRST), await town.seat("representative", SECOND)
    await town.letter("AAAAAA.0.submit", old)
    await town.letter("AAAAAA.0.submit", new)
    await town.letter("AAAAAA.1.add", old)
    done = await town.leaves(old, new)
    assert done.letters == 1
    assert await town.letters(new) == ["notice.now", "notice.now"]
    assert (await town.states())[f"AAAAAA.0.submit.{old}"] == "dropped"


async def test_the_next_liaison_gets_letters_calls_and_a_word(town: Town) -> None:
    old, new = await town.seat("liaison", LIAISON), await town.seat("liaison", ANOTHER_LIAISON)
    handler = await town.seat("representative", FIRST)
    await town.bind(old)
    case = await town.case("AAAAAA")
    await town.second_round(case, old, handler)
    await town.letter("AAAAAA.1.add", old, case)
    async with town.world.unit() as uow:
        change = sa.update(t.liaisons).where(t.liaisons.c.id == new.id).values(workroom_id=case.workroom)
        await uow.connection.execute(change)
    done = await town.leaves(old, new)
    assert (done.calls, done.letters) == (1, 1)
    assert await town.caller(case) == str(new)
    assert await town.letters(new) == ["handover.caller", "handover.liaison", "notice.now"]


async def test_a_workroom_without_liaison_keeps_its_cases_and_the_office_hears(town: Town) -> None:
    old, officer = await town.seat("liaison", LIAISON), await town.seat("officer", "O1")
    await town.bind(old)
    case = await town.case("AAAAAA", handler=None, state=State.SUBMITTED, waits_for=Part.LIAISON)
    await town.letter("AAAAAA.0.submit", old, case)
    await town.leaves(old)
    assert await town.letters(officer) == ["handover.vacant"]
    assert (await town.find("AAAAAA")).waits_for == Part.LIAISON
    await town.settles()
    assert await town.letters(officer) == ["handover.vacant"]


async def test_a_liaison_named_later_gets_what_could_not_be_delivered(town: Town) -> None:
    old, new = await town.seat("liaison", LIAISON), await town.seat("liaison", ANOTHER_LIAISON)
    case = await town.case("AAAAAA", handler=None, state=State.SUBMITTED, waits_for=Part.LIAISON)
    await town.letter("AAAAAA.0.submit", old, case)
    await town.leaves(old)
    await town.world.deliver()
    assert await town.letters(old, "unreachable") == ["notice.now"]
    async with town.world.unit() as uow:
        change = sa.update(t.liaisons).where(t.liaisons.c.id == new.id).values(workroom_id=case.workroom)
        await uow.connection.execute(change)
    [done] = await town.settles()
    assert (done.seat, done.letters) == (old, 1)
    assert await town.letters(new) == ["notice.now"]
    assert await town.settles() == []


async def test_nobody_calls_back_about_their_own_answer(town: Town) -> None:
    liaison, handler = await town.seat("liaison", LIAISON), await town.seat("representative", FIRST)
    caller = await town.seat("representative", SECOND)
    case = await town.case("AAAAAA")
    await town.second_round(case, caller, answered_by=liaison)
    await town.leaves(caller)
    following = await town.caller(case)
    assert following not in (str(caller), str(liaison), str(handler), None)
    assert await town.letters(Seat.parse(following or "")) == ["handover.caller"]


async def test_a_successor_who_was_to_call_back_passes_the_call_on(town: Town) -> None:
    old, new = await town.seat("representative", FIRST), await town.seat("representative", SECOND)
    case = await town.case("AAAAAA")
    await town.second_round(case, new, answered_by=old)
    await town.leaves(old, new)
    assert (await town.find("AAAAAA")).representative == new.id
    assert await town.caller(case) not in (str(new), str(old))


async def test_who_moves_leaves_the_old_workroom_s_cases_there(town: Town) -> None:
    seat = await town.seat("representative", FIRST)
    await town.case("AAAAAA")
    await town.bind(seat)
    async with town.world.unit() as uow:
        room = await uow.registry.workroom_by_code("ST01")
        assert room is not None
        people = t.representatives
        await uow.connection.execute(
            sa.update(people).where(people.c.id == seat.id).values(workroom_id=room.id)
        )
    [done] = await town.settles()
    assert done.back == 1
    assert (await town.find("AAAAAA")).representative is None
    assert await town.holder(seat) is not None


async def test_a_liaison_who_moves_leaves_letters_and_calls_there(town: Town) -> None:
    old, new = await town.seat("liaison", LIAISON), await town.seat("liaison", ANOTHER_LIAISON)
    handler = await town.seat("representative", FIRST)
    case = await town.case("AAAAAA")
    await town.second_round(case, old, handler)
    await town.letter("AAAAAA.1.add", old, case)
    await town.letter("general", old)
    async with town.world.unit() as uow:
        room = await uow.registry.workroom_by_code("ST01")
        assert room is not None
        for seat, place in ((old, room.id), (new, case.workroom)):
            change = sa.update(t.liaisons).where(t.liaisons.c.id == seat.id).values(workroom_id=place)
            await uow.connection.execute(change)
    done, *_ = await town.settles(Handover(str(old), "x", "LJ01", "moved"))
    assert (done.calls, done.letters) == (1, 1)
    assert await town.caller(case) == str(new)
    assert await town.letters(old) == ["notice.now"]


@pytest.mark.parametrize(
    "role,code", [("representative", "D001"), ("liaison", "L01"), ("representative", "D031")]
)
async def test_a_successor_must_be_in_service_in_the_same_place(town: Town, role: str, code: str) -> None:
    old, heir = await town.seat("representative", FIRST), await town.seat(role, code)
    with pytest.raises(DomainError) as refused:
        await town.leaves(old, heir)
    assert refused.value.key == "handover.no_successor"


async def test_somebody_may_come_back_and_leave_again(town: Town) -> None:
    old, new = await town.seat("representative", FIRST), await town.seat("representative", SECOND)
    await town.case("AAAAAA")
    await town.leaves(old, new)
    await town.status(old, "active")
    await town.leaves(new, old)
    await town.status(new, "active")
    await town.leaves(old, new)
    assert (await town.find("AAAAAA")).representative == new.id


async def test_nothing_is_changed_any_more_in_the_chat_of_who_left(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat.actor("党代表")
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: 3号楼室外楼梯一下雨就打滑
        居民: 提交
        机器人: {号}
        党代表 < {号} [接办]
        党代表: 接办
        联络员 < {号}
    """)
    town = Town(chat.world)
    old = await chat.seat("党代表")
    paper = chat.world.channels["web"].said
    await town.leaves(old)
    await chat("""
        党代表 < 不再是党代表
        联络员 < {号}…离任
    """)
    leaver = chat.actors["党代表"].id
    before = list(paper[leaver])
    await chat("""
        联络员: 分派 {号}
        联络员: 陆晓梅
        机器人: 已请陆晓梅来办
    """)
    assert paper[leaver] == before
