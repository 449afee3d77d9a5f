"""A letter of which nobody knows whether it arrived: said again, so that twice does no harm (TRUST 5)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.doubts import SAID, SAID_COUNTED
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
            raise Ambiguous("no answer", counted=True)
        return await super().send(chat, message, edit=edit)


def count(outcome: str) -> float:
    """How many letters came to this so far, as /metrics shows it."""
    return registry.get_sample_value("workroom_sends_total", {"outcome": outcome}) or 0.0


class Doubtful(Faulty):
    """A channel that says it each time, and of the first times nobody hears whether it did."""

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        ref = await Paper.send(self, chat, message, edit=edit)
        self.tries += 1
        if self.tries <= self.times:
            raise self.trouble
        return ref

    def texts(self) -> list[str]:
        """What it said, by chat and then by time."""
        return [message.text for told in self.said.values() for _, message in told]


AGAIN = "这条可能给您发过了"


@pytest.mark.parametrize(
    "who, urgent, key, tells",
    [
        ("居民", False, "flow.cancelled", True),
        ("居民", True, "flow.cancelled", False),
        ("居民", False, "notice.digest", False),
        ("联络员", False, "flow.cancelled", False),
    ],
)
async def test_what_was_in_doubt_is_repeated_and_says_so_to_a_resident(
    chat: Chat, who: str, urgent: bool, key: str, tells: bool
) -> None:
    world, seat = chat.world, await someone(chat, who)
    use(world, channel := Doubtful(Ambiguous("no answer"), times=1))
    channel.said = {}
    ambiguous, doubtful = count("ambiguous"), count("in_doubt")
    await post(chat, seat, key, urgent=urgent)
    await world.deliver()
    world.clock.on(minutes=1)
    await world.deliver()
    assert (channel.tries, await state_of(world, "it")) == (2, "sent")
    first, second = channel.texts()
    assert (AGAIN in second, second.endswith(first)) == (tells, True)
    assert AGAIN not in first
    assert (count("ambiguous"), count("in_doubt")) == (ambiguous + 1, doubtful)


@pytest.mark.parametrize("counted, most", [(False, SAID), (True, SAID_COUNTED)])
async def test_a_doubt_that_stays_is_left_at_a_few_tries(chat: Chat, counted: bool, most: int) -> None:
    world, seat = chat.world, await someone(chat, "联络员")
    use(world, channel := Faulty(Ambiguous("no answer", counted=counted), times=100))
    doubtful = count("in_doubt")
    await post(chat, seat, "flow.cancelled")
    for _ in range(2 * SAID):
        await world.deliver()
        world.clock.on(minutes=31)
    assert (channel.tries, await state_of(world, "it")) == (most, "in_doubt")
    assert count("in_doubt") == doubtful + 1


async def test_who_takes_over_from_the_dead_says_that_it_may_be_known(chat: Chat) -> None:
    """The dead postman had perhaps sent it: nobody else knows."""
    world, seat = chat.world, await someone(chat, "居民")
    use(world, channel := Doubtful(Ambiguous(), times=0))
    channel.said = {}
    await post(chat, seat, "flow.cancelled")
    async with world.unit() as uow:
        assert len(await uow.outbox.claim(world.clock())) == 1
        past = sa.update(outbox).values(leased_until=world.clock() - timedelta(days=400))
        await uow.connection.execute(past)
    await world.deliver()
    assert [AGAIN in text for text in channel.texts()] == [True]


async def post(chat: Chat, seat: Seat, key: str, *, urgent: bool = False) -> None:
    nothing = {"items": [], "others": [], "count": 0, "more": 0, "night": True, "opens": False}
    message = Message(key, nothing if key == "notice.digest" else {})
    async with chat.world.unit() as uow:
        await uow.outbox.post_all([NewLetter("it", seat, message, urgent=urgent)], chat.world.clock())


async def someone(chat: Chat, who: str) -> Seat:
    await chat.actor("联络员")
    await chat("居民: (扫码 w_LJ01)\n居民: 同意")
    return Seat("person", await resident(chat)) if who == "居民" else await chat.seat(who)


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
        联络员 < 无
    """)
    chat.world.clock.on(minutes=1)
    await chat("""
        联络员 < {号}…可能没送到居民…问一声 [看详情]
        联络员: 看详情
        机器人: {号}…可能没送到
    """)
    async with chat.world.unit() as uow:
        found = await uow.connection.execute(sa.select(outbox.c.state).where(outbox.c.state == "in_doubt"))
        assert len(found.all()) == 1
