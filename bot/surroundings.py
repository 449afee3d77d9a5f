"""What the service stands on beside its database: Redis, copies that can be made, fonts for posters."""

import asyncio
from typing import Any

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont, TTLibError
from redis.exceptions import RedisError

from bot.finding import Finding
from bot.settings import Settings
from domain.errors import DomainError
from locales.entries import read
from storage.backups import postgres
from storage.database import Database, open_database
from storage.migrations import file_of
from storage.redis import ANSWERS_WITHIN, open_redis
from storage.restores import Restores

OLDEST_REDIS = (6, 2)
IDEOGRAPHS = range(0x4E00, 0xA000)


async def redis(settings: Settings) -> list[Finding]:
    """It answers, is new enough, writes to the disk, and never throws a conversation away to make room."""
    if not settings.redis_url:
        return [Finding("redis", "ok", "program.doctor.redis.unset")]
    client = open_redis(settings.redis_url)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            info: dict[str, Any] = await client.info()
    except (RedisError, OSError, TimeoutError) as trouble:
        return [Finding("redis", "bad", "program.doctor.redis.away", {"reason": type(trouble).__name__})]
    finally:
        await client.aclose()
    version = str(info["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return [Finding("redis", "bad", "program.doctor.redis.old", {"version": version})]
    return [Finding("redis", "ok", "program.doctor.redis.ok", {"version": version}), *_kept(info)]


def _kept(info: dict[str, Any]) -> list[Finding]:
    found = []
    if not info.get("aof_enabled"):
        found.append(
            Finding(
                "redis disk", "bad", "program.doctor.redis.forgetful",
                mend="redis-cli CONFIG SET appendonly yes",
            )
        )  # fmt: skip
    if info.get("maxmemory_policy", "noeviction") != "noeviction":
        policy = {"policy": info["maxmemory_policy"]}
        found.append(
            Finding(
                "redis room", "bad", "program.doctor.redis.evicts", policy,
                mend="redis-cli CONFIG SET maxmemory-policy noeviction",
            )
        )  # fmt: skip
    return found


def copies(settings: Settings) -> Finding:
    """A backup can be made: upgrades ask for one. SQLite needs nothing for it."""
    if file_of(settings.database) is not None:
        return Finding("backup", "ok", "program.doctor.backup.file")
    try:
        tool = postgres.program("pg_dump", settings.pg_programs)
        postgres.program("pg_restore", settings.pg_programs)
    except DomainError as missing:
        return Finding("backup", "bad", missing.key, missing.params)
    return Finding("backup", "ok", "program.doctor.backup.ok", {"tool": str(tool)})


async def held(settings: Settings) -> Finding:
    """Nothing waits for somebody's word since a restore."""
    database = Database(open_database(settings.database))
    try:
        async with database.reading() as connection:
            pending = await Restores(connection).pending()
    finally:
        await database.close()
    if pending is None:
        return Finding("restore", "ok", "program.doctor.restore.ok")
    letters = {"letters": pending.letters}
    return Finding("restore", "warn", "program.doctor.restore.held", letters, mend="workroom resume")


def fonts() -> Finding:
    """Every Chinese character the program says can be printed: a poster with a hole misleads."""
    try:
        with TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True) as font:
            known = set(font.getBestCmap())
    except (OSError, TTLibError) as trouble:
        return Finding("fonts", "bad", "program.doctor.fonts.absent", {"reason": type(trouble).__name__})
    missing = sorted(character for character in _said() if ord(character) not in known)
    if missing:
        return Finding("fonts", "bad", "program.doctor.fonts.gaps", {"missing": "".join(missing[:10])})
    return Finding("fonts", "ok", "program.doctor.fonts.ok")


def _said() -> set[str]:
    texts = (text for entry in read("zh_CN").entries.values() for text in entry.texts)
    return {character for text in texts for character in text if ord(character) in IDEOGRAPHS}
