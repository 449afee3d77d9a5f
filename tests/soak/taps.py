"""What stands between a process and its servers: sees every byte, and kills the process at a chosen seam."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from storage import held

TAKE = held._TAKE.digest.encode()
KEEP = held._KEEP.digest.encode()
FILING = b"notice.submit.liaison"

SEAMS: dict[str, tuple[str, str, bytes]] = {
    "before the lock": ("redis", "asked", TAKE),
    "after the load": ("redis", "answered", TAKE),
    "before the commit": ("postgres", "asked", b"COMMIT;"),
    "after the commit": ("postgres", "answered", b"COMMIT;"),
    # A request is one statement and a transaction by itself: known by the letter in it.
    "before the filing": ("postgres", "asked", FILING),
    "after the filing": ("postgres", "answered", FILING),
    "before the save": ("redis", "asked", KEEP),
    "after the save": ("redis", "answered", KEEP),
    "before sending": ("telegram", "asked", b"sendMessage"),
    "after sending": ("telegram", "answered", b"sendMessage"),
}
"""By name: which server, whether the request never leaves or its answer never comes, what it looks like."""


@dataclass
class Fate:
    """The seam at which a process is to die next, and how often it died at which."""

    kill: Callable[[], None]
    seam: str = ""
    deaths: Counter[str] = field(default_factory=Counter)

    def dies(self, server: str, way: str, data: bytes) -> bool:
        """Whether these bytes are the seam; the process is dead then."""
        wanted = SEAMS.get(self.seam)
        if wanted is None or wanted[:2] != (server, way) or wanted[2] not in data:
            return False
        self.deaths[self.seam] += 1
        self.seam = ""
        self.kill()
        return True


class Tap:
    """A port on loopback that leads to a server; connections break while the server is away."""

    def __init__(self, server: str, target: Path | tuple[str, int], fate: Fate) -> None:
        self._server, self._target, self._fate = server, target, fate
        self._listening: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        """The port."""
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port: int = self._listening.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """No more connections."""
        assert self._listening is not None
        self._listening.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self._target, Path):
                there = await asyncio.open_unix_connection(str(self._target))
            else:
                there = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        seen: list[bytes] = []
        pumps = [
            asyncio.create_task(self._pump("asked", reader, there[1], seen)),
            asyncio.create_task(self._pump("answered", there[0], writer, seen)),
        ]
        self._open.update(pumps)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
            self._open.discard(pump)
        for end in (writer, there[1]):
            end.close()

    async def _pump(
        self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: list[bytes]
    ) -> None:
        """Pass everything on; an answer is known by the request that was passed on last."""
        with suppress(OSError):
            while data := await reader.read(65536):
                if way == "asked":
                    seen[:] = [data]
                if self._fate.dies(self._server, way, data if way == "asked" else b"".join(seen)):
                    return
                writer.write(data)
                await writer.drain()
