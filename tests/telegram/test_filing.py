"""Requests filed on Telegram, through the real desk and the real library, in both modes."""

import re
from collections.abc import Callable

import pytest

from domain.codes import ALPHABET
from domain.messages import Press, Text
from tests.media import samples
from tests.stubs.bot_api_people import User
from tests.telegram.live import Live

Picture = Callable[..., bytes]
NUMBER = re.compile(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}")


async def card_of(service: Live, who: User, words: str = "楼道灯不亮，晚上看不见") -> None:
    """Somebody writes; the card is shown."""
    await who.says(words)
    await who.waits_for(lambda message: "提交" in message.labels)
    await service.quiet()


async def test_words_become_a_case_with_two_touches(service: Live) -> None:
    aunt = await service.resident()
    await card_of(service, aunt)
    press = await aunt.presses("提交")
    assert await press.answer() == {"text": "", "show_alert": False}
    filed = await aunt.waits_for(lambda message: NUMBER.search(message.text))
    assert "看详情" in filed.labels
    assert await service.cases() == 1


async def test_a_photo_begins_a_request(service: Live, picture: Picture) -> None:
    aunt = await service.resident()
    await aunt.sends_photo(picture(), "路灯不亮")
    card = await aunt.waits_for(lambda message: "提交" in message.labels)
    assert "路灯不亮" in card.text and "附件：1个" in card.text


async def test_an_album_is_one_card_and_one_case(service: Live, picture: Picture) -> None:
    aunt = await service.resident()
    await card_of(service, aunt)
    before = len(aunt.sees())
    await aunt.sends_album([picture(300 + n, 200) for n in range(9)], "就是这里")
    await service.quiet()
    shown = aunt.sees()[before:]
    assert len(shown) == 1 and shown[0].edited
    assert "附件：9个" in shown[0].text and "就是这里" in shown[0].text
    await aunt.presses("提交")
    await aunt.waits_for(lambda message: NUMBER.search(message.text))
    assert await service.cases() == 1


async def test_voice_and_position_join_the_request(service: Live) -> None:
    aunt = await service.resident()
    await card_of(service, aunt)
    await aunt.sends_voice(samples.voice("ogg"))
    await aunt.hears("附件：1个")
    await aunt.sends_location(30.25, 119.95)
    await aunt.waits_for(lambda message: "同意保存位置" in message.labels)
    await aunt.presses("同意保存位置")
    await aunt.hears("已发位置")


async def test_a_corrected_message_corrects_the_card_in_its_place(service: Live) -> None:
    aunt = await service.resident()
    said = await aunt.says("楼道灯不亮")
    card = await aunt.waits_for(lambda message: "提交" in message.labels)
    await service.quiet()
    await aunt.edits(said, "楼道的水管漏水")
    corrected = await aunt.hears("水管漏水")
    assert "楼道灯" not in corrected.text and corrected.number >= card.number


async def test_forwarded_words_are_taken_as_theirs(service: Live) -> None:
    aunt = await service.resident()
    await aunt.forwards("井盖坏了，很危险", author="邻居")
    await aunt.hears("井盖坏了")
    assert service.desk.arrived[-1].forwarded


@pytest.mark.parametrize("kind", ["contact", "sticker", "dice", "new_kind"])
async def test_what_can_not_be_used_gets_an_answer(service: Live, kind: str) -> None:
    aunt = await service.resident()
    match kind:
        case "contact":
            await aunt.sends_contact("13800000000")
        case "sticker":
            await aunt.sends_sticker()
        case "dice":
            aunt._sends({"dice": {"emoji": "🎲", "value": 3}})
        case _:
            aunt._sends({})
    assert (await aunt.waits_for()).text
    assert await service.cases() == 0


async def test_ten_thousand_characters_lose_nothing(service: Live) -> None:
    aunt = await service.resident()
    before = len(service.desk.arrived)
    await aunt.says("长" * 10_000)
    await service.quiet()
    arrived = [inbound.what for inbound in service.desk.arrived[before:]]
    assert "".join(what.text for what in arrived if isinstance(what, Text)) == "长" * 10_000
    assert aunt.sees()[-1].text


