"""What is asked for at the same time: one batch, or several beside each other, and nobody is forgotten."""

import asyncio
from collections.abc import Sequence

import pytest

from storage.gathering import AT_ONCE, ENOUGH, Gathering


class Answers:
    """Doubles numbers, each batch when it is let go; says no to negative ones."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.goes: list[asyncio.Event] = []

    async def __call__(self, questions: Sequence[int]) -> list[int | Exception]:
        """One batch."""
        self.batches.append(list(questions))
        self.goes.append(go := asyncio.Event())
        await go.wait()
        if 0 in questions:
            raise RuntimeError("all of them")
        return [ValueError(str(number)) if number < 0 else 2 * number for number in questions]


async def turn() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_comes_meanwhile_is_the_next_batch() -> None:
    answers = Answers()
    gathering: Gathering[int, int] = Gathering(answers)
    first = gathering.asked(1)
    await turn()
    others = [gathering.asked(number) for number in range(2, 2 + 2 * ENOUGH)]
    await turn()
    assert len(answers.batches) == 1
    answers.goes[0].set()
    assert await first == 2
    await turn()
    assert answers.batches[1] == list(range(2, 2 + 2 * ENOUGH))
    answers.goes[1].set()
    assert await asyncio.gather(*others) == [2 * number for number in range(2, 2 + 2 * ENOUGH)]


async def test_enough_that_wait_are_a_batch_beside() -> None:
    answers = Answers()
    gathering: Gathering[int, int] = Gathering(answers, beside=2)
    asked = [gathering.asked(1)]
    await turn()
    asked += [gathering.asked(number) for number in range(2, 1 + ENOUGH)]
    await turn()
    assert len(answers.batches) == 1, "not yet enough"
    asked += [gathering.asked(9)]
    await turn()
    assert len(answers.batches) == 2
    asked += [gathering.asked(number) for number in range(20, 20 + 2 * ENOUGH)]
    await turn()
    assert len(answers.batches) == 2, "no more than two"
    answers.goes[1].set()
    await turn()
    for go in answers.goes:
        go.set()
    await turn()
    for go in answers.goes:
        go.set()
    assert len(await asyncio.gather(*asked)) == len(asked)


async def test_after_the_last_answer_the_next_question_begins_anew() -> None:
    answers = Answers()
    gathering: Gathering[int, int] = Gathering(answers, beside=3)
    for number in range(1, 4):
        told = gathering.asked(number)
        await turn()
        answers.goes[-1].set()
        assert await told == 2 * number
        told = gathering.asked(number)  # in the very moment in which the first is told
        await turn()
        answers.goes[-1].set()
        assert await told == 2 * number


async def test_an_error_reaches_whom_it_concerns() -> None:
    answers = Answers()
    gathering: Gathering[int, int] = Gathering(answers)
    good, bad, gone = gathering.asked(1), gathering.asked(-1), gathering.asked(3)
    gone.cancel()
    await turn()
    answers.goes[0].set()
    assert await good == 2
    with pytest.raises(ValueError, match="-1"):
        await bad
    broken = [gathering.asked(0), gathering.asked(1)]
    await turn()
    answers.goes[1].set()
    for told in broken:
        with pytest.raises(RuntimeError):
            await told


async def test_a_batch_is_not_longer_than_it_may_be() -> None:
    answers = Answers()
    gathering: Gathering[int, int] = Gathering(answers)
    asked = [gathering.asked(number) for number in range(1, AT_ONCE + 3)]
    await turn()
    assert len(answers.batches[0]) == AT_ONCE
    answers.goes[0].set()
    await turn()
    answers.goes[1].set()
    assert len(await asyncio.gather(*asked)) == AT_ONCE + 2
