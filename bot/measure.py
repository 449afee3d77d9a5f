"""What `/metrics` shows: counts and times, never anything about a person."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from domain.messages import Answer, Inbound
from handlers.desk import Desk
from storage.outbox import Waiting

registry = CollectorRegistry()
UPDATES = Counter(
    "workroom_updates", "What arrived, by channel and outcome", ["channel", "outcome"], registry=registry
)
STEP = Histogram(
    "workroom_step_seconds",
    "From the channel's parsing to the answer ready",
    ["channel"],
    registry=registry,
    buckets=(0.001, 0.002, 0.003, 0.005, 0.01, 0.03, 0.1, 0.3, 1, 3),
)
SENDS = Counter("workroom_sends", "Letters to others, by outcome", ["outcome"], registry=registry)
REFUSED = Counter(
    "workroom_refused",
    "Calls refused at a channel's door, by reason",
    ["channel", "reason"],
    registry=registry,
)
WAITING = Gauge("workroom_outbox_waiting", "Letters that wait", registry=registry)
OLDEST = Gauge("workroom_outbox_oldest_seconds", "Age of the oldest letter that is due", registry=registry)


class MeasuredDesk:
    """The desk with its steps counted and timed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle(self, inbound: Inbound) -> Answer:
        """The desk's own answer."""
        start = time.perf_counter()
        try:
            answer = await self._desk.handle(inbound)
        except BaseException:
            UPDATES.labels(inbound.channel, "failed").inc()
            raise
        STEP.labels(inbound.channel).observe(time.perf_counter() - start)
        UPDATES.labels(inbound.channel, "repeated" if answer.again else "handled").inc()
        return answer


def shown(waiting: Waiting) -> bytes:
    """The page of figures in Prometheus' own form."""
    WAITING.set(waiting.count)
    OLDEST.set(waiting.oldest)
    return generate_latest(registry)
