"""A workroom's page at `/workrooms/<code>`: the next three open days, who is on duty, who serves there."""

import re
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web.files import Static
from bot.channels.web.page import FOLDER, HEADERS
from bot.channels.web.visitors import spoken_by
from domain.open_day_words import told
from domain.registry import Workroom
from handlers.house import House
from handlers.next_open_days import next_days
from handlers.visit import now_of
from storage.unit import UnitOfWork

WHOLE = re.compile(r"((?:\d+\u6708)?\d+\u65e5\([^)\d]{2}\)|\d{1,2}:\d{2}–\d{1,2}:\d{2})")
"""A day and its weekday, and hours: each stays in one line, in large letters too (as in line.js)."""

APPLES = re.compile(r"(iPhone|iPad|Macintosh)(?!.*MicroMessenger)")
"""Their browsers copy a calendar's file once; at an address of this kind they ask to subscribe."""


def _subscription(site: str, path: str, agent: str) -> str:
    return f"webcal://{urlsplit(site).netloc}{path}" if APPLES.search(agent) else path


class WorkroomPage:
    """Public: nothing on it needs to know who looks."""

    def __init__(self, house: House, language: str) -> None:
        self._house, self._language = house, language
        self._static = Static()
        self._page = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        ).get_template("workroom.html")

    def route(self) -> Route:
        """Its address."""
        return Route("/workrooms/{code:str}", self.show)

    async def show(self, request: Request) -> Response:
        """The page, in the browser's language where it is one of ours."""
        spoken = spoken_by(request)
        language = self._house.words.closest(spoken) if spoken else self._language
        async with self._house.database.reading() as connection:
            uow = UnitOfWork(connection)
            room = await uow.registry.workroom_by_code(request.path_params["code"])
            if room is None:
                return Response(status_code=404)
            facts = await self._facts(uow, room, language)
        agent = request.headers.get("user-agent", "")
        facts["subscription"] = _subscription(self._house.site, facts["calendar"], agent)
        text = self._page.render(**facts, lang=language.replace("_", "-"))
        return Response(text, 200, HEADERS, "text/html")

    async def _facts(self, uow: UnitOfWork, room: Workroom, language: str) -> dict[str, Any]:
        now = await now_of(uow, self._house)
        days = await next_days(uow, now, room.id)
        duty = await uow.open_days.on_duty(room.id, [day.nominal for day in days]) if days else {}
        people = await uow.registry.representatives(room.id)

        def say(key: str, **params: Any) -> str:
            return self._house.words.say(language, key, params)

        lines = [say("web.room_day", **told(day), people=list(duty.get(day.nominal, ()))) for day in days]
        return {
            "name": room.name,
            "address": room.address,
            "title": say("web.room_days"),
            "days": [[WHOLE.split(part) for part in line.strip().splitlines()] for line in lines],
            "none": say("web.room_none"),
            "people_title": say("web.room_people"),
            "people": people,
            "ways": say("web.room_ways"),
            "write": say("web.room_write"),
            "chat": f"/?start=w_{room.code}",
            "subscribe": say("web.room_calendar"),
            "calendar": f"/calendar/{room.code}.ics",
            "static": f"/static/{self._static.version}",
        }
