"""The desk with each of its steps counted, timed and logged."""

import time
from functools import cache

from prometheus_client import Counter, Histogram

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

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle(self, inbound: Inbound) -> Answer:
        """The desk's own answer."""
        start, update, outcome = time.perf_counter(), log.begin(), "failed"
        try:
            IN_HAND.inc()
            answer = await self._desk.handle(inbound)
            outcome = "failed" if update.failed else "repeated" if answer.again else "handled"
        except BaseException as trouble:
            outcome = outcome_of(trouble)
            raise
        finally:
            took, kind = time.perf_counter() - start, type(inbound.what).__name__.lower()
            IN_HAND.dec()
            _updates(inbound.channel, outcome).inc()
            log.ended(update, inbound.channel, kind, outcome, took * 1000)
        _step(inbound.channel).observe(took)
        return answer

    async def said(self, inbound: Inbound) -> None:
        """As the desk."""
        await self._desk.said(inbound)

    async def was_said(self, inbound: Inbound) -> bool:
        """As the desk."""
        return await self._desk.was_said(inbound)


@cache
def _updates(channel: str, outcome: str) -> Counter:
    return UPDATES.labels(channel, outcome)


@cache
def _step(channel: str) -> Histogram:
    return STEP.labels(channel)
