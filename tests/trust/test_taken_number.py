"""A number that is drawn a second time belongs to the first request: the next one gets another."""

from dataclasses import replace

from domain.messages import Press, Text
from handlers.desk import Desk
from tests.trust.town import Town, arrival, count


class Loaded:
    """Dice that fall the same way the next times they are thrown for so many faces, and are true then."""

    def __init__(self, town: Town) -> None:
        self._true, self.fallen, self.last = town.world.house.choose, list[int](), 0

    def __call__(self, faces: int) -> int:
        self.last = self.fallen.pop(0) if self.fallen else self._true(faces)
        return self.last


async def test_a_number_drawn_twice_is_the_firsts(town: Town) -> None:
    dice = Loaded(town)
    desk = Desk(replace(town.world.house, choose=dice))
    numbers: list[str] = []
    for name in ("甲", "乙"):
        actor = await town.person(name)
        await town.press(actor, "go:file")
        await town.send(actor, Text("路灯坏了"))
        send = next(b.data for row in actor.answer[-1].buttons for b in row if b.data.endswith(".send"))
        if numbers:
            dice.fallen = [dice.last]
        answer = await desk.handle(arrival(actor, f"send{name}", Press(send)))
        numbers.append(town.number_in(answer))
    assert not dice.fallen, "the taken number was drawn"
    assert len(set(numbers)) == 2
    assert await count(town.world, "cases") == await count(town.world, "rounds") == 2
