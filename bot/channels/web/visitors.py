"""Who a visitor is: a random number in a signed cookie, and nothing else about them or their address."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.places import Place
from bot.channels.web.refusals import Refused
from handlers.ports import Clock

AGE = timedelta(days=365)


class _Signer(TimestampSigner):
    """Signs with the district's clock."""

    def __init__(self, secret: bytes, salt: str, clock: Clock) -> None:
        super().__init__(secret, salt=salt, digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(self._clock().timestamp())


class Visitors:
    """Reads and writes the cookie; addresses and `X-Forwarded-For` play no part in it (TRUST 18)."""

    def __init__(self, secret: bytes, clock: Clock, public_url: str) -> None:
        self._secret = secret
        self._clock = clock
        self._public = urlsplit(public_url)

    def known(self, request: Request, place: Place) -> str:
        """The visitor. Raises Refused (401) when there is no cookie, or one that we did not write."""
        visitor = self.named(request, place)
        if visitor is None:
            raise Refused(401, "stranger")
        return visitor

    def named(self, request: Request, place: Place) -> str | None:
        """The visitor of a valid cookie, or None."""
        cookie = request.cookies.get(place.cookie)
        if cookie is None:
            return None
        try:
            return self._signer(place).unsign(cookie, max_age=int(AGE.total_seconds())).decode()
        except (BadSignature, ValueError):
            return None

    def has_cookie(self, request: Request, place: Place) -> bool:
        """Whether there is any cookie, valid or not."""
        return place.cookie in request.cookies

    def new(self) -> str:
        """A visitor nobody has been before."""
        return secrets.token_hex(16)

    def remember(self, response: Response, place: Place, visitor: str) -> None:
        """Write the cookie, or write it again for another year."""
        response.set_cookie(
            place.cookie,
            self._signer(place).sign(visitor).decode(),
            max_age=int(AGE.total_seconds()),
            path=place.base,
            secure=self._public.scheme == "https",
            httponly=True,
            samesite="lax",
        )

    def check_origin(self, request: Request) -> None:
        """Only our own page may write. Raises Refused (403).

        The header can't be set by a form of another site; the origin, where browsers tell it, must be ours.
        """
        origin = request.headers.get("origin")
        hosts = {request.headers.get("host", ""), self._public.netloc} - {""}
        ours = origin is None or urlsplit(origin).netloc in hosts
        if not ours or request.headers.get("x-workroom") != "1":
            raise Refused(403, "foreign")

    def _signer(self, place: Place) -> _Signer:
        return _Signer(self._secret, f"web:{place.base}", self._clock)


def spoken_by(request: Request) -> str:
    """The language the browser asks for first (`en-GB`), or nothing."""
    first = request.headers.get("accept-language", "").partition(",")[0]
    return first.partition(";")[0].strip()


def short(visitor: str) -> str:
    """A name for the visitor that tells pages of one browser apart and opens nothing."""
    return hashlib.sha256(f"who:{visitor}".encode()).hexdigest()[:12]
