"""What is said goes out in as few messages as it fits, is changed in place, and fails in plain terms."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import pytest
import pytest_asyncio
from telegram import Bot

from bot.channels.telegram.content import FETCH_LIMIT
from bot.channels.telegram.media import Piece
from bot.channels.telegram.saying import TelegramChannel
from domain.media import JPEG, MP3, PDF, WEBM, MediaRefused
from domain.messages import Button, File, Rendered
from handlers.ports import Ambiguous, TooBig, TryLater, Unreachable
from tests.media import samples
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.conftest import speaking

Picture = Callable[..., bytes]
ROWS = ((Button("send", "提交"), Button("cancel", "取消")),)


class Files(dict[int, Piece]):
    """What lies on the shelf."""

    async def found(self, ids: Sequence[int]) -> list[Piece]:
        """As the shelf gives it: what was forgotten is left out."""
        return [self[number] for number in ids if number in self]


@pytest.fixture
def files(picture: Picture) -> Files:
    """Nine pictures, then a voice, a document, a film phones can't play, a picture too long for Telegram."""
    pictures = {n: Piece("photo", JPEG, picture(100 + n), f"{n}.jpg") for n in range(1, 10)}
    others = {
        10: Piece("voice", MP3, samples.voice("mp3"), "10.mp3"),
        11: Piece("document", PDF, b"%PDF-1.7", "11.pdf"),
        12: Piece("video", WEBM, b"film", "12.webm"),
        13: Piece("photo", JPEG, picture(2000, 20), "13.jpg"),
    }
    return Files(pictures | others)


@pytest_asyncio.fixture
async def channel(api: BotApi, files: Files) -> AsyncIterator[TelegramChannel]:
    """The channel as the service opens it."""
    async with speaking(api.url, api.token, files.found) as found:
        yield found


@pytest_asyncio.fixture
async def hasty(api: BotApi, files: Files) -> AsyncIterator[TelegramChannel]:
    """The channel, waiting for an answer only briefly."""
    async with speaking(api.url, api.token, files.found, patience=0.05) as found:
        yield found


def seen(who: User) -> list[tuple[str, str, list[str], int]]:
    """Kind, words, buttons and number of files of each message."""
    return [(m.kind, m.text, m.labels, len(m.files)) for m in who.sees()]


async def test_words_and_buttons_arrive_together(channel: TelegramChannel, aunt: User) -> None:
    ref = await channel.send(str(aunt.id), Rendered("<b>1 & 2</b> https://example.org", ROWS))
    assert seen(aunt) == [("text", "<b>1 & 2</b> https://example.org", ["提交", "取消"], 0)]
    assert ref == str(aunt.sees()[0].number)


async def test_a_long_text_has_its_buttons_at_the_end(channel: TelegramChannel, aunt: User) -> None:
    text = "有一句话。" * 2000
    await channel.send(str(aunt.id), Rendered(text, ROWS))
    shown = aunt.sees()
    assert "".join(m.text for m in shown) == text
    assert [len(m.labels) for m in shown] == [0, 0, 2]


@pytest.mark.parametrize(
    "media, words, shown",
    [
        ((1,), "图", [("photo", "图", 2, 1)]),
        ((1,), "字" * 1025, [("photo", "", 0, 1), ("text", "字" * 1025, 2, 0)]),
        ((10,), "听", [("voice", "听", 2, 1)]),
        ((11,), "看", [("document", "看", 2, 1)]),
        ((12,), "看", [("document", "看", 2, 1)]),
        ((13,), "看", [("document", "看", 2, 1)]),
        ((1, 2), "图", [("photo", "", 0, 1), ("photo", "", 0, 1), ("text", "图", 2, 0)]),
        ((1, 10, 2), "", [("photo", "", 0, 1), ("voice", "", 0, 1), ("photo", "", 0, 1)]),
        ((1, 13), "图", [("photo", "", 0, 1), ("document", "", 0, 1), ("text", "图", 2, 0)]),
        ((99,), "没有了", [("text", "没有了", 2, 0)]),
    ],
)
async def test_files_go_out_as_what_they_are(
    channel: TelegramChannel, aunt: User, media: tuple[int, ...], words: str, shown: list[object]
) -> None:
    await channel.send(str(aunt.id), Rendered(words, ROWS if words else (), media))
    assert [(kind, text, len(labels), count) for kind, text, labels, count in seen(aunt)] == shown


async def test_nine_pictures_are_an_album_with_its_words(channel: TelegramChannel, aunt: User) -> None:
    await channel.send(str(aunt.id), Rendered("九张", media=tuple(range(1, 10))))
    shown = aunt.sees()
    assert [m.text for m in shown] == ["九张", *[""] * 8]
    assert len({m.raw["media_group_id"] for m in shown}) == 1


