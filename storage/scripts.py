"""Lua scripts in Redis: those asked for at the same time go in one round trip, each atomic by itself."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hiredis import pack_command
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import NoScriptError, ResponseError

from storage.database import DatabaseAway
from storage.gathering import Gathering
from storage.redis import AWAY, Redis


class RedisAway(DatabaseAway):
    """Redis can't be reached: what was under way may have happened or not, it is to be delivered again."""


@dataclass(frozen=True)
class Script:
    """A script's text; Redis knows it by the digest once it was loaded."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha1(self.text.encode()).hexdigest())  # noqa: S324  # Redis' own


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a script."""

    script: Script
    keys: Sequence[str]
    given: Sequence[str | bytes | int]


class Scripts:
    """Runs scripts. A Redis that has forgotten them (a restart) is told them again."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._gathering: Gathering[Call, Any] = Gathering(self._run_all)

    async def run(self, script: Script, keys: Sequence[str], *given: str | bytes | int) -> Any:
        """What the script returns. Raises RedisAway; the script may have run all the same."""
        try:
            return await self._gathering.ask(Call(script, keys, given))
        except AWAY as trouble:
            raise RedisAway(type(trouble).__name__) from trouble

    async def _run_all(self, calls: Sequence[Call]) -> list[Any]:
        answers = await self._pipelined(calls)
        unknown = [place for place, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            for script in {calls[place].script for place in unknown}:
                await self._redis.script_load(script.text)
            again = await self._pipelined([calls[place] for place in unknown])
            for place, answer in zip(unknown, again, strict=True):
                answers[place] = answer
        return answers

    async def _pipelined(self, calls: Sequence[Call]) -> list[Any]:
        """All of them in one write; over a connection that was closed meanwhile they are sent once more."""
        packed = [_packed(call) for call in calls]
        try:
            return await self._exchanged(packed)
        except Lost:
            return await self._exchanged(packed)

    async def _exchanged(self, packed: Sequence[bytes]) -> list[Any]:
        pool: Any = self._redis.connection_pool
        connection = await pool.get_connection()
        try:
            await connection.send_packed_command(packed, check_health=False)
            return [await _answer(connection) for _ in packed]
        except BaseException:
            await connection.disconnect(nowait=True)  # what is still under way must answer nobody else
            raise
        finally:
            await pool.release(connection)


def _packed(call: Call) -> bytes:
    command: Any = ("EVALSHA", call.script.digest, len(call.keys), *call.keys, *call.given)
    packed: bytes = pack_command(command)
    return packed


async def _answer(connection: Any) -> Any:
    try:
        return await connection.read_response()
    except ResponseError as refused:
        return refused
