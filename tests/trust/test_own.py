"""Nobody approves their own, whatever seats they hold (TRUST 19)."""

from domain.messages import Answer, Text
from tests.chat import Actor
from tests.trust.town import Town, count, rows


def first(answer: Answer) -> str:
    return answer.messages[0].key


async def _routed(town: Town, liaison: Actor) -> str:
    resident = await town.person("居民")
    number = await town.filed(resident, "楼道灯坏了")
    await town.routed(liaison, number)
    return number


async def _asks(town: Town, contact: Actor, number: str) -> None:
    await town.press(contact, f"do:{number}:ask_extension")
    await town.tap(contact, "3")
    await town.send(contact, Text("缺配件，要等。"))
    if any(b.data.endswith(".send") for row in contact.answer[-1].buttons for b in row):
        await town.tap(contact, "send")


async def test_who_asked_for_more_time_does_not_grant_it(town: Town) -> None:
    both = await town.person("两边", await town.place("liaison"), await town.place("contact"))
    number = await _routed(town, both)
    await _asks(town, both, number)
    assert await count(town.world, "routes", extension="asked") == 1
    before = await rows(town.world)
    assert first(await town.press(both, f"do:{number}:grant_extension")) == "case.not_your_own"
    assert await rows(town.world) == before
    assert first(await town.press(both, f"do:{number}:decline_extension")) == "done.decline_extension"


async def test_somebody_else_grants_it(town: Town) -> None:
    liaison = await town.person("联络", await town.place("liaison"))
    contact = await town.person("经办", await town.place("contact"))
    number = await _routed(town, liaison)
    await _asks(town, contact, number)
    assert first(await town.press(liaison, f"do:{number}:grant_extension")) == "done.grant_extension"


async def _not_satisfied(town: Town, handler: Actor) -> str:
    resident = await town.person("居民")
    number = await town.filed(resident, "楼道灯坏了")
    await town.press(handler, f"do:{number}:take")
    await town.answered(handler, number)
    assert first(await town.press(resident, f"rate:{number}.1:not")) == "done.rate_not"
    return number


async def _called(town: Town, actor: Actor, number: str) -> str:
    before = await count(town.world, "events", action="call_back")
    told = await town.press(actor, f"do:{number}:call_back")
    if told.messages[0].key.startswith("call_back."):
        told = await town.send(actor, Text("电话里说，灯还是不亮。"))
        if any(b.data.endswith(".send") for row in told.messages[-1].buttons for b in row):
            told = await town.tap(actor, "send")
    assert await count(town.world, "events", action="call_back") == before + (
        told.messages[0].key == "done.call_back"
    )
    return told.messages[0].key


async def test_the_handler_is_not_asked_to_call_back_in_another_seat(town: Town) -> None:
    seats = [await town.place("liaison"), await town.place("representative")]
    handler = await town.person("联络兼代表", *seats)
    other = await town.person("代表二", await town.place("representative", index=1))
    number = await _not_satisfied(town, handler)
    assert await count(town.world, "rounds", caller=str(seats[1])) == 0
    assert await count(town.world, "rounds", caller=str(seats[0])) == 0
    assert await _called(town, handler, number) != "done.call_back"
    assert await _called(town, other, number) == "done.call_back"


async def test_who_becomes_the_handler_later_does_not_call_back_either(town: Town) -> None:
    liaison = await town.person("联络", await town.place("liaison"))
    handler = await town.person("代表", await town.place("representative"))
    number = await _not_satisfied(town, handler)
    code = await town.world.invite(await town.place("representative"))
    await town.send(liaison, Text(code))
    assert await _called(town, liaison, number) == "case.not_your_own"


async def test_the_filer_is_not_asked_to_call_back(town: Town) -> None:
    filer = await town.person("联络自己", await town.place("liaison"))
    handler = await town.person("代表", await town.place("representative"))
    number = await town.filed(filer, "楼道灯坏了")
    await town.press(handler, f"do:{number}:take")
    await town.answered(handler, number)
    assert first(await town.press(filer, f"rate:{number}.1:not")) == "done.rate_not"
    assert await count(town.world, "rounds", caller=str(await town.place("liaison"))) == 0
    assert await _called(town, filer, number) != "done.call_back"


async def test_who_answered_does_not_rate_it(town: Town) -> None:
    own = await town.person("代表自己", await town.place("representative"))
    number = await town.filed(own, "楼道灯坏了")
    await town.press(own, f"do:{number}:take")
    await town.answered(own, number)
    before = await rows(town.world)
    for how in ("very", "basically", "not"):
        assert first(await town.press(own, f"rate:{number}.1:{how}")) == "case.not_your_own"
    assert await rows(town.world) == before


async def test_staff_cannot_rate_for_the_resident(town: Town) -> None:
    liaison = await town.person("联络", await town.place("liaison"))
    resident = await town.person("居民")
    number = await town.filed(resident, "楼道灯坏了")
    await town.press(liaison, f"do:{number}:accept")
    await town.answered(liaison, number)
    before = await rows(town.world)
    for how in ("very", "not"):
        assert first(await town.press(liaison, f"rate:{number}.1:{how}")) == "case.not_your_part"
    assert first(await town.press(liaison, f"comment:{number}.1")) == "error.not_found"
    assert await rows(town.world) == before


async def test_nobody_merges_others_into_their_own(town: Town) -> None:
    liaison = await town.person("联络", await town.place("liaison"))
    resident = await town.person("居民")
    own, others = await town.filed(liaison, "楼道灯坏了"), await town.filed(resident, "楼道的灯不亮")
    await town.press(liaison, f"do:{others}:merge")
    told = await town.send(liaison, Text(f"并入 {own[:4]}-{own[4:]}"))
    if any(b.data.endswith(".send") for row in told.messages[-1].buttons for b in row):
        told = await town.tap(liaison, "send")
    assert first(told) == "case.not_your_own"
    assert await count(town.world, "cases", state="merged") == 0
