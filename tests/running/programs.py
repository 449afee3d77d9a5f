"""The program as an operator starts it: real processes with an environment of their own."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp

PATIENCE = 90.0
"""Seconds: only what hangs takes longer, however busy the machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Program:
    """One running `workroom …`, with every line it logs."""

    process: asyncio.subprocess.Process
    port: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    _grown: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def polls(self) -> bool:
        """Whether it is this process that has the lease for Telegram."""
        held = [line["held"] for line in self.lines if line["event"] == "lease"]
        return bool(held and held[-1])

    async def listen(self) -> None:
        """Collect what it says until it ends."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            async with self._grown:
                self.raw.append(line.decode())
                if line.startswith(b"{"):
                    self.lines.append(json.loads(line))
                self._grown.notify_all()

    async def says(self, event: str, times: int = 1, **facts: Any) -> list[dict[str, Any]]:
        """Wait until the log has so many lines of this kind; all there are then."""

        def found() -> list[dict[str, Any]]:
            wanted = {"event": event, **facts}
            return [line for line in self.lines if wanted.items() <= line.items()]

        async with asyncio.timeout(PATIENCE), self._grown:
            await self._grown.wait_for(lambda: len(found()) >= times)
        return found()

    async def stops(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await self.ends()

    async def ends(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@dataclass
class Machine:
    """Starts programs over one database (and Redis); stops what is left of them at the end."""

    home: Path
    environment: dict[str, str]
    running: list[tuple[Program, "asyncio.Task[None]"]] = field(default_factory=list)

    async def start(self, *words: str, port: int = 0, **more: str) -> Program:
        """`workroom` with these words; `more` goes into the environment."""
        port = port or free_port()
        told = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "WORKROOM_HOME": str(self.home),
            "PYTHONUNBUFFERED": "1",
            **self.environment,
            **more,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words,
            env=told, cwd=self.home, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        program = Program(process, port)
        self.running.append((program, asyncio.create_task(program.listen())))
        return program

    async def serve(self, *words: str, port: int = 0, **more: str) -> Program:
        """A serving process that is open."""
        program = await self.start("serve", *words, port=port, **more)
        await program.says("ready")
        return program

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *why: object) -> None:
        for program, _ in self.running:
            if program.process.returncode is None:
                program.process.kill()
        await asyncio.gather(*(listening for _, listening in self.running))
        await asyncio.gather(*(program.process.wait() for program, _ in self.running))
        for program, _ in self.running:  # shown where a test fails
            sys.stdout.write("".join([f"--- {program.port}\n", *program.raw]))


@asynccontextmanager
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Looks at addresses without a page."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        yield session


async def seen(session: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    """Status and text of an address."""
    async with session.get(url) as answer:
        return answer.status, await answer.text()
