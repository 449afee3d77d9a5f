"""The page for a workroom's own screen, behind an address that nobody guesses: `/screen/<code>/<token>`."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.web.files import Static
from bot.channels.web.page import FOLDER, HEADERS
from handlers.duty_sign import sign
from handlers.house import House

EVERY = 60
"""Seconds after which the page asks again by itself, without a script: old screens run for years."""


def routes(house: House) -> list[BaseRoute]:
    """The one address; a wrong one is not there."""
    static = Static()
    templates = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    async def screen(request: Request) -> Response:
        facts = await sign(house, request.path_params["code"], request.path_params["token"])
        if facts is None:
            return PlainTextResponse("", 404, HEADERS)

        def say(key: str) -> str:
            return house.words.say(house.language, f"screen.{key}", facts)

        text = templates.get_template("screen.html").render(
            say=say,
            facts=facts,
            every=EVERY,
            lang=house.language.replace("_", "-"),
            static=f"/static/{static.version}",
        )
        return Response(text, 200, {**HEADERS, "Referrer-Policy": "no-referrer"}, "text/html")

    return [Route("/screen/{code}/{token}", screen)]
