"""The one address of the platform: whoever isn't let in changes nothing (TRUST 12, 13, 17)."""

import logging
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import xmltodict
from prometheus_client import generate_latest

from bot import measure
from bot.channels.wechat.receiving import receiving
from bot.channels.wechat.replays import FRESH, RETRIES
from storage.redis import open_redis
from tests.trust.town import rows, stored
from tests.wechat.platform import (
    ACCOUNT,
    APP_ID,
    KEY,
    SECRET,
    TOKEN,
    Caller,
    PaperPlatform,
    settings_for,
    signed,
    xml,
)
from tests.world import World

CANARY = "oCANARY7700123456789"
OLD_KEY = "Z" * 43


def words(content: str = "路灯不亮", number: int = 1, **more: Any) -> str:
    """A resident's words."""
    head = {"ToUserName": ACCOUNT, "FromUserName": CANARY, "CreateTime": 1348831860, "MsgType": "text"}
    return xml(**head, Content=content, MsgId=number, **more)


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Whatever is refused here: no line of log, no metric holds a secret, an openid or anybody's words."""
    with caplog.at_level(logging.DEBUG):
        yield
    told = "".join(capsys.readouterr()) + caplog.text + generate_latest(measure.registry).decode()
    assert [one for one in (f"={TOKEN}", KEY, OLD_KEY, SECRET, CANARY, "路灯") if one in told] == []


class Site:
    """The service on WeChat, and whether anything in it has changed."""

    def __init__(self, world: World, **given: Any) -> None:
        self.world, self.platform = world, PaperPlatform()
        self.receiving = receiving(settings_for(**given), world.house, world.desk, self.platform)
        self.caller = Caller(self.receiving, world.clock)

    async def refuses(self, query: dict[str, str], body: bytes | None, status: int, reason: str) -> None:
        """The call is refused, counted by its reason, and has left nothing."""
        before, counted = await rows(self.world), refused(reason)
        answer = await self.caller.call(query, body)
        assert (answer.status_code, answer.text) == (status, "")
        assert refused(reason) == counted + 1
        assert await rows(self.world) == before
        assert not self.platform.opened and not self.platform.said


def refused(reason: str) -> float:
    """How often this was the reason so far."""
    return (
        measure.registry.get_sample_value("workroom_refused_total", {"channel": "wechat", "reason": reason})
        or 0.0
    )


@pytest.fixture
async def site(service: World) -> AsyncIterator[Site]:
    """Safe mode, with the key before it still good."""
    made = Site(service, wechat_previous_aes_key=OLD_KEY)
    yield made
    await made.receiving.close()


@pytest.fixture
async def plain_site(service: World) -> AsyncIterator[Site]:
    """Plain mode: no key is set."""
    made = Site(service, wechat_aes_key="")
    yield made
    await made.receiving.close()


# --- the server check ------------------------------------------------------------------------------------


async def test_the_platforms_question_is_echoed(site: Site, plain_site: Site) -> None:
    for one in (site, plain_site):
        query, _ = one.caller.plain("")
        answer = await one.caller.call({**query, "echostr": "5927782489442352473"}, None)
        assert (answer.status_code, answer.text) == (200, "5927782489442352473")
        assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"signature": "0" * 40}, "signature"),
        ({"signature": ""}, "signature"),
        ({"nonce": "1"}, "signature"),
        ({"nonce": ""}, "signature"),
        ({"timestamp": ""}, "stale"),
        ({"timestamp": "1e9"}, "stale"),
        ({"timestamp": "9" * 40}, "stale"),
    ],
)
async def test_anybody_elses_question_is_not(site: Site, changed: dict[str, str], reason: str) -> None:
    query, _ = site.caller.plain("")
    await site.refuses({**query, "echostr": "<b>", **changed}, None, 403, reason)


async def test_a_question_asked_again_later_is_not_echoed(site: Site) -> None:
    query, _ = site.caller.plain("")
    assert (await site.caller.call({**query, "echostr": "1"}, None)).text == "1"
    site.world.clock.on(seconds=RETRIES + 1)
    await site.refuses({**query, "echostr": "1"}, None, 403, "replayed")


# --- who is let in ---------------------------------------------------------------------------------------


