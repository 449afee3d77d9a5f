"""One process has dealt with what came to several: the others wait, for a moment, until it has said so."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from storage.database import DatabaseAway
from storage.scripts import Script, Scripts

LOOKS = (0.01, 0.02, 0.05, *(0.1,) * 60)
"""Seconds between looks; a call of Telegram takes milliseconds, one that hangs is not waited out."""

_TELL = Script("return redis.call('SET', KEYS[4] .. ':said:' .. ARGV[1], 1, 'EX', 60)")
_HEAR = Script("return redis.call('EXISTS', KEYS[4] .. ':said:' .. ARGV[1])")


async def tell(scripts: Scripts, keys: Sequence[str], told: str) -> None:
    """This delivery has been answered here. While Redis is away nobody hears of it: they say it, too."""
    with suppress(DatabaseAway):
        await scripts.run(_TELL, list(keys), told)


async def hear(scripts: Scripts, keys: Sequence[str], told: str) -> bool:
    """Whether it has been answered; False: whoever dealt with it is silent, or Redis is away."""
    with suppress(DatabaseAway):
        for wait in LOOKS:
            if await scripts.run(_HEAR, list(keys), told):
                return True
            await asyncio.sleep(wait)
    return False
