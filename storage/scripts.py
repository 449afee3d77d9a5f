"""Lua scripts in Redis: each atomic by itself, those asked for at the same time written together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hiredis import pack_command
from redis.exceptions import NoScriptError

from storage.database import DatabaseAway
from storage.redis import AWAY, Redis
from storage.redis_line import Lines


class RedisAway(DatabaseAway):
    """Redis can't be reached: what was under way may have happened or not, it is to be delivered again."""


@dataclass(frozen=True)
class Script:
    """A script's text; Redis knows it by the digest once it was loaded."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha1(self.text.encode()).hexdigest())  # noqa: S324  # Redis' own


class Scripts:
    """Runs scripts. A Redis that has forgotten them (a restart) is told them again."""

    def __init__(self, redis: Redis) -> None:
        self._lines = Lines(redis)

    async def run(self, script: Script, keys: Sequence[str], *given: str | bytes | int) -> Any:
        """What the script returns. Raises RedisAway; the script may have run all the same."""
        try:
            return await self._lines.ask(_packed("EVALSHA", script.digest, keys, given))
        except NoScriptError:
            return await self._told(script, keys, given)
        except AWAY as trouble:
            raise RedisAway(type(trouble).__name__) from trouble

    def tell(self, script: Script, keys: Sequence[str], *given: str | bytes | int) -> None:
        """Run it before what is asked for next, if Redis is there; nobody waits for it."""
        self._lines.tell(_packed("EVAL", script.text, keys, given))

    async def _told(self, script: Script, keys: Sequence[str], given: Sequence[str | bytes | int]) -> Any:
        """The whole text, which Redis keeps."""
        try:
            return await self._lines.ask(_packed("EVAL", script.text, keys, given))
        except AWAY as trouble:
            raise RedisAway(type(trouble).__name__) from trouble


def _packed(command: str, script: str, keys: Sequence[str], given: Sequence[str | bytes | int]) -> bytes:
    whole: Any = (command, script, len(keys), *keys, *given)
    packed: bytes = pack_command(whole)
    return packed