@pytest.mark.parametrize(
    "words", ["<b>粗</b> {{7*7}} &amp;", "\u202e倒着写", "😀😀😀", "\u200b路灯\u2066坏了"]
)
async def test_markup_arrives_as_it_was_written(service: Live, words: str) -> None:
    aunt = await service.resident()
    await aunt.says(words)
    answer = await aunt.waits_for()
    assert "49" not in answer.text
    assert "<b>粗</b>" not in words or "<b>粗</b> {{7*7}} &amp;" in answer.text


@pytest.mark.parametrize(
    "data", ["do:7K3F-29:accept", "~x.1.send", "~", "::::", "字" * 21, "agree:basic", "\x00"]
)
async def test_a_forged_button_changes_nothing(service: Live, data: str) -> None:
    aunt = await service.resident()
    press = await aunt.forges(data, aunt.sees()[-1])
    await press.answer()
    assert (await aunt.waits_for()).text
    assert service.desk.arrived[-1].what == Press(data)
    assert await service.cases() == 0


async def test_a_stale_button_shows_where_things_stand(service: Live) -> None:
    aunt = await service.resident()
    await card_of(service, aunt)
    old = next(message for message in aunt.sees() if "提交" in message.labels)
    await aunt.presses("改地点")
    await service.quiet()
    service.api.world.query_term = -1  # Telegram takes no answer to this press any more
    await aunt.presses("提交", on=old)
    assert (await aunt.waits_for()).text
    assert await service.cases() == 0


async def test_a_group_is_refused_once_and_nothing_is_kept(service: Live) -> None:
    aunt = service.api.user(1001)
    group = service.api.group("春晖小区")
    await group.adds_bot(by=aunt)
    member = aunt.in_group(group)
    refusal = await member.waits_for(earlier=True)
    assert "群里不办事" in refusal.text
    for words in ("/start", "@workroom_bot 路灯坏了", "/help@workroom_bot"):
        await member.says(words)
    await service.quiet()
    assert len(member.sees()) == 1
    assert service.desk.arrived == []


async def test_the_same_update_again_is_one_case_and_one_answer(service: Live) -> None:
    aunt = await service.resident()
    await card_of(service, aunt)
    await aunt.presses("提交")
    update = service.api.updates.pending[-1].json if service.api.updates.pending else None
    await aunt.waits_for(lambda message: NUMBER.search(message.text))
    await service.quiet()
    seen, handled = len(aunt.sees()), len(service.desk.arrived)
    assert update is not None
    service.api.redelivers(update)
    await service.quiet()
    assert (len(aunt.sees()), len(service.desk.arrived)) == (seen, handled)
    assert await service.cases() == 1


async def test_who_blocks_the_bot_is_no_longer_written_to(service: Live) -> None:
    aunt = await service.resident()
    await aunt.blocks()
    await service.quiet()
    assert await reachable(service) == 0
    await aunt.unblocks()
    await aunt.says("/help")
    await aunt.waits_for()
    await service.quiet()
    assert await reachable(service) == 1


async def reachable(service: Live) -> int:
    """How many people can be reached on Telegram."""
    async with service.world.unit() as uow:
        rows = await uow.connection.exec_driver_sql(
            "SELECT count(*) FROM identities WHERE channel = 'telegram' AND reachable"
        )
        return int(rows.scalar_one())


async def test_a_film_of_sixty_megabytes_is_refused_in_words(service: Live) -> None:
    aunt = await service.resident()
    await aunt.sends_document(b"...", "录像.mp4", "video/mp4", size=60_000_000)
    assert "20" in (await aunt.waits_for()).text
    await aunt.sends_document(b"#!/bin/sh", "照片.jpg", "image/jpeg")
    assert (await aunt.waits_for()).text
    assert await service.cases() == 0
    assert service.desk.reported == []
