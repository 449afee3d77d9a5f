"""Before consent nothing of anybody is kept anywhere; withdrawal holds from the next message (TRUST 25)."""

import asyncio

import pytest

from domain.messages import Contact, File, Inbound, Other, Position, Press, Start, Text, What
from handlers.strangers import KEPT, LONGEST
from storage.sessions import Key
from tests.chat import Actor
from tests.trust.town import Town, rows, stored

CANARY = "7700123456789"
BEFORE: tuple[What, ...] = (
    Text("您好"),
    Text("/language"),
    Text("English"),
    Text("1号楼漏水"),
    Text(""),
    Text("撤回同意"),
    Press("go:file"),
    Press("language:en"),
    Press("show:ABCDEF"),
    Press("draft:drop"),
    Start(),
    Start("w_LJ01"),
    Start("i_22222222222A"),
    Start("m_ABCDEFGH"),
    Start("x" * 64),
    Start("i_" + "长" * 60),
    File("photo", "a", "image/jpeg", 10, "照片"),
    Position(30.3, 119.0, 5.0, "家"),
    Contact("13800000000"),
    Other("sticker"),
    Press("disagree"),
    Text("不同意"),
    Press("agree"),
    Press("agree:"),
    Press("agree:sensitive:"),
    Press("agree:abroad:"),
    Press("agree:x:y"),
)


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_nothing_is_kept_before_consent(town: Town, channel: str) -> None:
    before = await rows(town.world, without=frozenset())
    for number, what in enumerate(BEFORE):
        answer = await town.world.desk.handle(
            Inbound(channel, CANARY, CANARY, str(number), what, spoken="en")
        )
        assert answer.messages and not answer.stored, what
    assert await rows(town.world, without=frozenset()) == before
    assert CANARY not in await stored(town.world)


async def test_a_flood_of_strangers_leaves_no_row_and_little_in_memory(town: Town) -> None:
    before = await rows(town.world, without=frozenset())
    crowd = [Inbound("web", f"v{n}", f"v{n}", "1", Text("水" * 50_000)) for n in range(40)]
    await asyncio.gather(*(town.world.desk.handle(one) for one in crowd))
    assert await rows(town.world, without=frozenset()) == before
    held = town.world.desk._strangers.said
    assert len(held) == 40 <= KEPT
    assert max(len(one.what.text) for one in held.values() if isinstance(one.what, Text)) == LONGEST


async def test_memory_for_strangers_is_bounded(town: Town) -> None:
    held = town.world.desk._strangers.said
    for n in range(KEPT + 25):
        inbound = Inbound("web", f"v{n}", f"v{n}", "1", Text("水管漏了"))
        town.world.desk._strangers.hear(_key(inbound), inbound)
    assert len(held) == KEPT
    assert _key(Inbound("web", "v0", "v0", "1", Text(""))) not in held


def _key(inbound: Inbound) -> Key:
    return Key(inbound.channel, inbound.chat, inbound.user)


async def test_declining_abroad_takes_back_what_was_agreed_before(town: Town) -> None:
    before = await rows(town.world, without=frozenset())
    actor = Actor("外人", "telegram", CANARY)
    await town.send(actor, Text("路灯坏了"))
    asked = await town.press(actor, "agree:basic:")
    assert [m.key for m in asked.messages] == ["consent.abroad"]
    told = await town.press(actor, "disagree")
    assert [m.key for m in told.messages] == ["consent.declined"]
    after = await rows(town.world, without=frozenset())
    assert CANARY not in await stored(town.world)
    assert after == before


async def test_abroad_is_asked_for_by_itself(town: Town) -> None:
    actor = Actor("外人", "telegram", CANARY)
    await town.send(actor, Start("w_LJ01"))
    await town.press(actor, "agree:basic:w_LJ01")
    told = await town.send(actor, Text("我家在哪个工作室"))
    assert [m.key for m in told.messages] == ["consent.abroad"] and not told.stored
    assert "我家在哪个工作室" not in await stored(town.world)
    told = await town.press(actor, "agree:abroad:w_LJ01")
    assert told.messages[0].key == "consent.thanks" and told.stored


async def test_withdrawal_holds_from_the_next_message(town: Town) -> None:
    actor = await town.person("居民")
    await town.filed(actor, "楼道灯坏了")
    await town.press(actor, "go:file")
    await town.send(actor, Text("没写完的悄悄话"))
    assert "没写完的悄悄话" in await stored(town.world)
    await town.send(actor, Text("撤回同意"))
    assert "没写完的悄悄话" not in await stored(town.world)
    before = await rows(town.world, without=frozenset())
    for what in (
        Text("再说一句秘密"),
        Press("go:mine"),
        Press("go:file"),
        Position(30.0, 119.0),
        Start("w_ST01"),
    ):
        told = await town.send(actor, what)
        assert told.messages[-1].key == "consent.basic" and not told.stored
    assert await rows(town.world, without=frozenset()) == before
    await town.world.deliver()
    assert not town.world.channels["web"].said.get(actor.id)


async def test_a_number_or_a_nod_agrees_only_to_what_was_asked(town: Town) -> None:
    """「1」 out of the blue is no consent, nor is 「好的」 after withdrawing it."""
    actor = await town.person("居民")
    await town.send(actor, Text("撤回同意"))
    for who, words in ((actor, "好的"), (Actor("过客", "web", "2001"), "1")):
        told = await town.send(who, Text(words))
        assert told.messages[-1].key == "consent.basic" and not told.stored
        assert (await town.send(who, Text(words))).messages[0].key == "consent.thanks"


async def test_what_was_declined_after_a_life_here_stays_on_record(town: Town) -> None:
    actor = await town.person("居民")
    number = await town.filed(actor, "楼道灯坏了")
    await town.send(actor, Text("撤回同意"))
    before = await rows(town.world)
    await town.press(actor, "disagree")
    assert await rows(town.world) == before
    await town.agree(actor)
    assert [m.key for m in (await town.press(actor, f"show:{number}")).messages] == ["case.for_filer"]


async def test_a_position_is_kept_only_with_its_own_consent(town: Town) -> None:
    actor = await town.person("居民")
    await town.press(actor, "go:file")
    await town.send(actor, Text("路面有坑"))
    told = await town.send(actor, Position(30.123457, 119.765432, 5.0, "悄悄的家"))
    assert [m.key for m in told.messages] == ["consent.sensitive"]
    kept = await stored(town.world)
    assert "30.123457" not in kept and "悄悄的家" not in kept
    await town.press(actor, "position:no")
    await town.press(actor, "agree:sensitive:")
    assert "30.123457" not in await stored(town.world)
