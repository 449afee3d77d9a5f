"""The page: one document with its words in the visitor's language, and the sample's four side by side."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.arriving import KINDS
from bot.channels.web.chrome import WORDS
from bot.channels.web.files import POLICY, Static
from bot.channels.web.parts import WebParts
from bot.channels.web.places import SAMPLE_ROLES, Place
from bot.channels.web.visitors import Visitors, short, spoken_by
from storage.web import Transcript

FOLDER = Path(__file__).parent / "templates"
SCANNED = re.compile(r"w_[A-Za-z0-9_-]{1,62}")
"""What a poster's code brings along (DESIGN §4): it links a home, and nothing else."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), geolocation=(self), camera=(self)",
    "Cache-Control": "no-store",
}


class Page:
    """Serves the document at `/` and at `/as/<role>/`."""

    def __init__(self, parts: WebParts, visitors: Visitors, static: Static) -> None:
        self._parts = parts
        self._visitors = visitors
        self._static = static
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def chat(self, request: Request, place: Place) -> Response:
        """Whoever has no cookie gets one; a cookie that isn't ours is left for the page to explain."""
        visitor = self._visitors.named(request, place)
        if visitor is None and not self._visitors.has_cookie(request, place):
            visitor = self._visitors.new()
        language = await self._parts.speaks(visitor, spoken_by(request))
        words, limits = self._words(language), self._parts.channel.limits
        facts = {
            "base": place.base,
            "language": language,
            "who": short(visitor) if visitor else "",
            "first": await self._first(request, place, visitor),
            "limits": {kind: limits.bytes_of(kind) for kind in KINDS},
            "voice_seconds": limits.voice_seconds,
            "words": words,
        }
        response = self._render("page.html", language, words, place=place, facts=_embedded(facts))
        if visitor:
            self._visitors.remember(response, place, visitor)
        return response

    async def side_by_side(self, request: Request) -> Response:
        """The sample district's four people on one wide screen."""
        language = self._parts.language
        return self._render("side_by_side.html", language, self._words(language), place=Place())

    async def _first(self, request: Request, place: Place, visitor: str | None) -> str:
        """What a visitor starts with: a poster's workroom, or the sample's; nothing once begun."""
        scanned = SCANNED.fullmatch(request.query_params.get("start", ""))
        if visitor is None or (place.role is None and not scanned):
            return ""
        async with self._parts.database.reading() as connection:
            begun = await Transcript(connection, visitor).before(None, limit=1)
        if begun:
            return ""
        return scanned[0] if scanned else await self._parts.first_payload(place.role or "")

    def _words(self, language: str) -> dict[str, str]:
        """The page's words by their last names. What only the page knows keeps its place: `{n}`."""
        holes = {"n": "{n}", "name": "{name}", "text": "{text}"}
        return {key.removeprefix("web."): self._parts.words.say(language, key, holes) for key in WORDS}

    def _render(self, name: str, language: str, words: Mapping[str, str], **rest: Any) -> Response:
        text = self._templates.get_template(name).render(
            t=words,
            lang=_tag(language),
            roles=SAMPLE_ROLES if self._parts.sample else (),
            static=f"/static/{self._static.version}",
            **rest,
        )
        return Response(text, 200, HEADERS, "text/html")


def _tag(language: str) -> str:
    return language.replace("_", "-")


def _embedded(facts: object) -> Markup:
    """JSON that can stand within a script element: nothing in it can end the element."""
    text = orjson.dumps(facts).decode()
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped just now
