"""`workroom backup`, `restore`, `resume`: one file with everything; put back; then sent or not."""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.office import Office, from_settings, run
from domain.errors import DomainError
from storage.backups.archive import BadArchive
from storage.backups.postgres import ToolFailed
from storage.backups.putting_back import restore
from storage.backups.taking import take
from storage.migrations.backup import BadBackup
from storage.redis import AWAY, open_redis

Json = Annotated[bool, typer.Option("--json", help="Print the outcome for programs.")]
ENDING = ".workroom.tar"


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the commands to the program."""
    _backup(app, office)
    _restore(app, office)
    _resume(app, office)


def _backup(app: typer.Typer, office: Callable[[], Office]) -> None:
    @app.command("backup")
    def backup(
        target: Annotated[Path, typer.Argument(help="The file to write, or a folder to put it into.")],
        secret: Annotated[
            Path | None, typer.Option(help="Write the secret to this second file; keep it elsewhere.")
        ] = None,
        keep: Annotated[int, typer.Option(min=0, help="In a folder: keep only so many, 0 keeps all.")] = 0,
        as_json: Json = False,
    ) -> None:
        """Copy database and media into one file while the service runs, and read it back."""
        run(office, lambda opened: _take(opened, target, secret, keep, as_json))


def _restore(app: typer.Typer, office: Callable[[], Office]) -> None:
    @app.command("restore")
    def restore_(
        file: Annotated[Path, typer.Argument(help="A file that workroom backup wrote.")],
        secret: Annotated[Path | None, typer.Option(help="The file with the secret.")] = None,
        as_json: Json = False,
    ) -> None:
        """Put a backup into an empty installation; nothing that waited is sent before workroom resume."""
        run(office, lambda opened: _put_back(opened, file, secret, as_json))


def _resume(app: typer.Typer, office: Callable[[], Office]) -> None:
    @app.command("resume")
    def resume(
        drop: Annotated[bool, typer.Option("--drop", help="Never send what was held.")] = False,
        as_json: Json = False,
    ) -> None:
        """After a restore: send what is held, or drop it; reminders are written again."""
        run(office, lambda opened: _let_go(opened, drop, as_json))


async def _take(office: Office, target: Path, secret: Path | None, keep: int, as_json: bool) -> int:
    given, now = office.settings, office.clock()
    if keep:
        await asyncio.to_thread(_folder, target)
    file = await asyncio.to_thread(_name, target, now)
    try:
        if secret is not None:
            await asyncio.to_thread(_write_secret, secret, office.secret)
        taken = await take(given.database, given.home / "media", file, now, programs=given.pg_programs)
    except FileExistsError as there:
        raise DomainError("program.backup.exists", file=str(there.filename2 or there.filename)) from there
    except (BadBackup, ToolFailed, BadArchive, OSError) as trouble:
        raise DomainError("program.backup.failed", reason=_reason(trouble)) from trouble
    if keep:
        await asyncio.to_thread(_rotate, target, keep)
    facts = {
        "file": str(file),
        "cases": taken.manifest.counts.get("cases", 0),
        "media": taken.manifest.media,
        "revision": taken.manifest.revision,
    }
    _print(office, as_json, "program.backup.done", facts, secret=secret is not None)
    return 0


def _name(target: Path, now: datetime) -> Path:
    return target / f"{now:%Y%m%dT%H%M%SZ}{ENDING}" if target.is_dir() else target


def _folder(target: Path) -> None:
    """What is to be kept so many of lies in a folder; a file of that name would be in the way of the next."""
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as trouble:
        raise DomainError("program.backup.failed", reason=_reason(trouble)) from trouble


def _rotate(folder: Path, keep: int) -> None:
    """The names begin with the moment: the oldest come first."""
    for old in sorted(folder.glob(f"*{ENDING}"))[:-keep]:
        old.unlink()


def _write_secret(file: Path, secret: bytes) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(secret)


async def _put_back(office: Office, file: Path, secret: Path | None, as_json: bool) -> int:
    given = office.settings
    if not await asyncio.to_thread(file.is_file):
        raise DomainError("program.restore.missing", file=str(file))
    await _demand_empty_redis(given.redis_url)
    given.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        if secret is not None:
            await asyncio.to_thread(_read_secret, secret, given.home / "secret")
        done = await restore(
            file, given.database, given.home / "media", office.clock(), programs=given.pg_programs
        )
    except (BadArchive, BadBackup, ToolFailed, OSError) as trouble:
        raise DomainError("program.restore.failed", reason=_reason(trouble)) from trouble
    facts = {
        "cases": done.manifest.counts.get("cases", 0),
        "media": done.manifest.media,
        "held": done.held,
        "taken_at": done.manifest.taken_at,
    }
    has_secret = (given.home / "secret").exists() or bool(given.secret.get_secret_value())
    taken = datetime.fromisoformat(done.manifest.taken_at)
    _print(office, as_json, "program.restore.done", facts, taken=taken, secret=has_secret)
    return 0


async def _demand_empty_redis(url: str) -> None:
    """Conversations of the time after the backup speak of what is no longer there."""
    if not url:
        return
    redis = open_redis(url)
    try:
        keys = await redis.dbsize()
    except AWAY as trouble:
        raise DomainError("program.restore.no_redis") from trouble
    finally:
        await redis.aclose()
    if keys:
        raise DomainError("program.restore.redis_not_empty", keys=keys)


def _read_secret(file: Path, target: Path) -> None:
    secret = file.read_bytes()
    with suppress(FileNotFoundError):
        if target.read_bytes().strip() != secret.strip():
            raise DomainError("program.restore.other_secret")
        return
    _write_secret(target, secret)


async def _let_go(office: Office, drop: bool, as_json: bool) -> int:
    async with office.work() as (uow, now):
        pending = await uow.restores.pending()
        if pending is None:
            raise DomainError("program.resume.nothing")
        letters = await uow.restores.resume(now.moment, send=not drop)
    _print(office, as_json, "program.resume.done", {"letters": letters, "dropped": drop})
    return 0


def _print(office: Office, as_json: bool, key: str, facts: dict[str, Any], **more: Any) -> None:
    told = json.dumps({"ok": True, **facts}, ensure_ascii=False)
    typer.echo(told if as_json else office.say(key, **{**facts, **more}))


def _reason(trouble: Exception) -> str:
    """Why, in the programs' own words; an error of the system without its path twice."""
    if isinstance(trouble, OSError):
        return f"{trouble.strerror or type(trouble).__name__}: {trouble.filename or ''}".rstrip(": ")
    return str(trouble)