async def test_both_modes_answer_in_their_own(site: Site, plain_site: Site) -> None:
    assert "同意" in await site.caller.brings(words())
    answer = await plain_site.caller.call(*plain_site.caller.plain(words()))
    found = xmltodict.parse(answer.text)["xml"]
    assert (found["ToUserName"], found["FromUserName"], found["MsgType"]) == (CANARY, ACCOUNT, "text")
    assert "同意" in found["Content"]
    assert answer.headers["content-type"].startswith("application/xml")


async def test_during_rotation_the_answer_goes_back_under_the_key_it_came_with(site: Site) -> None:
    site.caller.key = OLD_KEY
    assert "同意" in await site.caller.brings(words())


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"msg_signature": "0" * 40}, "signature"),
        ({"msg_signature": ""}, "signature"),
        ({"nonce": "1"}, "signature"),
        ({"timestamp": "1"}, "stale"),
        ({"timestamp": "-1"}, "stale"),
    ],
)
async def test_a_wrong_signature_changes_nothing(site: Site, changed: dict[str, str], reason: str) -> None:
    query, body = site.caller.safe(words())
    await site.refuses({**query, **changed}, body, 403, reason)


async def test_with_a_key_nothing_unencrypted_is_believed(site: Site) -> None:
    """Its plain signature is right, but covers no word of the message."""
    await site.refuses(*site.caller.plain(words()), 403, "not_encrypted")
    query, body = site.caller.safe(words("真的", 1))
    mixed = body.replace(b"<Encrypt>", words("假的", 2)[5:-6].encode() + b"<Encrypt>")
    assert "同意" in site.caller.reads(await site.caller.call(query, mixed))
    await site.caller.brings(words("同意", 3))
    assert "真的" in await stored(site.world) and "假的" not in await stored(site.world)


async def test_without_a_key_a_wrong_signature_is_refused_before_the_body_is_read(plain_site: Site) -> None:
    query, body = plain_site.caller.plain(words())
    await plain_site.refuses({**query, "signature": "0" * 40}, body, 403, "signature")
    await plain_site.refuses({}, body, 403, "stale")
    await plain_site.refuses({**query, "signature": "0" * 40}, b"x" * 5_000_000, 403, "signature")


async def test_of_yesterday_or_of_tomorrow_is_too_late(site: Site) -> None:
    for seconds in (-FRESH - 1, FRESH + 1, -86_400):
        query, body = site.caller.safe(words())
        site.world.clock.on(seconds=-seconds)
        await site.refuses(query, body, 403, "stale")
    query, body = site.caller.safe(words())
    site.world.clock.on(seconds=FRESH - 1)
    assert site.caller.reads(await site.caller.call(query, body))


async def test_another_account_and_another_key_are_refused(site: Site) -> None:
    site.caller.app_id = "wx0000000000000000"
    await site.refuses(*site.caller.safe(words()), 403, "app_id")
    site.caller.app_id, site.caller.key = APP_ID, "B" * 43
    await site.refuses(*site.caller.safe(words()), 403, "padding")


# --- what is sent again ----------------------------------------------------------------------------------


async def test_the_platforms_own_retry_gets_the_same_answer(site: Site) -> None:
    query, body = site.caller.safe(words())
    first = site.caller.reads(await site.caller.call(query, body))
    site.world.clock.on(seconds=5)
    assert site.caller.reads(await site.caller.call(query, body)) == first
    assert await site.caller.brings(words()) == first  # signed anew, the same MsgId


async def test_a_copied_call_is_refused(site: Site, plain_site: Site) -> None:
    for one, made in ((site, site.caller.safe), (plain_site, plain_site.caller.plain)):
        query, body = made(words(number=7))
        assert (await one.caller.call(query, body)).status_code == 200
        one.platform.opened.clear()
        one.world.clock.on(seconds=RETRIES + 1)
        await one.refuses(query, body, 403, "replayed")


async def test_a_signature_is_not_good_for_other_words(plain_site: Site) -> None:
    """In plain mode it covers no word: what comes with a used one must be what it was used for."""
    query, body = plain_site.caller.plain(words())
    assert (await plain_site.caller.call(query, body)).status_code == 200
    plain_site.platform.opened.clear()
    await plain_site.refuses(query, words("不是我说的", 2).encode(), 403, "replayed")


