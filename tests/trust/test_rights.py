"""Role × place × somebody else's object: the answer equals 'not found', and nothing changes (TRUST 20)."""

from collections.abc import Iterator

import pytest

from domain.cases import ACTIONS, STAFF_ORDER
from domain.messages import Rendered, Text
from domain.people import Seat
from handlers.actions import ASKING, AT_ONCE
from tests.chat import Actor
from tests.trust.town import OF_A_VISIT, Town, count, rows

NOBODYS = "ZZZZZZ"
"""A number that no case of the tests bears."""

ORDERS = sorted({*ACTIONS, *STAFF_ORDER, *ASKING, *AT_ONCE})


def patterns(number: str) -> Iterator[str]:
    """Every press about a case that a forger can think of."""
    yield from (f"do:{number}:{order}" for order in ORDERS)
    yield from (f"rate:{number}.{n}:{how}" for n in (1, 2) for how in ("very", "basically", "not"))
    yield from (f"comment:{number}.1", f"show:{number}", f"show:{number}:all", f"show:{number}:staff")


class Asking:
    """What a stranger is told about one thing, compared with what they are told about nothing."""

    def __init__(self, town: Town, actor: Actor) -> None:
        self.town, self.actor = town, actor
        self.told: dict[str, tuple[Rendered, ...]] = {}

    async def about(self, number: str, form: str) -> tuple[Rendered, ...]:
        return (await self.town.press(self.actor, form.replace(NOBODYS, number))).messages

    async def compare(self, numbers: list[str]) -> None:
        for form in patterns(NOBODYS):
            nothing = await self.about(NOBODYS, form)
            assert [m.key for m in nothing] == ["error.not_found"]
            for number in numbers:
                assert await self.about(number, form) == nothing, (self.actor.name, form)


async def _cases(town: Town) -> list[str]:
    """A fresh one, one with a department, one that was rated; all of the first workroom."""
    resident = await town.person("居民")
    liaison = await town.person("联络", await town.place("liaison"))
    fresh, routed, closed = [await town.filed(resident, f"楼道灯坏了{n}") for n in "一二三"]
    await town.routed(liaison, routed)
    await town.press(liaison, f"do:{closed}:accept")
    await town.answered(liaison, closed)
    await town.press(resident, f"rate:{closed}.1:very")
    return [fresh, routed, closed]


OTHERS: dict[str, tuple[str, str, int] | None] = {
    "another liaison": ("liaison", "ST01", 0),
    "another representative": ("representative", "ST01", 0),
    "another department": ("contact", "LJ01", 1),
    "the office, not asked": ("officer", "LJ01", 0),
    "another resident": None,
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_somebody_elses_case_is_not_there(town: Town) -> None:
    numbers = await _cases(town)
    for who, found in OTHERS.items():
        stranger = await town.person(who, *([await town.place(*found)] if found else []))
        before = await rows(town.world)
        await Asking(town, stranger).compare(numbers)
        assert await rows(town.world) == before


async def test_whoever_lost_the_seat_sees_nothing_any_more(town: Town) -> None:
    numbers = await _cases(town)
    gone = town.actors["联络"]
    assert [m.key for m in (await town.press(gone, f"show:{numbers[0]}")).messages] == ["case.for_staff"]
    await town.person("新来的", await town.place("liaison"))
    before = await rows(town.world)
    await Asking(town, gone).compare(numbers)
    assert await rows(town.world) == before


async def test_lists_of_other_seats_are_not_there(town: Town) -> None:
    await _cases(town)
    stranger = await town.person("外人", await town.place("liaison", "ST01"))
    before = await rows(town.world)
    seats = [await town.place(r) for r in ("liaison", "representative", "contact", "officer")]
    for seat in (*seats, Seat("liaison", 10**9), Seat("person", 1)):
        for view in ("waiting", "others", "all"):
            answer = await town.press(stranger, f"todo:{seat.role}.{seat.id}:{view}:0")
            assert [m.key for m in answer.messages] == ["error.not_found"]
    assert await rows(town.world) == before


async def test_anothers_number_in_words_says_no_more_than_no_number(town: Town) -> None:
    numbers = await _cases(town)
    stranger = await town.person("外人")
    for form in ("{}", "看 {}", "受理 {}", "撤回{}"):
        nothing = (await town.send(stranger, Text(form.format("ZZZZ-ZZ")))).messages
        for number in numbers:
            told = (await town.send(stranger, Text(form.format(f"{number[:4]}-{number[4:]}")))).messages
            assert [m.key for m in told] == [m.key for m in nothing], (form, number)
            assert "楼道灯" not in "".join(m.text for m in told)


async def test_buttons_of_anothers_conversation_do_nothing(town: Town) -> None:
    numbers = await _cases(town)
    liaison, stranger = town.actors["联络"], await town.person("外人")
    await town.press(liaison, f"do:{numbers[0]}:answer")
    await town.send(liaison, Text("已经修好了。"))
    forged = [b.data for row in liaison.answer[-1].buttons for b in row]
    assert forged
    before = await rows(town.world)
    for data in forged:
        told = (await town.press(stranger, data)).messages
        assert told[0].key == "flow.stale"
    assert await rows(town.world) == before


OWN = OF_A_VISIT | {"drafts"}
"""A stale button counts the question that is asked again; the draft is saved with it."""

FORGED = (
    "~",
    "~x",
    "~.",
    "~..",
    "~a.b",
    "do",
    "do:",
    "do::",
    "do:x:y:z",
    "rate:{n}.²:very",
    "rate:{n}.１:very",
    "rate:{n}.999999999999999999999:very",
    "comment:{n}.²",
    "comment:{n}",
    "comment:{n}.0",
    "mine:-1",
    "mine:²",
    "mine:99999",
    "todo:::",
    "todo:liaison.²:waiting:0",
    "draft:",
    "draft:x",
    "language:",
    "language:xx",
    "language:zh_CN:x",
    "go:",
    "go:__class__",
    "position:x:y",
    "disagree:x",
    "agree",
    "agree:",
    "agree:x:y",
    "show:",
    "show::",
    "\x00",
    "do:{n}:\x00",
    "💥",
    "show:💥",
)


@pytest.mark.parametrize("talking", [True, False])
async def test_malformed_presses_are_answered_and_change_nothing(town: Town, talking: bool) -> None:
    resident = await town.person("居民")
    number = await town.filed(resident, "楼道灯坏了")
    await town.press(resident, "go:file")
    await town.send(resident, Text("没写完的一件事"))
    if not talking:
        await town.press(resident, "go:help")
        await town.send(resident, Text("/help"))
    before = await rows(town.world, without=OWN)
    for data in FORGED:
        answer = await town.press(resident, data.replace("{n}", number))
        assert answer.messages and answer.stored, data
        assert await rows(town.world, without=OWN) == before, data
    assert await count(town.world, "drafts") == 1
