"""Cases in two workrooms and the people of the first: what actions are tried on."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.cases import Case, Part, State
from domain.casework import Now, terms_of_round
from domain.effects import Act
from domain.errors import DomainError
from domain.people import Holding, Person
from handlers.casework import perform
from handlers.visit import now_of
from storage.unit import UnitOfWork
from tests.world import World

Facts = Mapping[str, Any]


class Ground:
    """Cases in two workrooms, with the people of the first."""

    def __init__(self, uow: UnitOfWork, now: Now) -> None:
        self.uow, self.now, self.count = uow, now, 0

    async def people(self) -> None:
        """Look up who is there."""
        registry = self.uow.registry
        self.resident = await self.uow.people.remember("web", "r", "r", "zh_CN", self.now.moment)
        rooms = [await registry.workroom_by_code(code) for code in ("LJ01", "ST01")]
        self.rooms = [room.id for room in rooms if room]
        self.own = await registry.representatives(self.rooms[0])
        self.strangers = await registry.representatives(self.rooms[1])
        self.departments = await registry.departments()
        liaison = await registry.liaison_of(self.rooms[0])
        assert liaison is not None
        serving = Holding("liaison", liaison.id, "甲", workroom=self.rooms[0])
        self.liaison = Person(0, "zh_CN", holdings=(serving,))
        taking = Holding("representative", self.own[0].id, "乙", workroom=self.rooms[0])
        self.handler = Person(0, "zh_CN", holdings=(taking,))
        contact = (await registry.contacts(self.departments[0].id))[0]
        bound = Holding("contact", contact.id, "丙", department=self.departments[0].id)
        self.contact = Person(0, "zh_CN", holdings=(bound,))

    async def case(self, room: int = 0) -> Case:
        """A fresh case of a workroom."""
        self.count += 1
        terms = terms_of_round(self.now)
        case = Case(
            0,
            f"7K3F2{self.count + 1}",
            self.rooms[room],
            self.resident,
            "problem",
            None,
            "电梯坏了",
            "workroom_only",
            State.SUBMITTED,
            1,
            None,
            terms.accept_by,
            terms.opinion_by,
            terms.answer_by,
            self.now.moment,
            0,
            waits_for=Part.LIAISON,
            wait_until=terms.accept_by,
        )
        assert await self.uow.cases.open(case, f"origin{self.count}") is not None
        found = await self.uow.cases.by_number(case.number)
        assert found is not None
        return found

    async def act(self, person: Person, case: Case, action: str, facts: Facts) -> Case:
        """Do it; how the case stands then."""
        act = Act(case.number, action, f"{action}{case.number}", "缺配件", facts=facts)
        return (await perform(self.uow, self.now, person, act)).case

    async def refused(self, person: Person, case: Case, action: str, facts: Facts) -> str:
        """The key of the refusal; the case stands as before."""
        with pytest.raises(DomainError) as told:
            await self.act(person, case, action, facts)
        assert await self.uow.cases.by_number(case.number) == await self.uow.cases.by_id(case.id) == case
        return told.value.key


async def ground(uow: UnitOfWork, world: World) -> Ground:
    """The sample district's first workrooms, ready for cases."""
    made = Ground(uow, await now_of(uow, world.house))
    await made.people()
    return made
