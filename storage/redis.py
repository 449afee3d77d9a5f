"""Opens Redis, which processes share: conversations, send limits, what is worth keeping for a while."""

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import TimeoutError as Slow

Redis = redis.asyncio.Redis
"""A client and its pool of connections."""

ANSWERS_WITHIN = 5.0
"""Seconds for a connection and for each answer; what takes longer counts as away."""

AWAY = (Lost, Slow, OSError)
"""What is raised when Redis can't be reached; a script that was under way may have run or not."""


def open_redis(url: str) -> Redis:
    """A client for `redis://`, `rediss://` or `unix://…`; it connects with the first command.

    A connection that Redis has closed meanwhile (a restart) is opened anew, once, and the command repeated:
    every command and script of ours may run twice.
    """
    return redis.asyncio.from_url(
        url,
        socket_timeout=ANSWERS_WITHIN,
        socket_connect_timeout=ANSWERS_WITHIN,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[Lost],
        max_connections=64,
    )