async def test_with_redis_a_copied_call_is_known_to_every_process(service: World, redis_url: str) -> None:
    redis = open_redis(redis_url)
    sites = [Site(service) for _ in range(2)]
    made = [receiving(settings_for(), service.house, service.desk, s.platform, redis) for s in sites]
    for one, whole in zip(sites, made, strict=True):
        one.caller.receiving = whole
    query, body = sites[0].caller.safe(words())
    assert (await sites[0].caller.call(query, body)).status_code == 200
    assert (await sites[1].caller.call(query, body)).status_code == 200  # the platform's own retry
    service.clock.on(seconds=RETRIES + 1)
    for one in sites:
        one.platform.opened.clear()
        await one.refuses(query, body, 403, "replayed")
    for whole in made:
        await whole.close()
    await redis.aclose()


async def test_a_redis_that_is_away_holds_nobody_up(service: World) -> None:
    redis = open_redis("unix:///nowhere/redis.sock")
    site = Site(service)
    site.caller.receiving = receiving(settings_for(), service.house, service.desk, site.platform, redis)
    query, body = site.caller.safe(words())
    assert (await site.caller.call(query, body)).status_code == 200
    await site.caller.receiving.close()
    service.clock.on(seconds=RETRIES + 1)
    site.platform.opened.clear()
    await site.refuses(query, body, 403, "replayed")
    await redis.aclose()


# --- bad input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body, reason",
    [
        (b"", "not_xml"),
        (b"{}", "not_xml"),
        (b"<xml>", "not_xml"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml>&a;</xml>", "forbidden_xml"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><xml/>', "forbidden_xml"),
        (b"<xml>" + b"<a>" * 10_000, "too_deep"),
        (b"<soap/>", "another_root"),
    ],
)
async def test_what_is_no_message_is_refused_outside_and_inside(site: Site, body: bytes, reason: str) -> None:
    query, _ = site.caller.safe(words())
    await site.refuses(query, body, 400, reason)
    await site.refuses(*site.caller.safe(body.decode()), 400, reason)


@pytest.mark.parametrize("declared", [True, False])
async def test_five_megabytes_are_not_read(site: Site, declared: bool) -> None:
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(80):
            read += 65_536
            yield b"x" * 65_536

    query, _ = site.caller.safe(words())
    counted = refused("too_big")
    length = {"Content-Length": "5242880"} if declared else {}
    answer = await site.caller.call(query, pieces(), headers=length)
    assert (answer.status_code, refused("too_big")) == (413, counted + 1)
    assert read <= (0 if declared else 2 * 65_536)


async def test_a_truncated_cipher_is_refused(site: Site) -> None:
    query, _ = site.caller.safe(words())
    for encrypted, reason in (("AAAA", "not_whole_blocks"), ("A" * 64, "padding"), ("*", "not_base64")):
        nonce = str(next(site.caller.nonces))
        right = signed(TOKEN, query["timestamp"], nonce, encrypted)
        body = xml(ToUserName=ACCOUNT, Encrypt=encrypted).encode()
        await site.refuses({**query, "nonce": nonce, "msg_signature": right}, body, 403, reason)


async def test_nothing_secret_is_told(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    answers = [await site.caller.call(*site.caller.safe(words("密<>]]>话")))]
    answers.append(await site.caller.call({"signature": TOKEN}, b"<xml/>"))
    answers.append(await site.caller.call({}, None))
    metrics = generate_latest(measure.registry).decode()
    said = "".join(str(a.headers) + a.text for a in answers) + metrics + "".join(capsys.readouterr())
    assert not [secret for secret in (TOKEN, KEY, OLD_KEY, SECRET, CANARY, "密") if secret in said]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_taken(site: Site, method: str) -> None:
    assert (await site.caller.call({}, b"", method=method)).status_code == 405


async def test_a_changed_byte_anywhere_is_refused(site: Site) -> None:
    """Whatever is not the ciphertext itself counts for nothing, so only that can't be changed."""
    dice = random.Random(5)
    start = len(xml(ToUserName=ACCOUNT)) - len("</xml>") + len("<Encrypt><![CDATA[")
    before = await rows(site.world)
    for _ in range(60):
        query, body = site.caller.safe(words())
        noisy = bytearray(body)
        at = dice.randrange(start, len(body) - len("]]></Encrypt></xml>"))
        noisy[at] = (noisy[at] + dice.randrange(1, 256)) % 256
        assert (await site.caller.call(query, bytes(noisy))).status_code in (400, 403)
    assert await rows(site.world) == before and not site.platform.opened
