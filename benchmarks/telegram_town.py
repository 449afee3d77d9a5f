"""`python -m benchmarks.telegram_town`: a Telegram that limits, and people who chat, in a process of its own.

Told line by line on standard input, as JSON; answers each line with one.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.figures import percentile
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User

PAUSE = 1.5
"""Seconds that somebody who chats waits between two messages, about."""

PATIENCE = 30.0
WORDS = "3号楼室外楼梯一下雨就打滑，上周有老人摔倒了。希望能铺上防滑条，再装一盏灯。"
FIRST = 1_000_000
"""The number of the first person who gets letters; those who chat have smaller ones."""


@dataclass
class Town:
    """The server and its people."""

    api: BotApi

    async def told(self, what: dict[str, Any]) -> dict[str, Any]:
        """Do what a line says."""
        match what:
            case {"meet": int(count)}:
                for n in range(count):
                    self.api.user(FIRST + n, started=True)
                return {}
            case {"arrive": int(count), "payload": str(payload)}:
                await asyncio.gather(*(self._arrives(1000 + n, payload) for n in range(count)))
                return {}
            case {"chat": int(count), "seconds": float(seconds), "flood": int(flood)}:
                flooding = asyncio.create_task(self._floods(flood))
                found = await self._chat(count, seconds)
                flooding.cancel()
                return found
            case {"chat": int(count), "seconds": float(seconds)}:
                return await self._chat(count, seconds)
            case {"letters": int(count)}:
                return await self._letters(count)
        return {"error": "unknown"}

    async def _arrives(self, number: int, payload: str) -> None:
        user = self.api.user(number, name="王阿姨")
        await user.starts(payload)
        for label in ("同意", "同意经境外传输"):
            await user.waits_for(lambda message, label=label: label in message.labels, within=PATIENCE)
            await user.presses(label)
        await user.waits_for(lambda message: "反映诉求" in message.labels, within=PATIENCE)

    async def _chat(self, count: int, seconds: float) -> dict[str, Any]:
        """The waits of people who chat for so long: milliseconds from their message to its answer."""
        waits: list[float] = []
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._chats(1000 + n, waits, end) for n in range(count)))
        return {"count": len(waits), "p50": percentile(waits, 50), "p99": percentile(waits, 99)}

    async def _floods(self, a_second: int) -> None:
        """Somebody who writes so many messages a second and doesn't wait."""
        user = self.api.user(999, name="急")
        while True:
            await user.says("/help")
            await asyncio.sleep(1 / a_second)

    async def _chats(self, number: int, waits: list[float], end: float) -> None:
        user, dice = self.api.user(number), random.Random(number)
        while time.monotonic() < end:
            for step in (self._begins, self._writes, self._sends):
                await asyncio.sleep(PAUSE * dice.uniform(0.5, 1.5))
                began = time.perf_counter()
                await step(user)
                waits.append(1e3 * (time.perf_counter() - began))
            for old in sorted(user.chat.messages)[:-3]:  # nobody scrolls up, and the stub looks at them all
                del user.chat.messages[old]

    async def _begins(self, user: User) -> None:
        await user.says("/start")
        await user.waits_for(lambda message: "反映诉求" in message.labels, within=PATIENCE)

    async def _writes(self, user: User) -> None:
        await user.says(WORDS)
        await user.waits_for(lambda message: bool(message.labels), within=PATIENCE)

    async def _sends(self, user: User) -> None:
        shown = [label for message in user.sees()[-1:] for label in message.labels]
        await user.presses("提交" if "提交" in shown else shown[0])
        await user.waits_for(within=PATIENCE)

    async def _letters(self, count: int) -> dict[str, Any]:
        """Wait until so many letters have arrived; when the first and the last came, and what was refused."""
        limits = self.api.enforced
        assert limits is not None
        while len(got := self._delivered()) < count:
            await asyncio.to_thread(time.sleep, 0.25)
        refused = [call for call in self.api.calls if call.error is not None and call.error.status == 429]
        at = [call.at for call in self.api.calls if call.carried_out and (call.chat or 0) >= FIRST]
        return {
            "first": min(at), "last": max(at), "refused": len(refused), "ignored": limits.ignored,
            "doubled": sum(times - 1 for times in got.values()),
        }  # fmt: skip

    def _delivered(self) -> Counter[int]:
        calls = self.api.calls
        return Counter(call.chat or 0 for call in calls if call.carried_out and (call.chat or 0) >= FIRST)


@dataclass
class Line:
    """The town seen from the benchmark."""

    process: asyncio.subprocess.Process
    url: str = ""

    async def tell(self, **what: Any) -> dict[str, Any]:
        """Say one thing and wait until it is done. Not for two at a time."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        found: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return found


@asynccontextmanager
async def town() -> AsyncIterator[Line]:
    """The town, running until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.telegram_town", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    line = Line(process)
    try:
        assert process.stdout is not None
        line.url = json.loads(await process.stdout.readline())["url"]
        yield line
    finally:
        process.terminate()
        await process.wait()


async def main() -> None:
    """Serve, and work on one line after the other."""
    loop = asyncio.get_running_loop()
    async with BotApi(second=1.0, patience=PATIENCE) as api:
        api.enforces(time.monotonic)
        place = Town(api)
        print(json.dumps({"url": api.url, "token": api.token}), flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(await place.told(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
