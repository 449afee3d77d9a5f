"""Killed at any seam and delivered again: one effect and the same answer (DESIGN §3, crash rules)."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.messages import Answer, File, Inbound, Press, Start, Text, What
from handlers.desk import Desk
from storage.database import Database
from storage.work import Embedded
from tests.chat import Actor
from tests.trust.town import Town, rows
from tests.world import World


class Killed(BaseException):
    """The process is gone: no handler may catch this."""


class Mortal(Database):
    """A database whose process is killed at the n-th statement of a transaction, or around its commit."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine)
        self._one_writer = database._one_writer
        self.seam: int | str = ""
        self.statements = 0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The real transaction, with its seams."""
        async with super().writing() as connection:
            self.statements = 0
            yield Counting(connection, self)  # type: ignore[misc]
            if self.seam == "before the commit":
                raise Killed
        if self.seam == "after the commit":
            raise Killed


class Counting:
    """A connection that counts what is executed."""

    def __init__(self, connection: AsyncConnection, mortal: Mortal) -> None:
        self._connection, self._mortal = connection, mortal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def execute(self, *args: Any, **more: Any) -> Any:
        """Execute it, or die first."""
        self._mortal.statements += 1
        if self._mortal.statements == self._mortal.seam:
            raise Killed
        return await self._connection.execute(*args, **more)


class Fate:
    """The desk of a process that may be killed."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.mortal = Mortal(town.world.house.database)

    def desk(self) -> Desk:
        """A process that has just started: nothing is in its memory."""
        place = Embedded(self.mortal)
        return Desk(replace(self.town.world.house, database=self.mortal, workplace=place))

    async def killed(self, inbound: Inbound, seam: int | str) -> bool:
        """Whether it was killed at that seam (a step may have fewer statements)."""
        self.mortal.seam = seam
        try:
            await self.desk().handle(inbound)
        except Killed:
            return True
        finally:
            self.mortal.seam = ""
        return False

    async def handle(self, inbound: Inbound) -> Answer:
        """Delivered again, to a fresh process."""
        return await self.desk().handle(inbound)


@pytest.fixture
def town(service: World) -> Town:
    """A town whose sessions stand in the database; for those in Redis see test_seams.py."""
    embedded = replace(service.house, workplace=Embedded(service.house.database))
    service.desk = Desk(embedded)
    return Town(service)


@pytest.fixture
async def fate(town: Town) -> AsyncIterator[Fate]:
    fate = Fate(town)
    yield fate
    await fate.mortal.close()


def _arrival(actor: Actor, what: What) -> Inbound:
    return Inbound(actor.channel, actor.id, actor.id, "the one", what)


async def _sending(town: Town) -> tuple[Actor, What]:
    actor = await town.person("居民")
    await town.press(actor, "go:file")
    await town.send(actor, Text("路灯坏了"))
    return actor, Press(
        next(b.data for row in actor.answer[-1].buttons for b in row if b.data.endswith(".send"))
    )


async def _accepting(town: Town) -> tuple[Actor, What]:
    resident, liaison = await town.person("居民"), await town.person("联络", await town.place("liaison"))
    return liaison, Press(f"do:{await town.filed(resident, '路灯坏了')}:accept")


async def _rating(town: Town) -> tuple[Actor, What]:
    resident, liaison = await town.person("居民"), await town.person("联络", await town.place("liaison"))
    number = await town.filed(resident, "路灯坏了")
    await town.press(liaison, f"do:{number}:accept")
    await town.answered(liaison, number)
    return resident, Press(f"rate:{number}.1:not")


async def _binding(town: Town) -> tuple[Actor, What]:
    return await town.person("新人"), Start(f"i_{await town.world.invite(await town.place('liaison'))}")


async def _photo(town: Town) -> tuple[Actor, What]:
    actor, out = await town.person("居民"), io.BytesIO()
    Image.new("RGB", (64, 48), (10, 20, 30)).save(out, "JPEG")
    town.world.channels["web"].files["p"] = out.getvalue()
    return actor, File("photo", "p", None, len(out.getvalue()), "路灯坏了")


async def _agreeing(town: Town) -> tuple[Actor, What]:
    return Actor("新人", "web", "7001"), Press("agree:basic:w_LJ01")


STEPS = [_sending, _accepting, _rating, _binding, _photo, _agreeing]
SEAMS: list[int | str] = [*range(1, 40), "before the commit", "after the commit"]


@pytest.mark.parametrize("step", STEPS)
async def test_killed_anywhere_and_delivered_again_it_happened_once(
    town: Town, fate: Fate, step: Any
) -> None:
    actor, what = await step(town)
    inbound, before = _arrival(actor, what), await rows(town.world, without=frozenset())
    lived = []
    for seam in SEAMS[:-1]:
        if not await fate.killed(inbound, seam):
            lived.append(seam)
            break
        assert await rows(town.world, without=frozenset()) == before, seam
    assert lived, "every seam was reached: add more"
    answer, after = await fate.handle(inbound), await rows(town.world, without=frozenset())
    assert answer.again and answer.messages and after != before
    assert await rows(town.world, without=frozenset()) == after


@pytest.mark.parametrize("step", STEPS)
async def test_killed_after_the_commit_the_answer_comes_with_the_repeat(
    town: Town, fate: Fate, step: Any
) -> None:
    actor, what = await step(town)
    inbound, before = _arrival(actor, what), await rows(town.world, without=frozenset())
    assert await fate.killed(inbound, "after the commit")
    after = await rows(town.world, without=frozenset())
    assert after != before
    for _ in range(3):
        answer = await fate.handle(inbound)
        assert answer.again and answer.messages
        assert "error" not in answer.messages[0].key and "invalid" not in answer.messages[0].key
    assert await rows(town.world, without=frozenset()) == after
    await town.world.deliver()


@pytest.mark.parametrize("step", STEPS)
async def test_killed_before_the_commit_nothing_happened_yet(town: Town, fate: Fate, step: Any) -> None:
    actor, what = await step(town)
    inbound, before = _arrival(actor, what), await rows(town.world, without=frozenset())
    assert await fate.killed(inbound, "before the commit")
    assert await rows(town.world, without=frozenset()) == before
    first = await fate.handle(inbound)
    assert not first.again and "error" not in first.messages[0].key
    again = await fate.handle(inbound)
    assert again.again and again.messages == first.messages


async def test_an_older_thing_delivered_late_does_nothing_and_says_nothing(town: Town, fate: Fate) -> None:
    liaison, press = await _accepting(town)
    inbound = _arrival(liaison, press)
    await fate.handle(inbound)
    await town.send(liaison, Text("/help"))
    before = await rows(town.world, without=frozenset())
    late = await fate.handle(inbound)
    assert late.again and late.messages == ()
    assert await rows(town.world, without=frozenset()) == before
