"""The desk with each of its steps counted, timed and logged."""

import time

from bot import log
from bot.measure import IN_HAND, STEP, UPDATES
from domain.messages import Answer, Inbound
from handlers.desk import Desk
from handlers.queues import Busy
from storage.database import DatabaseAway


def outcome_of(trouble: BaseException) -> str:
    """Why an update was not taken, in one of a few words."""
    if isinstance(trouble, Busy):
        return "busy"
    if isinstance(trouble, DatabaseAway):  # Redis too
        return "away"
    return "failed"


class MeasuredDesk:
    """The desk with its steps counted, timed and logged."""

    in_hand = 0
    """Of all of this process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle(self, inbound: Inbound) -> Answer:
        """The desk's own answer."""
        start, update, outcome = time.perf_counter(), log.begin(), "failed"
        try:
            MeasuredDesk.in_hand += 1
            answer = await self._desk.handle(inbound)
            outcome = "failed" if update.failed else "repeated" if answer.again else "handled"
        except BaseException as trouble:
            outcome = outcome_of(trouble)
            raise
        finally:
            took, kind = time.perf_counter() - start, type(inbound.what).__name__.lower()
            MeasuredDesk.in_hand -= 1
            UPDATES.add(inbound.channel, outcome)
            log.ended(update, inbound.channel, kind, outcome, took * 1000)
        STEP.add(inbound.channel, took)
        return answer

    async def said(self, inbound: Inbound) -> None:
        """As the desk."""
        await self._desk.said(inbound)

    async def was_said(self, inbound: Inbound) -> bool:
        """As the desk."""
        return await self._desk.was_said(inbound)


IN_HAND.set_function(lambda: MeasuredDesk.in_hand)
