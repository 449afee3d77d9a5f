"""What several seats are told is kept once, and what a new request says stands once in its letters."""

import sqlalchemy as sa

from domain.messages import Choice, Message
from domain.people import Seat
from storage.outbox import NewLetter
from storage.tables import outbox
from tests.world import World

WORDS = "楼下的路灯不亮了。" * 20
SHOW = ((Choice("show:7K3F29", "case.do.show"),),)


def letter(key: str, seat: int, message: Message) -> NewLetter:
    return NewLetter(key, Seat("liaison", seat), message)


async def test_letters_say_what_was_written(service: World) -> None:
    same = Message("notice.submit.liaison", {"about": WORDS, "words": WORDS, "number": "7K3F29"}, SHOW)
    other = Message("notice.answer.filer", {"about": WORDS, "words": "已经修好了。"}, media=(3,))
    silent = Message("notice.submit.liaison", {"about": "", "words": ""})
    said = {"a": same, "b": same, "c": other, "d": silent, "e": Message("flow.cancelled")}
    now = service.clock()
    async with service.unit() as uow:
        letters = [letter(key, place, said[key]) for place, key in enumerate(said)]
        await uow.outbox.post_all(letters, now)
    async with service.unit() as uow:
        claimed = {one.key: one.message for one in await uow.outbox.claim(now) if one.key in said}
        rows = await uow.connection.execute(sa.select(outbox.c.key, outbox.c.message))
        kept = {row.key: str(row.message) for row in rows}
    assert claimed == said
    assert [kept[key].count(WORDS) for key in "abc"] == [1, 1, 1]


async def test_a_digest_in_its_place_says_what_it_said(service: World) -> None:
    message, now = Message("notice.submit.liaison", {"about": WORDS, "words": WORDS}), service.clock()
    async with service.unit() as uow:
        await uow.outbox.post_all([letter("one", 1, Message("flow.cancelled"))], now)
    async with service.unit() as uow:
        found = await uow.connection.execute(sa.select(outbox.c.id).where(outbox.c.key == "one"))
        number = found.scalar_one()
        await uow.outbox.rewrite(number, message)
    async with service.unit() as uow:
        claimed = [one.message for one in await uow.outbox.claim(now) if one.key == "one"]
    assert claimed == [message]
