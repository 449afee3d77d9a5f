"""Checks what an action points to, where it is done: whatever a button said, it must be there and theirs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.cases import Case
from domain.casework import Now
from domain.effects import Act
from domain.errors import DomainError
from storage.unit import UnitOfWork

Facts = Mapping[str, Any]
Check = Callable[[UnitOfWork, Now, Case, Facts], Awaitable[Facts]]


async def settled(uow: UnitOfWork, now: Now, case: Case, act: Act) -> dict[str, Any]:
    """The action's facts with `name`, what they point to in words. Raises DomainError for what is gone."""
    check = CHECKS.get(act.action)
    return {**act.facts, **(await check(uow, now, case, act.facts) if check else {})}


async def _colleague(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    """In office, and of the case's own workroom."""
    for representative in await uow.registry.representatives(case.workroom):
        if representative.id == facts.get("representative"):
            return {"name": representative.name}
    raise DomainError("staff.colleague_gone")


async def _another(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    found = await _colleague(uow, now, case, facts)
    if facts.get("representative") == case.representative:
        raise DomainError("staff.has_it_already")
    return found


async def _taker(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    """Who takes a case may be on leave, but is of the workroom."""
    number = facts.get("representative")
    found = await uow.registry.representative(number) if isinstance(number, int) else None
    if found is None or found.workroom_id != case.workroom:
        raise DomainError("staff.colleague_gone")
    return {"name": found.name}


async def _department(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    for department in await uow.registry.departments():
        if department.id == facts.get("department"):
            return {"name": department.name}
    raise DomainError("staff.department_gone")


async def _category(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    for category in await uow.registry.categories():
        if category.id == facts.get("category"):
            return {"name": category.name}
    raise DomainError("staff.category_gone")


async def _target(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    """Another open case of the same workroom; its number stands for it, its id is looked up here."""
    number = facts.get("into_number")
    other = await uow.cases.by_number(number) if isinstance(number, str) else None
    if other is None or other.workroom != case.workroom or not other.is_open or other.id == case.id:
        raise DomainError("staff.no_merge_target")
    return {"into": other.id, "into_number": other.number, "name": other.number}


async def _extension(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    days, most = facts.get("days"), now.calendar.terms.extension_days
    if type(days) is not int or not 1 <= days <= most:
        raise DomainError("staff.too_many_days", most=most)
    return {"until": now.calendar.after(case.answer_by, days).isoformat()}


async def _responsible(uow: UnitOfWork, now: Now, case: Case, facts: Facts) -> Facts:
    if not str(facts.get("responsible") or "").strip():
        raise DomainError("staff.name_responsible")
    return {}


CHECKS: dict[str, Check] = {
    "assign": _another,
    "pass": _another,
    "take": _taker,
    "route": _department,
    "advise_route": _department,
    "categorise": _category,
    "merge": _target,
    "ask_extension": _extension,
    "refuse": _responsible,
}
"""By action; an action that isn't here points to nothing."""


def last_told(events: list[Any], action: str) -> Facts:
    """What the last such event was about: the facts of an action that is told a second time."""
    return next((event.data for event in reversed(events) if event.action == action), {})
