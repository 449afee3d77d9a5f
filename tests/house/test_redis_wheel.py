"""The Redis of the tests is real, and survives a restart."""

from redis.asyncio import Redis

from storage.redis import open_redis
from tests.redis import RedisServer, running_redis


async def test_it_answers_and_is_empty(redis_url: str) -> None:
    client: Redis = open_redis(redis_url)
    assert await client.dbsize() == 0
    await client.set("a", "1")
    assert await client.get("a") == b"1"
    await client.aclose()


async def test_a_restart_is_survived_by_the_client_and_by_what_was_written() -> None:
    with running_redis() as server:
        assert isinstance(server, RedisServer)
        client: Redis = open_redis(server.url)
        await client.set("a", "1")
        server.restart()
        assert await client.get("a") == b"1"
        await client.aclose()
