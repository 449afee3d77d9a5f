"""Every address of the web chat, for the application to take in."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from bot.channels.web.chat import Chat
from bot.channels.web.files import Media, Static
from bot.channels.web.page import Page
from bot.channels.web.parts import WebParts
from bot.channels.web.places import SAMPLE_ROLES, Place
from bot.channels.web.refusals import Endpoint, politely
from bot.channels.web.visitors import Visitors

At = Callable[[Request, Place], Awaitable[Response]]


def routes(parts: WebParts) -> list[BaseRoute]:
    """The page at `/`; with `parts.sample` also the four of `/as/<role>/` and `/side-by-side`."""
    visitors, static = Visitors(parts.secret, parts.clock, parts.public_url), Static()
    page, chat, media = Page(parts, visitors, static), Chat(parts, visitors), Media(parts, visitors)

    def polite(endpoint: Endpoint) -> Endpoint:
        return politely(endpoint, parts.words, parts.language)

    def at(place: Place) -> list[BaseRoute]:
        def here(endpoint: At) -> Endpoint:
            return polite(lambda request: endpoint(request, place))

        return [
            Route("/", here(page.chat)),
            Route("/chat/send", here(chat.send), methods=["POST"]),
            Route("/chat/messages", here(chat.messages)),
            Route("/chat/fresh", here(chat.fresh), methods=["POST"]),
            Route("/media/{number:int}", here(media.whole)),
            Route("/media/{number:int}/thumb", here(media.thumb)),
        ]

    shared = [*at(Place()), Route("/static/{version}/{name}", static.file)]
    if not parts.sample:
        return shared
    sample = [Mount(place.base.rstrip("/"), routes=at(place)) for place in map(Place, SAMPLE_ROLES)]
    return [*shared, *sample, Route("/side-by-side", polite(page.side_by_side))]
