"""Lets the sample district live through its last month: the stories of life.toml, by the real rules."""

import asyncio
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.channels.silent import Silent
from bot.postman import Postman
from domain.certain import certain
from domain.codes import draw
from domain.effects import Act, OpenCase
from domain.messages import Inbound, Start
from domain.people import Seat
from handlers import requests
from handlers.casework import perform
from handlers.house import House
from handlers.visit import Visit, now_of
from storage.sessions import Session
from storage.unit import UnitOfWork

STORIES = Path(__file__).parent / "life.toml"
WORKROOM = "LJ01"
KEY = 8
AT = 10
"""The local hour at which stories begin."""

Progress = Callable[[int, int], None]


class Life:
    """Plays stories with a clock of its own; whoever acts is bound to the seat they act from."""

    def __init__(self, house: House) -> None:
        self._at = house.clock()
        self._house = replace(
            house, clock=lambda: self._at, channels={"sample": Silent()}, posted=lambda: None
        )
        self._postman = Postman(self._house, asyncio.Event())
        self._people: dict[str, int] = {}

    async def play(self, progress: Progress) -> int:
        """Every story; how many cases there are now."""
        stories = tomllib.loads(STORIES.read_text("utf-8"))["case"]
        today = self._house.clock()
        for place, story in enumerate(stories, 1):
            await self._story(story, today)
            progress(place, len(stories))
        return len(stories)

    async def _story(self, story: Mapping[str, Any], today: datetime) -> None:
        begins = today - timedelta(days=story["days"])
        morning = begins.astimezone(self._house.zone).replace(hour=AT, minute=story["days"] % 60, second=0)
        self._at = min(morning, today - timedelta(minutes=20))
        number, filer = await self._file(story)
        for step in story["steps"]:
            self._at = min(self._at + timedelta(hours=step["after"]), today - timedelta(minutes=5))
            await self._step(number, filer, step)
        if story.get("lapse"):
            self._at = today - timedelta(hours=1)
            await self._act(None, Act(number, "lapse", number))
        await self._postman.round()

    async def _file(self, story: Mapping[str, Any]) -> tuple[str, int]:
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            room = certain(await uow.registry.workroom_by_code(WORKROOM))
            filer = await self._person(uow, story["filer"])
            await uow.people.change(filer, name=story["filer"], home_id=room.id)
            key = draw(KEY, self._house.choose)
            effect = OpenCase(
                key=key,
                kind=story.get("kind", "problem"),
                category=story["category"],
                words=story["words"],
                privacy=story.get("privacy", "workroom_only"),
                place=story.get("place", ""),
                workroom=room.id,
            )
            inbound = Inbound("sample", story["filer"], story["filer"], key, Start())
            visit = Visit(
                inbound,
                self._house,
                uow,
                await uow.people.person(filer),
                Session(),
                await now_of(uow, self._house),
            )
            await requests.open_case(visit, effect)
            case = certain(await uow.cases.by_origin(key))
        return case.number, filer

    async def _step(self, number: str, filer: int, step: Mapping[str, Any]) -> None:
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            who = filer if step["by"] == "filer" else await self._staff(uow, step["by"], number)
            facts = await self._facts(uow, number, step)
        await self._act(
            who, Act(number, step["do"], draw(KEY, self._house.choose), step.get("words", ""), facts=facts)
        )

    async def _act(self, person: int | None, act: Act) -> None:
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            actor = await uow.people.person(person) if person else None
            await perform(uow, await now_of(uow, self._house), actor, act)

    async def _facts(self, uow: UnitOfWork, number: str, step: Mapping[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {name: step[name] for name in ("days", "responsible") if name in step}
        if "department" in step:
            departments = {d.code: d.id for d in await uow.registry.departments()}
            facts["department"] = departments[step["department"]]
        if step["do"] in ("take", "assign"):
            case = certain(await uow.cases.by_number(number))
            facts["representative"] = (await uow.registry.representatives(case.workroom))[0].id
        return facts

    async def _staff(self, uow: UnitOfWork, role: str, number: str) -> int:
        """The person in the seat that acts on this case."""
        case = certain(await uow.cases.by_number(number))
        if role == "liaison":
            liaison = await uow.registry.liaison_of(case.workroom)
            seat = Seat(role, certain(liaison).id)
        elif role == "representative":
            seat = Seat(
                role, case.representative or (await uow.registry.representatives(case.workroom))[0].id
            )
        else:
            department = certain(certain(case.route).department)
            seat = Seat(role, (await uow.registry.contacts(department))[0].id)
        holder = await uow.people.holder(seat)
        if holder is None:
            holder = await self._person(uow, str(seat))
            await uow.people.bind(holder, seat, self._house.clock())
        return holder

    async def _person(self, uow: UnitOfWork, name: str) -> int:
        if name not in self._people:
            now = self._house.clock()
            self._people[name] = await uow.people.remember("sample", name, name, self._house.language, now)
            await uow.people.agree(self._people[name], "basic", now)
        return self._people[name]
