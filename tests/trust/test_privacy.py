"""Who filed it is seen by those who may: canaries in a name and a chat id, sought everywhere (TRUST 21)."""

import json
from dataclasses import replace

import pytest
import structlog
from starlette.routing import Route
from structlog.testing import capture_logs

from bot import health, log
from domain.messages import Answer, Inbound, Press, Text
from handlers.desk import Desk
from tests.chat import Actor
from tests.trust.town import Town, rows

NAME = "欧阳金丝雀"
CHAT = "7700123456789"
PHONE = "13912345678"
WORDS = f"楼道灯坏了，我的电话{PHONE}。"
STAFF = ("liaison", "representative", "contact", "officer")


async def _filer(town: Town) -> Actor:
    actor = Actor("居民", "web", CHAT)
    town.actors["居民"] = actor
    await town.agree(actor)
    await town.press(actor, "go:name")
    await town.send(actor, Text(NAME))
    return actor


async def _staff(town: Town) -> dict[str, Actor]:
    return {role: await town.person(role, await town.place(role)) for role in STAFF}


async def _whole_life(town: Town, filer: Actor, staff: dict[str, Actor], privacy: str) -> str:
    """From filing over a department and two rounds to the rating, with everybody looking at everything."""
    number = await town.filed(filer, WORDS, privacy)
    liaison, representative, contact = staff["liaison"], staff["representative"], staff["contact"]
    await town.press(liaison, f"do:{number}:accept")
    await town.press(representative, f"do:{number}:take")
    await _asked(town, liaison, filer, number)
    await town.routed(liaison, number)
    await town.press(contact, f"do:{number}:acknowledge")
    await _looked_at(town, staff, number)
    await _said(town, contact, f"do:{number}:reply", "灯已经换好了。")
    await town.press(liaison, f"do:{number}:answer")
    await town.tap(liaison, "send")
    await town.press(filer, f"rate:{number}.1:not")
    await _said(town, liaison, f"do:{number}:call_back", "还差一盏灯。")
    await _said(town, representative, f"do:{number}:answer", "都换好了。")
    await town.press(filer, f"rate:{number}.2:very")
    await _said(town, filer, f"comment:{number}.2", "谢谢。")
    await _looked_at(town, staff, number)
    await town.world.deliver()
    return number


async def _asked(town: Town, staff: Actor, filer: Actor, number: str) -> None:
    await _said(town, staff, f"do:{number}:ask", "是哪个单元？")
    await _said(town, filer, f"do:{number}:tell", "三单元。")


async def _said(town: Town, actor: Actor, press: str, words: str) -> None:
    await town.press(actor, press)
    await town.send(actor, Text(words))
    if any(b.data.endswith(".send") for row in actor.answer[-1].buttons for b in row):
        await town.tap(actor, "send")


async def _looked_at(town: Town, staff: dict[str, Actor], number: str) -> None:
    for actor in staff.values():
        await town.press(actor, f"show:{number}")
        await town.press(actor, f"show:{number}:all")
        await town.press(actor, "go:todo")


