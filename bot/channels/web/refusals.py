"""What the page is told when something can't be taken: a status, a code and words that say what to do."""

from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from domain.messages import Words

Endpoint = Callable[[Request], Awaitable[Response]]

REASONS = {
    "bad_request": "web.error.bad_request",
    "stranger": "web.error.stranger",
    "foreign": "web.error.foreign",
    "not_found": "web.error.not_found",
    "too_big": "web.error.too_big",
    "unsupported": "web.error.unsupported",
}
"""Why something is refused, and the key of the words for it."""


class Refused(Exception):
    """The request is answered with this status; `reason` is one of REASONS."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def bad_request() -> Refused:
    """Not what this address takes."""
    return Refused(400, "bad_request")


def json_answer(content: object, status: int = 200) -> Response:
    """JSON that no cache keeps and no browser takes for anything else."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(orjson.dumps(content), status, headers, "application/json")


def politely(endpoint: Endpoint, words: Words, language: str) -> Endpoint:
    """The endpoint with its refusals put into words."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refused as refused:
            said = words.say(language, REASONS[refused.reason])
            return json_answer({"error": refused.reason, "words": said}, refused.status)

    return answer
