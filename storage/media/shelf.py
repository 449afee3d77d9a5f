"""The shelf: everything kept lies under one folder, by the digest of its bytes, and is never overwritten."""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from domain.media import Kept, Limits, MediaGone

T = TypeVar("T")

THUMBNAIL_EDGES = (160, 320, 640, 1280)  # few sizes, so that asking can't fill the disk
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ARRIVING = "arriving"
_THUMBNAILS = "thumbnails"
_LEFT_BEHIND = timedelta(hours=1)


class Shelf:
    """Media on the local disk. Decoding and disk work run in two small pools of threads of its own."""

    def __init__(self, folder: Path, limits: Limits | None = None, threads: int = 2) -> None:
        """Makes the folder, readable by its owner alone.

        `threads` bounds memory too: a photo in work takes up to 400 MB.
        """
        self._folder = folder
        self._limits = limits or Limits()
        self._making = ThreadPoolExecutor(threads, thread_name_prefix="media-making")
        # Apart, so that looking at a photo does not wait behind somebody's video.
        self._reading = ThreadPoolExecutor(threads, thread_name_prefix="media-reading")
        (folder / _ARRIVING).mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def limits(self) -> Limits:
        """What this shelf refuses; channels may refuse by `Content-Length` before reading."""
        return self._limits

    async def take(self, data: bytes, claimed: str | None = None, kind_wanted: str | None = None) -> Kept:
        """Keeps what is in `data` and tells under which digest.

        `claimed` is the sender's MIME type: it can only contradict. `kind_wanted` is what the step asked
        for; None and 'document' take every kind. The same bytes always give the same digest, so taking
        twice is harmless. Raises MediaRefused, and then nothing is left on the disk.
        EXPERIENCE 20, TRUST 13, 14, 24.
        """
        return await self._off_the_loop(self._making, partial(self._take, data, claimed, kind_wanted))

    async def open(self, digest: str) -> bytes:
        """The kept bytes. Raises MediaGone when there are none."""
        return await self._off_the_loop(self._reading, partial(self._read, digest))

    def path(self, digest: str) -> Path:
        """Where the kept file lies, for sending it in parts.

        Raises MediaGone for anything that is not a digest or not there.
        """
        place = self._place(self._folder, digest)
        if not place.is_file():
            raise MediaGone(digest[:64])
        return place

    async def thumbnail(self, digest: str, edge: int = 320) -> bytes:
        """A JPEG of a kept photo, or of a video's first frame; `edge` goes up to one of THUMBNAIL_EDGES.

        Raises MediaGone, or MediaRefused `media.not_a_photo` for voice and documents.
        """
        return await self._off_the_loop(self._reading, partial(self._thumbnail, digest, edge))

    async def forget(self, digest: str) -> bool:
        """Erases the bytes and their thumbnails; False when there was nothing.

        The caller knows that no other case shows them: equal bytes are one file.
        """
        return await self._off_the_loop(self._reading, partial(self._forget, digest))

    async def tidy(self, now: datetime) -> int:
        """Removes what killed processes left half-written an hour before `now` (aware); returns how many."""
        return await self._off_the_loop(self._reading, partial(self._tidy, now))

    def close(self) -> None:
        """Waits for work under way and ends the threads."""
        self._making.shutdown()
        self._reading.shutdown()

    @staticmethod
    async def _off_the_loop(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _take(self, data: bytes, claimed: str | None, wanted: str | None) -> Kept:
        made = _darkroom().make(data, claimed, wanted, self._limits)
        digest = hashlib.sha256(made.data).hexdigest()
        self._put(self._place(self._folder, digest), made.data)
        return Kept(digest, made.kind, made.mime, len(made.data), made.width, made.height, made.seconds)

    def _read(self, digest: str) -> bytes:
        return self.path(digest).read_bytes()

    def _thumbnail(self, digest: str, edge: int) -> bytes:
        data = self._read(digest)
        edge = next((size for size in THUMBNAIL_EDGES if size >= edge), THUMBNAIL_EDGES[-1])
        place = self._place(self._folder / _THUMBNAILS / str(edge), digest)
        if not place.is_file():
            self._put(place, _darkroom().shrunk(data, edge, self._limits))
        return place.read_bytes()

    def _forget(self, digest: str) -> bool:
        for edge in THUMBNAIL_EDGES:
            self._place(self._folder / _THUMBNAILS / str(edge), digest).unlink(missing_ok=True)
        place = self._place(self._folder, digest)
        there = place.is_file()
        place.unlink(missing_ok=True)
        return there

    def _tidy(self, now: datetime) -> int:
        oldest = (now - _LEFT_BEHIND).timestamp()
        left = [file for file in (self._folder / _ARRIVING).iterdir() if file.stat().st_mtime < oldest]
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)

    @staticmethod
    def _place(root: Path, digest: str) -> Path:
        """Two levels of folders, 65,536 in all. Only a digest makes a path: no input can lead outside."""
        if not _DIGEST.fullmatch(digest):
            raise MediaGone("not a digest")
        return root / digest[:2] / digest[2:4] / digest

    def _put(self, place: Path, data: bytes) -> None:
        """Whole or not at all, also when the power fails; what is there stays as it is."""
        if place.is_file():
            return
        arriving = self._folder / _ARRIVING / secrets.token_hex(16)
        try:
            with open(os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            arriving.rename(place)
        finally:
            arriving.unlink(missing_ok=True)
        _settle(place.parent)


def _darkroom() -> Any:
    """What decodes pictures, sounds and films: 20 MiB, loaded with the first file, beside the loop."""
    return import_module("storage.media.making")


def _settle(folder: Path) -> None:
    """Makes the new name itself durable, with those of the folders above."""
    for level in (folder, folder.parent, folder.parent.parent):
        handle = os.open(level, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
