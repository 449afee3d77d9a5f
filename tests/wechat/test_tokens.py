"""The access token: one for all, changed when it is refused; and every error tells nothing secret."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.errors import CODES, Refused
from handlers.ports import Ambiguous, TooBig, TryLater
from storage.redis import open_redis
from tests.stubs.wechat import SECRET, WeChat
from tests.wechat.ground import settings_for
from tests.world import Clock

TOKEN = "/cgi-bin/stable_token"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def platform(clock: Clock) -> AsyncIterator[WeChat]:
    async with WeChat(lambda: clock().timestamp()) as made:
        yield made


@pytest.fixture
async def api(platform: WeChat, clock: Clock) -> AsyncIterator[WeChatApi]:
    async with WeChatApi.of(settings_for(platform), clock) as made:
        platform.person("oAunt").writes()
        yield made


async def say(api: WeChatApi) -> None:
    await api.say("oAunt", "text", {"content": "您好"})


async def test_one_token_serves_all_processes(platform: WeChat, clock: Clock, redis_url: str) -> None:
    platform.person("oAunt").writes()
    async with AsyncExitStack() as stack:
        apis = []
        for _ in range(4):
            redis = open_redis(redis_url)
            stack.push_async_callback(redis.aclose)
            made = WeChatApi.of(settings_for(platform), clock, redis)
            apis.append(await stack.enter_async_context(made))
        await asyncio.gather(*(api.tokens.token() for api in apis for _ in range(5)))
        assert len(platform.calls_of(TOKEN)) == 1
        platform.changes_token()
        await asyncio.gather(*(say(api) for api in apis))
        assert len(platform.calls_of(TOKEN)) == 2
    assert len(platform.people["oAunt"].said) == 4


async def test_a_token_near_its_end_is_no_longer_used(api: WeChatApi, platform: WeChat, clock: Clock) -> None:
    await say(api)
    clock.on(seconds=6800)
    await say(api)
    assert len(platform.calls_of(TOKEN)) == 1
    clock.on(seconds=200)
    await say(api)
    assert len(platform.calls_of(TOKEN)) == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_changed_once_and_the_call_repeated(
    api: WeChatApi, platform: WeChat, code: int
) -> None:
    platform.fails(code, "custom/send")
    await say(api)
    first, second = platform.calls_of("custom/send")
    assert first.token != second.token
    platform.fails(code, "custom/send", times=2)
    with pytest.raises(Refused):
        await say(api)
    assert len(platform.calls_of("custom/send")) == 4


async def test_redis_away_is_told_as_a_fault_that_passes(platform: WeChat, clock: Clock) -> None:
    redis = open_redis("unix:///nowhere/redis.sock")
    async with WeChatApi.of(settings_for(platform), clock, redis) as api:
        with pytest.raises(TryLater):
            await say(api)
    await redis.aclose()


@pytest.mark.parametrize("code", [*CODES, 99999])
async def test_no_error_tells_anything_secret(
    api: WeChatApi,
    platform: WeChat,
    code: int,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    token = await api.tokens.token()
    platform.fails(code, "custom/send", times=2)
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as raised:
        await say(api)
    told = f"{raised.value!r} {raised.value.__cause__!r} {caplog.text} {capsys.readouterr()}"
    assert not any(secret in told for secret in (token, SECRET, "oAunt", "您好"))


async def test_a_cut_connection_tells_nothing_secret_either(api: WeChatApi, platform: WeChat) -> None:
    platform.drops("custom/send")
    with pytest.raises(Ambiguous) as doubt:
        await say(api)
    assert "token" not in str(doubt.value) and doubt.value.__cause__ is None
    platform.drops("qrcode/create")
    with pytest.raises(TryLater):
        await api.scene("w_LJ01")
    platform.fails(-1, "custom/send", status=502)
    with pytest.raises(TryLater):
        await say(api)


async def test_what_was_sent_is_fetched_within_three_days(
    api: WeChatApi, platform: WeChat, clock: Clock
) -> None:
    photo, video = platform.put(b"\xff\xd8\xffphoto", "image/jpeg"), platform.put(b"film", "video/mp4")
    assert await api.download(photo) == b"\xff\xd8\xffphoto"
    assert await api.download(video) == b"film"
    with pytest.raises(TooBig):
        await api.download(photo, most=4)
    clock.on(days=3, seconds=1)
    with pytest.raises(LookupError):
        await api.download(photo)


async def test_no_address_of_others_is_followed(api: WeChatApi, platform: WeChat) -> None:
    video = platform.put(b"film", "video/mp4")
    ours, platform.url = platform.url, "http://127.0.0.1:9"
    with pytest.raises(LookupError):
        await api.download(video)
    platform.url = ours


async def test_who_opens_the_page_is_known_once(api: WeChatApi, platform: WeChat) -> None:
    code = platform.code("oAunt")
    assert await api.openid_of(code) == "oAunt"
    assert await api.openid_of(code) is None
    platform.snapshots.add("oPasser")
    assert await api.openid_of(platform.code("oPasser")) is None
