"""`workroom play`: chat in the terminal as one of the roles."""

import asyncio
import sys
from contextlib import suppress
from enum import StrEnum
from itertools import count
from typing import Annotated

import typer

from bot import log, sampling
from bot.channels.silent import Silent
from bot.channels.terminal.screen import Terminal
from bot.channels.web.channel import WebChannel
from bot.settings import Settings, settings
from bot.wiring import Parts, assemble
from domain.messages import Inbound, Start, What
from handlers.ports import Channel
from storage.migrations import migrate
from storage.unit import UnitOfWork

LOOK = 0.5
"""Seconds between looks for news while somebody thinks about their next line."""


class Role(StrEnum):
    """Whose side of the conversation is played."""

    RESIDENT = "resident"
    LIAISON = "liaison"
    REPRESENTATIVE = "representative"
    DEPARTMENT = "department"
    OFFICE = "office"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command("play")
    def play(
        role: Annotated[Role, typer.Option("--as", help="Whose side to play.")] = Role.RESIDENT,
        name: Annotated[str, typer.Option(help="Another name is another person.")] = "",
    ) -> None:
        """Chat in the terminal: a line is a message, a number is a tap; end with Ctrl-D."""
        raise typer.Exit(asyncio.run(_play(settings(), role, name or role.value)))


async def _play(given: Settings, role: Role, user: str) -> int:
    log.set_up(as_json=False)
    given.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    await migrate(given.database)
    await sampling.prepare(given, wanted=True)
    terminal = Terminal(user, typer.echo)
    channels: dict[str, Channel] = {"terminal": terminal}
    parts = assemble(given, channels)
    channels |= {"web": WebChannel(parts.house.database, parts.house.clock), "sample": Silent()}
    try:
        await Player(parts, terminal, user).run(role)
    finally:
        await parts.close()
    return 0


class Player:
    """One person at a terminal: their lines in, answers and news out."""

    def __init__(self, parts: Parts, terminal: Terminal, user: str) -> None:
        self._parts, self._terminal, self._user = parts, terminal, user
        self._lines = count(1)
        self._began = int(parts.house.clock().timestamp() * 1000)

    async def run(self, role: Role) -> None:
        """Until the input ends."""
        await self._say(Start(await self._payload(role)))
        await self._hasten()
        while line := await self._next_line():
            if line.strip():
                await self._say(self._terminal.meant(line.strip()))

    async def _payload(self, role: Role) -> str:
        """A seat that this person doesn't hold yet is offered in the sample district, and only there."""
        async with self._parts.house.database.reading() as connection:
            uow = UnitOfWork(connection)
            sample = await uow.registry.is_sample()
            person = await uow.people.known("terminal", self._user)
        seated = person is not None and bool(person.holdings or role == Role.RESIDENT)
        return await sampling.first_payload(self._parts.house, role.value) if sample and not seated else ""

    async def _hasten(self) -> None:
        """News that found the terminal closed is shown now."""
        async with self._parts.house.database.writing() as connection:
            uow = UnitOfWork(connection)
            if person := await uow.people.known("terminal", self._user):
                seats = [person.seat, *(holding.seat for holding in person.holdings)]
                await uow.outbox.hasten(seats, self._parts.house.clock())
        await self._news()

    async def _say(self, what: What) -> None:
        inbound = Inbound("terminal", self._user, self._user, f"{self._began}.{next(self._lines)}", what)
        answer = await self._parts.desk.handle(inbound)
        self._terminal.show(answer.messages)
        await self._news()

    async def _news(self) -> None:
        while await self._parts.postman.round() or self._parts.postman.more:
            continue

    async def _next_line(self) -> str:
        """The next line; news is shown while it is waited for. Nothing at the end of the input."""
        reading = asyncio.ensure_future(asyncio.to_thread(sys.stdin.readline))
        while not reading.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(reading), LOOK)
            if not reading.done():
                await self._news()
        return str(reading.result())
