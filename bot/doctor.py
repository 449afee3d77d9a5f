"""Looks the installation over: what is well, what isn't, and the words or the command that mend it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot import surroundings
from bot.channels.telegram.account import Account, NoAccount, account
from bot.channels.wechat import account as wechat
from bot.finding import Finding, State
from bot.settings import Settings
from domain.calendar import Calendar
from storage.census import Census, count
from storage.database import Database, DatabaseAway, open_database
from storage.migrations import check, current, file_of
from storage.migrations.revisions import newest
from storage.registry import Registry

FREE = 1_000_000_000
"""Bytes that photos, voices and backups want at least."""
DRIFT = timedelta(seconds=30)
"""So far may this machine's clock be from the database's."""
WITHIN = 10.0
"""Seconds for the database to answer in."""


async def examine(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Everything, one after the other; nothing is changed and nothing is made."""
    yield await asyncio.to_thread(_folder, settings.home)
    yield await asyncio.to_thread(_secret, settings)
    database = await _database(settings.database)
    yield database
    if database.state != "bad":
        looks = (_schema, _integrity, _clock, _registry)
        for look in looks:
            found = await look(settings, now)
            yield found
            if found.name == "schema" and found.state == "ok":
                yield await surroundings.held(settings)
    for finding in await surroundings.redis(settings):
        yield finding
    yield await asyncio.to_thread(surroundings.copies, settings)
    yield await asyncio.to_thread(surroundings.fonts)
    # Without the zone's data the settings would not have been read.
    yield Finding("zone", "ok", "program.doctor.zone.ok", {"zone": settings.zone.key})
    yield await _holidays(settings, now)
    yield _address(settings)
    if settings.telegram_token.get_secret_value():
        for finding in await _telegram(settings):
            yield finding
    if settings.wechat_app_id:
        for told in await wechat.findings(settings):
            yield told


