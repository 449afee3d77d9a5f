"""A small town for attacks: people with any seats, cases in any state, and what is stored, row by row."""

import asyncio
import re
from typing import Any

import sqlalchemy as sa

from domain.codes import ALPHABET
from domain.messages import Answer, Inbound, Press, Start, Text, What
from domain.people import Seat
from storage.columns import metadata
from tests.chat import Actor, Chat
from tests.world import World

NUMBER = re.compile(rf"(?<![{ALPHABET}])([{ALPHABET}]{{4}})-?([{ALPHABET}]{{2}})(?![{ALPHABET}])")
OF_A_VISIT = frozenset({"sessions"})
"""What every step may write: where the conversation of whoever wrote stands."""

Rows = dict[str, list[tuple[Any, ...]]]


class Town(Chat):
    """A chat with more hands: presses by their data, seats by role and place, rows to compare."""

    def __init__(self, world: World, *, channel: str = "web", workroom: str = "LJ01") -> None:
        super().__init__(world, channel=channel, workroom=workroom)

    async def person(self, name: str, *seats: Seat, channel: str = "") -> Actor:
        """Somebody who has agreed, with these seats."""
        actor = Actor(name, channel or self.channel, str(5000 + len(self.actors)))
        self.actors[name] = actor
        await self.agree(actor)
        for seat in seats:
            await self.send(actor, Start(f"i_{await self.world.invite(seat)}"))
        return actor

    async def place(self, role: str, workroom: str = "LJ01", index: int = 0) -> Seat:
        """The seat of a role: of that workroom, or (for contacts) of the department of that index."""
        async with self.world.unit() as uow:
            room = await uow.registry.workroom_by_code(workroom)
            assert room is not None
            if role == "liaison":
                found = await uow.registry.liaison_of(room.id)
                assert found is not None
                return Seat(role, found.id)
            if role == "representative":
                return Seat(role, (await uow.registry.representatives(room.id))[index].id)
            if role == "officer":
                return Seat(role, (await uow.registry.officers())[index].id)
            department = (await uow.registry.departments())[index]
            return Seat(role, (await uow.registry.contacts(department.id))[0].id)

    async def press(self, actor: Actor, data: str) -> Answer:
        """A press with this data, shown or not."""
        return await self.send(actor, Press(data))

    async def tap(self, actor: Actor, option: str) -> Answer:
        """The button of the question that stands, by its option."""
        for button in reversed(self._buttons(actor)):
            if button.data.startswith("~") and button.data.split(".", 2)[2] == option:
                return await self.press(actor, button.data)
        raise AssertionError((option, [b.data for b in self._buttons(actor)]))

    async def filed(self, actor: Actor, words: str, privacy: str = "", workroom: str = "LJ01") -> str:
        """A request of theirs; its number."""
        await self.send(actor, Start(f"w_{workroom}"))
        await self.press(actor, "go:file")
        await self.send(actor, Text(words))
        if privacy:
            await self.tap(actor, "change_privacy")
            await self.tap(actor, privacy)
        answer = await self.tap(actor, "send")
        return self.number_in(answer)

    def number_in(self, answer: Answer) -> str:
        """The case number of a receipt."""
        receipt = next(m for m in answer.messages if m.key == "case.receipt")
        found = NUMBER.search(receipt.text)
        assert found is not None, receipt.text
        return found[1] + found[2]

    async def answered(self, staff: Actor, number: str, words: str = "已经修好了。") -> None:
        """The answer goes out."""
        await self.press(staff, f"do:{number}:answer")
        await self.send(staff, Text(words))
        await self.tap(staff, "send")

    async def routed(self, liaison: Actor, number: str, department: int = 0) -> None:
        """To the department of that index in the registry."""
        async with self.world.unit() as uow:
            wanted = (await uow.registry.departments())[department].id
        await self.press(liaison, f"do:{number}:route")
        if any(b.data.endswith(".change_department") for b in self._buttons(liaison)[-12:]):
            await self.tap(liaison, "change_department")
        await self.tap(liaison, str(wanted))
        await self.say_if_asked(liaison)
        await self.tap(liaison, "send")

    async def say_if_asked(self, actor: Actor) -> None:
        """Words, where the conversation asks for some and shows no card yet."""
        if not any(b.data.endswith(".send") for row in actor.answer[-1].buttons for b in row):
            await self.send(actor, Text("请尽快办理。"))

    async def at_once(self, *steps: Inbound) -> list[Answer]:
        """All of these arrive together."""
        return await asyncio.gather(*(self.world.desk.handle(step) for step in steps))


def arrival(actor: Actor, number: object, what: What) -> Inbound:
    """The same thing with an id of one's own choosing."""
    return Inbound(actor.channel, actor.id, actor.id, f"x{number}", what)


async def rows(world: World, *, without: frozenset[str] = OF_A_VISIT) -> Rows:
    """Every row of every table, to be compared."""
    found: Rows = {}
    async with world.house.database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name not in without:
                columns = list(table.primary_key.columns)
                result = await connection.execute(sa.select(table).order_by(*columns))
                found[table.name] = [tuple(row) for row in result]
    return found


async def stored(world: World) -> str:
    """Everything that is stored, as one text: where canaries are looked for."""
    found = await rows(world, without=frozenset())
    lines = [f"{table}: {row!r}" for table, lines in found.items() for row in lines]
    return "\n".join([*lines, await world.sessions()])


async def count(world: World, table: str, **wanted: Any) -> int:
    """How many rows of a table have these values."""
    found = metadata.tables[table]
    query = sa.select(sa.func.count()).select_from(found).where(*(found.c[k] == v for k, v in wanted.items()))
    async with world.house.database.reading() as connection:
        return int((await connection.execute(query)).scalar_one())