class Listener:
    """The desk, with everything it says written down by whom it was said to."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.heard: dict[str, list[str]] = {}

    async def handle(self, inbound: Inbound) -> Answer:
        """Pass it on and listen."""
        answer = await self.desk.handle(inbound)
        self.heard.setdefault(inbound.user, []).extend(repr(message) for message in answer.messages)
        return answer


async def _heard(town: Town, privacy: str) -> tuple[dict[str, str], list[str]]:
    """What each staff member saw in answers and letters; what letters to staff hold in the outbox."""
    listener = Listener(town.world.desk)
    town.world.desk = listener  # type: ignore[assignment]
    staff, filer = await _staff(town), await _filer(town)
    await _whole_life(town, filer, staff, privacy)
    seen = {}
    for role, actor in staff.items():
        letters = [repr(m) for _, m in town.world.channels["web"].said.get(actor.id, [])]
        seen[role] = "\n".join([*listener.heard[actor.id], *letters])
    outbox = [json.dumps(row, ensure_ascii=False, default=str) for row in (await rows(town.world))["outbox"]]
    return seen, [letter for letter in outbox if '"person:' not in letter]


MAY_KNOW = {
    "anonymous": set(),
    "workroom_only": {"liaison", "representative"},
    "named": {"liaison", "representative", "contact"},
}


@pytest.mark.parametrize("privacy", MAY_KNOW)
async def test_who_filed_it_is_seen_by_those_who_may(town: Town, privacy: str) -> None:
    seen, letters = await _heard(town, privacy)
    assert all("楼道灯坏了" in seen[role] for role in ("liaison", "representative", "contact"))
    assert {role for role, said in seen.items() if NAME in said} == MAY_KNOW[privacy]
    assert len(letters) > 10
    for said in (*seen.values(), *letters):
        assert CHAT not in said
    assert not [letter for letter in letters if NAME in letter]


async def test_the_anonymous_filer_still_hears_everything(town: Town) -> None:
    staff, filer = await _staff(town), await _filer(town)
    await _whole_life(town, filer, staff, "anonymous")
    keys = [m.key for _, m in town.world.channels["web"].said[CHAT]]
    assert {"notice.accept.filer", "notice.ask.filer", "notice.route.filer", "notice.answer.filer"} <= set(
        keys
    )


async def test_a_request_joined_with_another_shows_nothing_of_the_other(town: Town) -> None:
    staff, filer = await _staff(town), await _filer(town)
    other = await town.person("别人")
    first = await town.filed(filer, f"{NAME}家门口的灯坏了", "workroom_only")
    joined = await town.filed(other, "楼道里黑")
    await town.press(staff["liaison"], f"do:{joined}:merge")
    await town.send(staff["liaison"], Text(f"{first[:4]}-{first[4:]}"))
    if any(b.data.endswith(".send") for row in staff["liaison"].answer[-1].buttons for b in row):
        await town.tap(staff["liaison"], "send")
    await town.press(staff["liaison"], f"do:{first}:accept")
    await _said(town, staff["liaison"], f"do:{first}:ask", "是哪一家？")
    await town.answered(staff["liaison"], first, "灯都换好了。")
    await town.world.deliver()
    letters = [m for _, m in town.world.channels["web"].said[other.id]]
    assert [m.key for m in letters] == ["notice.merge.filer", "notice.joined"]
    said = "\n".join(repr(m) for m in letters)
    assert "灯都换好了。" in said and f"{joined[:4]}-{joined[4:]}" in said
    assert NAME not in said and first not in said and f"{first[:4]}-{first[4:]}" not in said
    pressed = [b.data for m in letters for row in m.buttons for b in row]
    for data in pressed:
        assert [m.key for m in (await town.press(other, data)).messages] == ["case.for_filer"]


async def test_logs_and_figures_hold_nobodys_name_number_or_words(town: Town) -> None:
    with capture_logs() as logs:
        staff, filer = await _staff(town), await _filer(town)
        await _whole_life(town, filer, staff, "named")
        try:
            raise ValueError(f"{NAME} {CHAT} {PHONE} {WORDS}")
        except ValueError as bug:
            reference = log.report(bug)
        structlog.get_logger().info("done")
    told = json.dumps(logs, ensure_ascii=False)
    watch = health.Health(town.world.parts.settings)
    metrics = next(route for route in watch.routes() if isinstance(route, Route) and route.path == "/metrics")
    figures = (await metrics.endpoint(None)).body.decode()
    await watch.close()
    assert reference in told and "workroom_outbox_letters" in figures
    for canary in (NAME, CHAT, PHONE, "楼道灯"):
        assert canary not in told and canary not in figures


async def test_a_bug_is_told_without_its_text(town: Town) -> None:
    filer = await _filer(town)
    house = town.world.house

    def broken(count: int) -> int:
        raise RuntimeError(f"{NAME} {CHAT} {WORDS}")

    with capture_logs() as logs:
        desk = Desk(replace(house, choose=broken, report=log.report))
        answer = await desk.handle(Inbound("web", filer.id, filer.id, "bug", Press("go:file")))
    assert [m.key for m in answer.messages] == ["error.bug"]
    told = json.dumps(logs, ensure_ascii=False) + repr(answer)
    assert logs and not [canary for canary in (NAME, CHAT, PHONE, "楼道灯") if canary in told]
