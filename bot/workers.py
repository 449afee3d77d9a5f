"""Several serving processes behind one port: starts them, starts again what dies, stops them together."""

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

from bot import log, server
from bot.settings import Settings

REFUSED = 1
"""The exit code of a process that may not start: another try would end the same way."""

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
STEADY = 60.0
"""Seconds after which a process that dies has not died of its start."""


@dataclass
class Workers:
    """`count` processes `workroom serve --reuse-port …`; `words` are the other options."""

    settings: Settings
    count: int
    words: tuple[str, ...]
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    _code: int = 0

    async def run(self) -> int:
        """Until a signal comes, or one of them is refused; 0 or that one's code."""
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, self._leave)
        await asyncio.gather(*(self._keep(number) for number in range(self.count)))
        return self._code

    async def _keep(self, number: int) -> None:
        wait = FIRST_WAIT
        while not self._stop.is_set():
            began, code = time.monotonic(), await self._one(number)
            if code == REFUSED:
                self._code = code
                self._leave()
            if self._stop.is_set():
                return
            if time.monotonic() - began > STEADY:
                wait = FIRST_WAIT
            log.tell("worker died", worker=number, code=code, again_in=wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _one(self, number: int) -> int:
        command = ("-m", "bot", "serve", "--reuse-port", "--port", str(self.settings.port), *self.words)
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, env=self._environment(number), start_new_session=True
        )
        self._running[number] = process
        if self._stop.is_set():  # the signal came while it was being started
            process.terminate()
        return await process.wait()

    def _environment(self, number: int) -> dict[str, str]:
        """Each shows its own figures, on the ports from the one that is set."""
        first = self.settings.metrics_port
        return {**os.environ, "WORKROOM_METRICS_PORT": str(first + number if first else 0)}

    def _leave(self) -> None:
        self._stop.set()
        for process in self._running.values():
            if process.returncode is None:
                process.terminate()


def run(settings: Settings, count: int, words: tuple[str, ...]) -> int:
    """Serve with so many processes. Raises BadSettings when the port belongs to somebody else."""
    log.set_up(as_json=not sys.stderr.isatty())
    # Held while they come and go, so that nobody else gets the port; only who listens gets connections.
    holding = server.listen(settings.host, settings.port, share=True)
    with holding:
        return asyncio.run(Workers(settings, count, words).run())
