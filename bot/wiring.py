"""Puts the parts together, in one place; tests use the same wiring with other edges."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import log
from bot.postman import Postman
from bot.settings import Settings
from handlers.desk import Desk
from handlers.house import House
from handlers.ports import Channel
from locales.catalogue import Catalogue
from locales.lexicon import lexicon
from locales.plain import remarks
from storage.database import Database, open_database
from storage.media import Shelf
from storage.redis import Redis, open_redis
from storage.scripts import Scripts
from storage.shared_sessions import Shared
from storage.work import Embedded, Workplace

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Parts:
    """The running service: the house it works with, the desk, the postman; Redis, where there is one."""

    settings: Settings
    house: House
    desk: Desk
    postman: Postman
    redis: Redis | None = None

    async def close(self) -> None:
        """Give back the database and Redis."""
        await self.house.database.close()
        if self.redis is not None:
            await self.redis.aclose()


def now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)


def secret_of(settings: Settings) -> bytes:
    """The key that signs cookies and codes: given, or made once and kept in the data folder."""
    given = settings.secret.get_secret_value()
    if given:
        return given.encode()
    file = settings.home / "secret"
    if not file.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(SECRET_BYTES), encoding="ascii")
    return file.read_text(encoding="ascii").strip().encode()


def plainer(words: Catalogue) -> Callable[[str, str], list[str]]:
    """What could be plainer in a text before residents read it, in somebody's language (EXPERIENCE 19)."""

    def judge(language: str, text: str) -> list[str]:
        return [words.say(language, remark.key, remark.params) for remark in remarks(text)]

    return judge


def workplace(settings: Settings, database: Database, redis: Redis | None) -> Workplace:
    """Sessions in Redis, for any number of processes, where there is one; else in the database."""
    if redis is None:
        return Embedded(database)
    return Shared(database, Scripts(redis), timedelta(days=settings.session_days))


def local(settings: Settings) -> dict[str, Any]:
    """Where the service stands: its time zone, its language, the address it is reached at."""
    address = settings.public_url or f"http://127.0.0.1:{settings.port}"
    return {"zone": settings.zone, "language": settings.locale, "address": address}


def assemble(
    settings: Settings,
    channels: dict[str, Channel],
    *,
    clock: Callable[[], datetime] = now,
    choose: Callable[[int], int] = secrets.randbelow,
    secret: bytes | None = None,
    report: Callable[[BaseException], str] = log.report,
) -> Parts:
    """Everything but the network: channels are added to `channels` by whoever opens them."""
    database = Database(open_database(settings.database))
    words = Catalogue.load(zone=settings.zone, clock=clock)
    bell = asyncio.Event()
    redis = open_redis(settings.redis_url) if settings.redis_url else None
    house = House(
        database=database,
        workplace=workplace(settings, database, redis),
        words=words,
        shelf=Shelf(Path(settings.home) / "media"),
        channels=channels,
        clock=clock,
        choose=choose,
        secret=secret or secret_of(settings),
        lexicon=lexicon(),
        posted=bell.set,
        report=report,
        site=settings.public_url or f"http://127.0.0.1:{settings.port}",
        plain=plainer(words),
        **local(settings),
    )
    return Parts(settings, house, Desk(house), Postman(house, bell), redis)
