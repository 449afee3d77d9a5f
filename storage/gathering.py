"""What is asked for at the same time is done together: one round trip, one commit, for all who ask."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")

AT_ONCE = 100
"""Questions of one batch at the most."""


class Gathering(Generic[Asked, Given]):
    """While one batch is under way the next questions gather; nobody waits for a timer.

    `answer` gets the questions of a batch and gives as many answers, in their order; an exception among the
    answers is raised to whoever asked. What `answer` itself raises, everybody of that batch is told.
    """

    def __init__(self, answer: Callable[[Sequence[Asked]], Awaitable[Sequence[Given | Exception]]]) -> None:
        self._answer = answer
        self._gathered: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._answering: asyncio.Task[None] | None = None

    async def ask(self, question: Asked) -> Given:
        """The answer to one question. One who goes away (cancelled) may still be answered for nothing."""
        told: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._gathered.append((question, told))
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer_all())
        return await told

    async def _answer_all(self) -> None:
        while self._gathered:
            batch, self._gathered = self._gathered[:AT_ONCE], self._gathered[AT_ONCE:]
            for (_, told), answer in zip(batch, await self._answers([q for q, _ in batch]), strict=True):
                if told.done():
                    continue
                if isinstance(answer, Exception):
                    told.set_exception(answer)
                else:
                    told.set_result(answer)
        self._answering = None

    async def _answers(self, questions: Sequence[Asked]) -> Sequence[Given | Exception]:
        try:
            return await self._answer(questions)
        except Exception as trouble:  # noqa: BLE001  # whoever asked is told
            return [trouble] * len(questions)