def _folder(home: Path) -> Finding:
    """Writable, and room on its disk; before the first start it isn't there yet, its parent counts."""
    there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    if not os.access(there, os.W_OK | os.X_OK) or not there.is_dir():
        return Finding("folder", "bad", "program.doctor.folder.closed")
    free = shutil.disk_usage(there).free
    megabytes = {"free": free // 1_000_000}
    return (
        Finding("folder", "warn", "program.doctor.folder.full", megabytes)
        if free < FREE
        else Finding("folder", "ok", "program.doctor.folder.ok", megabytes)
    )


def _secret(settings: Settings) -> Finding:
    """Nobody else on the machine may read the key that signs cookies and codes."""
    file = settings.home / "secret"
    if settings.secret.get_secret_value():
        return Finding("secret", "ok", "program.doctor.secret.given")
    if not file.exists():
        return Finding("secret", "ok", "program.doctor.secret.later")
    if file.stat().st_mode & 0o077:
        return Finding("secret", "bad", "program.doctor.secret.open", mend=f"chmod 600 {file}")
    return Finding("secret", "ok", "program.doctor.secret.ok")


async def _database(url: str) -> Finding:
    file = file_of(url)
    if file is not None and not await asyncio.to_thread(file.exists):
        return Finding("database", "bad", "program.doctor.database.absent", mend="workroom migrate")
    try:
        async with asyncio.timeout(WITHIN):
            await _ask(url, lambda plain: plain.execute(sa.text("SELECT 1")).scalar_one())
    except (DatabaseAway, SQLAlchemyError, OSError, TimeoutError) as trouble:
        cause = trouble.__cause__ or trouble
        return Finding("database", "bad", "program.doctor.database.away", {"reason": type(cause).__name__})
    return Finding(
        "database", "ok", "program.doctor.database.ok", {"kind": sa.make_url(url).get_backend_name()}
    )


async def _schema(settings: Settings, now: datetime) -> Finding:
    """At the newest revision, and really as that revision says."""
    if await current(settings.database) != newest():
        return Finding("schema", "bad", "program.doctor.schema.old", mend="workroom migrate")
    found = await check(settings.database)
    if found:
        return Finding("schema", "bad", "program.doctor.schema.differs", {"what": found[0]})
    return Finding("schema", "ok", "program.doctor.schema.ok")


async def _integrity(settings: Settings, now: datetime) -> Finding:
    """SQLite: every page, the write-ahead log, and the full wait for the disk; a server minds its own."""
    if file_of(settings.database) is None:
        return Finding("integrity", "ok", "program.doctor.integrity.server")
    found = await _ask(settings.database, _pragmas)
    if found["integrity_check"] != "ok":
        return Finding("integrity", "bad", "program.doctor.integrity.broken")
    if (found["journal_mode"], found["synchronous"]) != ("wal", 2):
        return Finding("integrity", "bad", "program.doctor.integrity.careless")
    return Finding("integrity", "ok", "program.doctor.integrity.ok")


def _pragmas(plain: sa.Connection) -> dict[str, Any]:
    names = ("integrity_check", "journal_mode", "synchronous")
    return {name: plain.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}


async def _clock(settings: Settings, now: datetime) -> Finding:
    """Terms are counted by this machine's clock, leases by the database's."""
    if file_of(settings.database) is not None:
        return Finding("clock", "ok", "program.doctor.clock.ok")
    theirs: datetime = await _ask(
        settings.database, lambda plain: plain.execute(sa.select(sa.func.now())).scalar_one()
    )
    drift = abs(datetime.now(UTC) - theirs)
    if drift > DRIFT:
        return Finding("clock", "bad", "program.doctor.clock.off", {"seconds": round(drift.total_seconds())})
    return Finding("clock", "ok", "program.doctor.clock.ok")


async def _registry(settings: Settings, now: datetime) -> Finding:
    """Filled, every workroom has a liaison, representatives are placed, there are categories."""
    try:
        found: Census = await _ask_async(settings.database, count)
    except (DatabaseAway, SQLAlchemyError):
        return Finding("registry", "bad", "program.doctor.registry.no_tables", mend="workroom migrate")
    if not found.workrooms or not found.categories or not found.departments:
        return Finding("registry", "bad", "program.doctor.registry.empty", mend="workroom import FILE")
    if found.without_liaison or found.unplaced:
        params = {"liaison": found.without_liaison, "unplaced": found.unplaced}
        return Finding("registry", "bad", "program.doctor.registry.gaps", params, mend="workroom import FILE")
    params = {"workrooms": found.workrooms, "representatives": found.representatives}
    return Finding("registry", "ok", "program.doctor.registry.ok", params)


async def _holidays(settings: Settings, now: datetime) -> Finding:
    """Without the year's official notice, working days are only provisional (part 3, 1)."""
    calendar = await _calendar(settings)
    year = calendar.day_of(now).year
    missing = [y for y in (year, year + 1) if calendar.is_tentative(datetime(y, 6, 1, tzinfo=UTC).date())]
    if not missing:
        return Finding("holidays", "ok", "program.doctor.holidays.ok")
    state: State = "bad" if year in missing else "warn"
    return Finding(
        "holidays", state, "program.doctor.holidays.missing", {"year": missing[0]},
        mend="workroom holidays FILE",
    )  # fmt: skip


async def _calendar(settings: Settings) -> Calendar:
    """The district's; without a database the one that comes along: looking into a file would make it."""
    file = file_of(settings.database)
    if file is not None and not await asyncio.to_thread(file.exists):
        return Calendar(settings.zone)
    try:
        found: Calendar = await _ask_async(
            settings.database, lambda connection: Registry(connection).calendar(settings.zone)
        )
    except (DatabaseAway, SQLAlchemyError):
        return Calendar(settings.zone)
    return found


def _address(settings: Settings) -> Finding:
    """People's words and cookies travel encrypted wherever others can listen."""
    if not settings.public_url:
        if settings.only_here:
            return Finding("address", "ok", "program.doctor.address.local")
        return Finding("address", "warn", "program.doctor.address.unset")
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        return Finding("address", "bad", "program.doctor.address.plain")
    return Finding("address", "ok", "program.doctor.address.ok")


async def _telegram(settings: Settings) -> list[Finding]:
    """The token is good; the webhook leads here in webhook mode, and nowhere in polling mode."""
    try:
        known = await account(settings)
    except NoAccount as trouble:
        if str(trouble) in ("InvalidToken", "Forbidden"):
            return [Finding("telegram", "bad", "program.doctor.telegram.refused")]
        return [Finding("telegram", "bad", "program.doctor.telegram.away", {"reason": str(trouble)})]
    found = [Finding("telegram", "ok", "program.doctor.telegram.ok", {"name": known.name})]
    return [*found, _webhook(settings, known)]


def _webhook(settings: Settings, known: Account) -> Finding:
    wanted = f"{settings.public_url}/telegram/webhook" if settings.telegram_mode == "webhook" else ""
    if wanted and known.webhook != wanted:
        addresses = {"theirs": known.webhook, "ours": wanted}
        return Finding("webhook", "bad", "program.doctor.webhook.unset", addresses, mend="workroom serve")
    if known.webhook != wanted:
        stray = {"theirs": known.webhook}
        return Finding("webhook", "warn", "program.doctor.webhook.stray", stray, mend="workroom serve")
    if known.trouble:
        return Finding("webhook", "warn", "program.doctor.webhook.failing")
    return Finding("webhook", "ok", "program.doctor.webhook.ok")


async def _ask(url: str, question: Callable[[sa.Connection], Any]) -> Any:
    return await _ask_async(url, lambda connection: connection.run_sync(question))


async def _ask_async(url: str, question: Callable[[Any], Awaitable[Any]]) -> Any:
    database = Database(open_database(url))
    try:
        async with database.plain() as connection:
            return await question(connection)
    finally:
        await database.close()