async def test_a_message_is_changed_in_its_place(channel: TelegramChannel, aunt: User) -> None:
    chat = str(aunt.id)
    ref = await channel.send(chat, Rendered("一", ROWS))
    assert await channel.send(chat, Rendered("二"), edit=ref) == ref
    assert await channel.send(chat, Rendered("二"), edit=ref) == ref  # unchanged: fine
    assert seen(aunt) == [("text", "二", [], 0)]
    under = await channel.send(chat, Rendered("图", ROWS, (1,)))
    assert await channel.send(chat, Rendered("新", media=(2,)), edit=under) == under
    assert seen(aunt)[1:] == [("photo", "新", [], 1)]


async def test_what_can_not_be_changed_is_sent_anew(channel: TelegramChannel, aunt: User, bot: Bot) -> None:
    chat = str(aunt.id)
    gone = await channel.send(chat, Rendered("一"))
    await bot.delete_message(chat, int(gone))
    under = await channel.send(chat, Rendered("图", media=(1,)))
    said = await aunt.says("我的话")
    before = len(aunt.sees())
    refs = [gone, under.removesuffix("c"), str(said["message_id"]), "99", "-1", "", "abc", "1²"]
    for count, ref in enumerate(refs, 1):
        assert await channel.send(chat, Rendered(f"第{count}次"), edit=ref) != ref
        assert len(aunt.sees()) == before + count
    await channel.send(chat, Rendered("长" * 1025), edit=under)
    assert aunt.sees()[-1].text == "长" * 1025


async def test_who_can_not_be_reached(api: BotApi, channel: TelegramChannel, aunt: User) -> None:
    await aunt.blocks()
    for chat in (str(aunt.id), "9999", str(api.user(1002).id)):
        with pytest.raises(Unreachable):
            await channel.send(chat, Rendered("您好"))


async def test_faults_say_when_to_try_again(api: BotApi, channel: TelegramChannel, aunt: User) -> None:
    chat, said = str(aunt.id), Rendered("您好")
    api.limits(7, chat=aunt.id)
    with pytest.raises(TryLater) as flood:
        await channel.send(chat, said)
    assert flood.value.seconds == 7
    for status in (500, 502, 503):
        api.fails(status, "sendMessage")
        with pytest.raises(TryLater):
            await channel.send(chat, said)
    api.fails(502, "sendMessage", body=b"<html>/bot424242:secret/</html>")
    with pytest.raises(TryLater) as fault:
        await channel.send(chat, said)
    assert "secret" not in f"{fault.value!r} {fault.value.reason} {fault.value.__cause__}"
    assert aunt.sees() == []


async def test_a_broken_answer_leaves_it_open(api: BotApi, hasty: TelegramChannel, aunt: User) -> None:
    api.drops("sendMessage", carried_out=True)
    api.holds("sendMessage")
    for _ in range(2):
        with pytest.raises(Ambiguous):
            await hasty.send(str(aunt.id), Rendered("您好"))
    assert [m.text for m in aunt.sees()] == ["您好", "您好"]


async def test_no_connection_means_surely_unsent(files: Files) -> None:
    async with speaking("http://127.0.0.1:1", "424242:AAnobody-listens-here-0123456789", files.found) as lone:
        with pytest.raises(TryLater):
            await lone.send("1", Rendered("您好"))


async def test_a_second_try_goes_on_where_the_first_stopped(
    api: BotApi, channel: TelegramChannel, aunt: User
) -> None:
    message = Rendered("字" * 9000, ROWS, (1, 2))
    api.limits(1, "sendMessage")
    with pytest.raises(TryLater):
        await channel.send(str(aunt.id), message)
    api.fails(502, "sendMessage")
    with pytest.raises(TryLater):
        await channel.send(str(aunt.id), message)
    await channel.send(str(aunt.id), message)
    assert [m.kind for m in aunt.sees()] == ["photo", "photo", "text", "text", "text"]


async def test_files_are_fetched(channel: TelegramChannel, aunt: User, api: BotApi, picture: Picture) -> None:
    sent = await aunt.sends_photo(data := picture())
    file = File("photo", sent["photo"][-1]["file_id"])
    assert await channel.fetch(file) == data
    for fault in (lambda: api.fails(502, "getFile"), lambda: api.drops("file", times=2)):
        fault()
        with pytest.raises(TryLater):
            await channel.fetch(file)
    with pytest.raises(MediaRefused):
        await channel.fetch(replace(file, ref="nobody-gave-this"))


async def test_a_film_of_sixty_megabytes_is_too_big(
    channel: TelegramChannel, aunt: User, api: BotApi
) -> None:
    sent = await aunt.sends_document(b"...", "录像.mp4", size=60_000_000)
    ref, channel._calls.own_server = sent["document"]["file_id"], False
    for size in (60_000_000, None):
        with pytest.raises(TooBig) as refused:
            await channel.fetch(File("video", ref, size=size))
        assert refused.value.limit == FETCH_LIMIT
    assert len(api.calls_of("getFile")) == 1


async def test_a_press_too_old_is_no_trouble(api: BotApi, channel: TelegramChannel) -> None:
    await channel.acknowledge("12345")
    assert api.calls_of("answerCallbackQuery")[0].error is not None
