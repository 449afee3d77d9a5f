"""The file itself: a tar with a manifest, the database and the media, each checked by its digest."""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

FORMAT = 1
MANIFEST, DATABASE = "manifest", "database"
_MEDIA = re.compile(r"media/([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{64})")
PIECE = 1024 * 1024
LONGEST_MANIFEST = 1024 * 1024


class BadArchive(Exception):
    """The file is no backup of ours, or something in it is not what was put there."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is inside: kind of database, revision, moment, and how many rows each table has."""

    database: str
    revision: str
    taken_at: str
    counts: dict[str, int]
    digest: str
    media: int = 0
    format: int = FORMAT


def write(target: Path, manifest: Manifest, database: Path, media: Path) -> Manifest:
    """Write it whole or not at all, for its owner alone. Raises OSError, FileExistsError too."""
    partial = target.with_name(f"{target.name}.part")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            with tarfile.open(fileobj=file, mode="w") as tar:
                files = list(_kept(media))
                whole = Manifest(**{**asdict(manifest), "media": len(files)})
                told = json.dumps(asdict(whole))
                _add_text(tar, MANIFEST, f"{hashlib.sha256(told.encode()).hexdigest()}\n{told}")
                tar.add(database, DATABASE, filter=_nobody)
                for kept in files:
                    tar.add(kept, f"media/{kept.relative_to(media).as_posix()}", filter=_nobody)
            file.flush()
            os.fsync(file.fileno())
            os.link(partial, target)
        finally:
            partial.unlink()
    return whole


def read_manifest(file: Path) -> Manifest:
    """What the file says is in it. Raises BadArchive, OSError."""
    with _opened(file) as tar:
        return _manifest(tar)


def check(file: Path) -> Manifest:
    """Read everything and compare. Raises BadArchive, OSError."""
    return _walk(file, _ignored)


def unpack(file: Path, database: Path, place_of: Callable[[str], Path]) -> Manifest:
    """Write the database and the media where they belong; media that are there already stay.

    Raises BadArchive, OSError; what was written by then is incomplete.
    """

    def keep(name: str, content: IO[bytes]) -> str:
        found = _MEDIA.fullmatch(name)
        place = place_of(found[3]) if found else database
        if found and place.is_file():
            return _ignored(name, content)
        return _copied(content, place)

    return _walk(file, keep)


def _walk(file: Path, each: Callable[[str, IO[bytes]], str]) -> Manifest:
    with _opened(file) as tar:
        manifest, media, seen = _manifest(tar), 0, False
        while (member := tar.next()) is not None:
            content = tar.extractfile(member) if member.isfile() else None
            named = _MEDIA.fullmatch(member.name)
            if content is None or not (named or member.name == DATABASE):
                raise BadArchive(f"unexpected: {member.name[:100]!r}")
            if each(member.name, content) != (named[3] if named else manifest.digest):
                raise BadArchive(f"damaged: {member.name}")
            media, seen = media + bool(named), seen or not named
    if media != manifest.media or not seen:
        raise BadArchive(f"incomplete: {media} of {manifest.media} files, database {seen}")
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r|") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as wrong:
        raise BadArchive(str(wrong)[:100]) from wrong


def _manifest(tar: tarfile.TarFile) -> Manifest:
    """The first member; nothing is believed of a file that has another."""
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    if content is None:
        raise BadArchive("no manifest")
    digest, _, told = content.read(LONGEST_MANIFEST).partition(b"\n")
    if hashlib.sha256(told).hexdigest().encode() != digest:
        raise BadArchive("damaged: the manifest")
    try:
        manifest = Manifest(**json.loads(told))
    except (TypeError, ValueError) as wrong:
        raise BadArchive("the manifest can't be read") from wrong
    if manifest.format != FORMAT:
        raise BadArchive(f"format {manifest.format}, this program knows {FORMAT}")
    return manifest


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes."""
    with file.open("rb") as content:
        return _ignored("", content)


def _ignored(name: str, content: IO[bytes]) -> str:
    told = hashlib.sha256()
    while piece := content.read(PIECE):
        told.update(piece)
    return told.hexdigest()


def _copied(content: IO[bytes], place: Path) -> str:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = hashlib.sha256()
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := content.read(PIECE):
            told.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return told.hexdigest()


def _kept(media: Path) -> Iterator[Path]:
    """The files on the shelf; thumbnails are made again, what is half-written is nobody's yet."""
    for file in sorted(media.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
        if _MEDIA.fullmatch(f"media/{file.relative_to(media).as_posix()}"):
            yield file


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of the machine it was taken on."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
