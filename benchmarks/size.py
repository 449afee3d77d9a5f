"""What years of cases cost: each list and step on 200,000 cases, against the same on 1,000, in one run."""

import statistics
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks import bulk
from benchmarks.figures import Figure, Samples
from benchmarks.ground import Ground, filled, service
from benchmarks.people import AtTheDesk, Filing
from bot.planner import Planner
from bot.sampling import WORKROOM
from domain.messages import Press, Start
from domain.people import Role, Seat
from storage.unit import UnitOfWork

FEW, MANY, TIMES = 1_000, 200_000, 60
SLOWER = 1.2
"""Promised: by no more than a fifth."""

ROLES: tuple[Role, ...] = ("liaison", "representative", "contact", "officer")

Task = Callable[[], Awaitable[object]]


async def measure(folder: Path) -> list[Figure]:
    """Ratios of medians; both databases are asked in turn, so that the machine's moods hit both."""
    async with AsyncExitStack() as stack:
        grounds = []
        for count in (FEW, MANY):
            given = await filled(folder / str(count))
            bulk.fill(given.home / "workroom.sqlite3", count)
            grounds.append(await stack.enter_async_context(service(given)))
        return await compared(grounds)


async def compared(grounds: Sequence[Ground]) -> list[Figure]:
    """The ratio of each task's and step's median on the second of them to that on the first."""
    tasks = [await _tasks(ground) for ground in grounds]
    for _ in range(TIMES):
        for name in tasks[0]:
            for ground, named in zip(grounds, tasks, strict=True):
                with ground.watch.timing(name):
                    await named[name]()
        for ground in grounds:
            await _filed(ground)
    few, many = (ground.watch.kinds for ground in grounds)
    return [_compared(name, few[name], many[name]) for name in few]


def _compared(name: str, few: Samples, many: Samples) -> Figure:
    ratio = statistics.median(many.cpu) / statistics.median(few.cpu)
    wall = statistics.median(many.wall) / statistics.median(few.wall)
    statements = statistics.median(many.statements)
    return Figure(name, wall, "x", cpu=ratio, statements=statements, times=TIMES, limit=SLOWER)


async def _tasks(ground: Ground) -> dict[str, Task]:
    """What is done on every database, by name."""
    desk, house = ground.parts.desk, ground.parts.house
    tasks: dict[str, Task] = {}
    for role in ROLES:
        who = await _staff(ground, role)
        tasks[f"what waits for the {role}"] = _press(who, "go:todo")
        seat = await _seat(ground, role)
        tasks[f"what is with others, {role}"] = _press(who, f"todo:{seat.role}.{seat.id}:others:0")
    resident = AtTheDesk(desk, "past-7")
    number = await _number(ground)
    tasks["a resident's list"] = _press(resident, "go:mine")
    tasks["one case"] = _press(resident, f"show:{number}")
    tasks["the planner's look"] = Planner(house).round
    tasks["the postman's round"] = ground.parts.postman.round
    return tasks


def _press(who: AtTheDesk, data: str) -> Task:
    return lambda: who.say(Press(data))


async def _filed(ground: Ground) -> None:
    """A newcomer files: every step counts on its own."""
    who = AtTheDesk(ground.parts.desk, f"new-{len(ground.watch.kinds['send it'].wall)}")
    filing = Filing(who, ground.watch)
    await filing.arrive()
    await filing.file()


async def _seat(ground: Ground, role: Role) -> Seat:
    async with ground.parts.house.database.reading() as connection:
        registry = UnitOfWork(connection).registry
        room = await registry.workroom_by_code(WORKROOM)
        assert room is not None
        if role == "liaison":
            liaison = await registry.liaison_of(room.id)
            assert liaison is not None
            return Seat(role, liaison.id)
        if role == "representative":
            return Seat(role, (await registry.representatives(room.id))[0].id)
        if role == "officer":
            return Seat(role, (await registry.officers())[0].id)
        return Seat(role, (await registry.contacts((await registry.departments())[0].id))[0].id)


async def _staff(ground: Ground, role: Role) -> AtTheDesk:
    house, seat = ground.parts.house, await _seat(ground, role)
    async with house.database.writing() as connection:
        people, now = UnitOfWork(connection).people, house.clock()
        person = await people.remember("web", f"staff-{role}", f"staff-{role}", "zh_CN", now)
        await people.agree(person, "basic", now)
        await people.bind(person, seat, now)
    who = AtTheDesk(ground.parts.desk, f"staff-{role}")
    await who.say(Start())
    return who


async def _number(ground: Ground) -> str:
    async with ground.parts.house.database.reading() as connection:
        uow = UnitOfWork(connection)
        person = await uow.people.known("web", "past-7")
        assert person is not None
        return (await uow.lists.mine(person.id, 0))[0].number
