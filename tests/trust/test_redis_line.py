"""The line to Redis while Redis is loading, hangs, or says too much: nobody waits long or hears another's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import hiredis
import pytest

from storage.redis import Redis, open_redis
from storage.scripts import RedisAway, Script, Scripts

pytestmark = pytest.mark.asyncio

ECHO = Script("return ARGV[1]")

Says = Callable[[list[bytes]], bytes]


class Stub:
    """Speaks Redis' protocol and says to scripts what it is told to say."""

    def __init__(self) -> None:
        self.says: Says = lambda call: b"+%s\r\n" % call[-1]
        self.opened = 0
        self.hangs = False
        self.came = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.came.set()
        commands = hiredis.Reader()
        while data := await reader.read(65536):
            commands.feed(data)
            while (call := commands.gets()) is not False:
                if self.hangs:
                    continue
                writer.write(self.says(call) if call[0].startswith(b"EVAL") else b"+OK\r\n")
        writer.close()


@pytest.fixture
def stub() -> Stub:
    return Stub()


@pytest.fixture
async def redis(stub: Stub) -> AsyncIterator[Redis]:
    async with await asyncio.start_server(stub, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        redis = open_redis(f"redis://127.0.0.1:{port}/0")
        yield redis
        await redis.aclose()


@pytest.mark.parametrize("why", ["LOADING Redis is loading the dataset in memory", "MASTERDOWN no link"])
async def test_one_that_has_just_started_is_away_and_nobodys_bug(stub: Stub, redis: Redis, why: str) -> None:
    scripts = Scripts(redis)
    stub.says = lambda call: b"-%s\r\n" % why.encode()
    with pytest.raises(RedisAway):
        await scripts.run(ECHO, [], "one")
    stub.says = lambda call: b"+%s\r\n" % call[-1]
    assert await scripts.run(ECHO, [], "two") == b"two"


async def test_of_many_that_find_no_line_one_opens_it_and_all_are_told(stub: Stub, redis: Redis) -> None:
    """Each for itself, one after the other, would wait as often as there are others before it."""
    stub.hangs = True
    pool: Any = redis.connection_pool
    pool.connection_kwargs.update(socket_timeout=0.05, socket_connect_timeout=0.05)
    scripts = Scripts(redis)
    ends = await asyncio.gather(*(scripts.run(ECHO, [], "x") for _ in range(20)), return_exceptions=True)
    assert {type(end) for end in ends} == {RedisAway}
    assert stub.opened <= 4


async def test_who_goes_away_while_the_line_is_opened_takes_it_from_nobody(stub: Stub, redis: Redis) -> None:
    scripts = Scripts(redis)
    first = asyncio.create_task(scripts.run(ECHO, [], "first"))
    second = asyncio.create_task(scripts.run(ECHO, [], "second"))
    await stub.came.wait()
    first.cancel()
    assert await second == b"second"
    assert stub.opened == 1


async def test_an_answer_nobody_asked_for_ends_the_line_and_none_is_mixed_up(
    stub: Stub, redis: Redis
) -> None:
    scripts = Scripts(redis)
    stub.says = lambda call: b"+%s\r\n" % call[-1] * (2 if call[-1] == b"twice" else 1)
    assert await scripts.run(ECHO, [], "twice") == b"twice"
    found = await asyncio.gather(*(scripts.run(ECHO, [], f"{n}") for n in range(5)))
    assert found == [b"0", b"1", b"2", b"3", b"4"]
