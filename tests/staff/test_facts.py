"""What a forged or outdated choice points to is looked up where the action is done; nothing changes then."""

import pytest

from domain.cases import State
from domain.errors import NotFound
from tests.staff.ground import ground
from tests.world import World


async def test_only_a_colleague_of_the_workroom_gets_a_case(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        case = await g.case()
        present, stranger = {"representative": g.own[0].id}, {"representative": g.strangers[0].id}
        for facts in (stranger, {"representative": 99999}, {"representative": "1"}, {}):
            assert await g.refused(g.liaison, case, "assign", facts) == "staff.colleague_gone"
        taken = await g.act(g.liaison, case, "assign", present)
        assert taken.representative == g.own[0].id
        assert await g.refused(g.handler, taken, "pass", present) == "staff.has_it_already"
        assert await g.refused(g.handler, taken, "pass", stranger) == "staff.colleague_gone"
        passed = await g.act(g.handler, taken, "pass", {"representative": g.own[1].id})
        assert passed.representative == g.own[1].id


async def test_departments_and_categories_must_exist(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        case = await g.case()
        assert await g.refused(g.liaison, case, "route", {"department": 99999}) == "staff.department_gone"
        assert await g.refused(g.liaison, case, "categorise", {"category": 99999}) == "staff.category_gone"
        taken = await g.act(g.handler, case, "take", {"representative": g.own[0].id})
        assert await g.refused(g.handler, taken, "advise_route", {}) == "staff.department_gone"


async def test_nobody_takes_a_case_with_a_seat_of_another_workroom(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        case, stranger = await g.case(), {"representative": g.strangers[0].id}
        assert await g.refused(g.handler, case, "take", stranger) == "staff.colleague_gone"


async def test_a_case_is_merged_only_into_an_open_one_of_its_workroom(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        case, other, foreign = await g.case(), await g.case(), await g.case(room=1)
        for number in (case.number, foreign.number, "ZZZZZZ", "", None, 7):
            told = await g.refused(g.liaison, case, "merge", {"into_number": number})
            assert told == "staff.no_merge_target"
        forged = {"into": foreign.id, "into_number": other.number}
        merged = await g.act(g.liaison, case, "merge", forged)
        assert (merged.state, merged.merged_into) == (State.MERGED, other.id)
        third = await g.case()
        closed = {"into_number": case.number}
        assert await g.refused(g.liaison, third, "merge", closed) == "staff.no_merge_target"


async def test_everybody_behind_merged_cases_hears_of_the_answer(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        first, second, third = await g.case(), await g.case(), await g.case()
        another = await uow.people.remember("web", "s", "s", "zh_CN", g.now.moment)
        g.resident = another
        fourth = await g.case()
        await g.act(g.liaison, fourth, "merge", {"into_number": second.number})
        await g.act(g.liaison, second, "merge", {"into_number": third.number})
        await g.act(g.liaison, third, "merge", {"into_number": first.number})
        assert set(await uow.cases.filers(first.id)) == {first.person, another}


async def test_more_days_than_the_district_allows_are_refused(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        department = {"department": g.departments[0].id}
        routed = await g.act(g.liaison, await g.case(), "route", department)
        for days in (0, -1, 6, 999, "3", True, None, 2.5):
            told = await g.refused(g.contact, routed, "ask_extension", {"days": days})
            assert told == "staff.too_many_days"
        asked = await g.act(g.contact, routed, "ask_extension", {"days": 5})
        assert asked.route is not None and asked.route.extension_days == 5


async def test_a_refusal_names_somebody(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        case = await g.case()
        for facts in ({}, {"responsible": "  "}, {"responsible": None}):
            assert await g.refused(g.liaison, case, "refuse", facts) == "staff.name_responsible"


async def test_a_workroom_does_not_know_the_cases_of_another(service: World) -> None:
    async with service.unit() as uow:
        g = await ground(uow, service)
        foreign = await g.case(room=1)
        with pytest.raises(NotFound):
            await g.act(g.liaison, foreign, "accept", {})
        with pytest.raises(NotFound):
            await g.act(g.contact, await g.case(), "acknowledge", {})
