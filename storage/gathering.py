"""What is asked for at the same time is done together: one round trip, one commit, for all who ask."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")

AT_ONCE = 100
"""Questions of one batch at the most."""

ENOUGH = 6
"""So many that wait are worth a batch of their own beside the one under way."""


def given_up(asked: "asyncio.Future[Any]") -> None:
    """Nobody waits for it any more; should it have failed already, asyncio must not complain of that."""
    if not asked.cancel() and not asked.cancelled():
        asked.exception()


class Gathering(Generic[Asked, Given]):
    """While a batch is under way the next questions gather; nobody waits for a timer.

    With `beside` more than one, so many batches may be under way at the same time, once ENOUGH wait for it.

    `answer` gets the questions of a batch and gives as many answers, in their order; an exception among the
    answers is raised to whoever asked. What `answer` itself raises, everybody of that batch is told.
    """

    def __init__(
        self, answer: Callable[[Sequence[Asked]], Awaitable[Sequence[Given | Exception]]], *, beside: int = 1
    ) -> None:
        self._answer, self._beside = answer, beside
        self._gathered: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._answering: set[asyncio.Task[None]] = set()
        self._under_way = 0

    async def ask(self, question: Asked) -> Given:
        """The answer to one question. One who goes away (cancelled) may still be answered for nothing."""
        return await self.asked(question)

    def asked(self, question: Asked) -> "asyncio.Future[Given]":
        """The same, to be awaited later; who does not want it any more cancels it."""
        told: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._gathered.append((question, told))
        if not self._under_way or (self._under_way < self._beside and len(self._gathered) >= ENOUGH):
            self._under_way += 1
            task = asyncio.create_task(self._answer_all())
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        return told

    async def _answer_all(self) -> None:
        try:
            while self._gathered:
                batch, self._gathered = self._gathered[:AT_ONCE], self._gathered[AT_ONCE:]
                self._tell(batch, await self._answers([question for question, _ in batch]))
        finally:  # at once, not when the task is found to be done: whoever asks meanwhile begins the next
            self._under_way -= 1

    def _tell(
        self,
        batch: Sequence[tuple[Asked, "asyncio.Future[Given]"]],
        answers: Sequence[Given | Exception],
    ) -> None:
        for (_, told), answer in zip(batch, answers, strict=True):
            if told.done():
                continue
            if isinstance(answer, Exception):
                told.set_exception(answer)
            else:
                told.set_result(answer)

    async def _answers(self, questions: Sequence[Asked]) -> Sequence[Given | Exception]:
        try:
            return await self._answer(questions)
        except Exception as trouble:  # noqa: BLE001  # whoever asked is told
            return [trouble] * len(questions)
