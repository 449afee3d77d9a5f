"""A letter of which nobody knows whether it arrived: said again only where twice does no harm (TRUST 5)."""

import pytest
import sqlalchemy as sa

from bot.measure import registry
from domain.messages import Message, Rendered
from domain.people import Seat
from handlers.ports import Ambiguous
from storage.outbox import NewLetter
from storage.tables import outbox
from tests.chat import Chat
from tests.delivery.test_postman import FILED, Faulty, state_of, use
from tests.paper import Paper


class Mumbling(Paper):
    """A channel of which nobody knows whether it has said these words."""

    def __init__(self, words: str) -> None:
        super().__init__("web")
        self._words = words

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        if self._words in message.text:
            raise Ambiguous("no answer")
        return await super().send(chat, message, edit=edit)


def count(outcome: str) -> float:
    """How many letters came to this so far, as /metrics shows it."""
    return registry.get_sample_value("workroom_sends_total", {"outcome": outcome}) or 0.0


@pytest.mark.parametrize(
    "who, urgent, key, state",
    [
        ("居民", False, "flow.cancelled", "in_doubt"),
        ("居民", True, "flow.cancelled", "sent"),
        ("居民", False, "notice.digest", "sent"),
        ("联络员", False, "flow.cancelled", "sent"),
    ],
)
async def test_only_what_may_be_read_twice_is_repeated(
    chat: Chat, who: str, urgent: bool, key: str, state: str
) -> None:
    await chat.actor("联络员")
    await chat("居民: (扫码 w_LJ01)\n居民: 同意")
    seat = Seat("person", await resident(chat)) if who == "居民" else await chat.seat(who)
    world = chat.world
    use(world, channel := Faulty(Ambiguous("no answer"), times=1))
    nothing = {"items": [], "others": [], "count": 0, "more": 0, "night": True}
    message = Message(key, nothing if key == "notice.digest" else {})
    ambiguous, doubtful = count("ambiguous"), count("in_doubt")
    async with world.unit() as uow:
        await uow.outbox.post_all([NewLetter("it", seat, message, urgent=urgent)], world.clock())
    await world.deliver()
    world.clock.on(minutes=1)
    await world.deliver()
    assert (channel.tries, await state_of(world, "it")) == (2 if state == "sent" else 1, state)
    assert count("ambiguous") == ambiguous + 1
    assert count("in_doubt") - doubtful == (state == "in_doubt")


async def resident(chat: Chat) -> int:
    """The number of the person who has just arrived."""
    async with chat.world.unit() as uow:
        person = await uow.people.known("web", chat.actors["居民"].id)
    assert person is not None
    return person.id


async def test_the_liaison_sees_that_an_answer_may_not_have_arrived(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(FILED.format(words="路灯不亮"))
    use(chat.world, Mumbling("修好了"))
    await chat("""
        联络员 < {号}
        联络员: 受理
        联络员: 答复居民
        联络员: 路灯修好了。
        联络员: 发给居民
    """)
    await chat("""
        联络员 < {号}…可能没送到居民…问一声 [看详情]
        联络员: 看详情
        机器人: {号}…可能没送到
    """)
    async with chat.world.unit() as uow:
        found = await uow.connection.execute(sa.select(outbox.c.state).where(outbox.c.state == "in_doubt"))
        assert len(found.all()) == 1
