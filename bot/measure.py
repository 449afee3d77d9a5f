"""What `/metrics` shows: counts and times of this process, never anything about a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest

from bot.tally import Tally, Times

registry = CollectorRegistry()
ProcessCollector(registry=registry)
UPDATES = Tally("workroom_updates", "What arrived, by channel and outcome", ["channel", "outcome"], registry)
STEP = Times(
    "workroom_step_seconds",
    "From the channel's parsing to the answer ready",
    "channel",
    registry,
    buckets=(0.001, 0.002, 0.003, 0.005, 0.01, 0.03, 0.1, 0.3, 1, 3),
)
IN_HAND = Gauge(
    "workroom_updates_in_hand", "Updates being dealt with, or queued behind one of theirs", registry=registry
)
SENDS = Counter("workroom_sends", "Letters to others, by outcome of each try", ["outcome"], registry=registry)
OUTBOX = Gauge("workroom_outbox_letters", "Letters in the database, by state", ["state"], registry=registry)
REFUSED = Counter(
    "workroom_refused",
    "Calls refused at a channel's door, by reason",
    ["channel", "reason"],
    registry=registry,
)
PLATFORM = Counter(
    "workroom_platform_errors",
    "Errors that a channel's platform answered with, by its number",
    ["channel", "code"],
    registry=registry,
)
BESIDE = Counter(
    "workroom_beside",
    "What a channel met beside updates: events nobody answers, late answers, pushes refused or in doubt",
    ["channel", "what"],
    registry=registry,
)
OLDEST = Gauge("workroom_outbox_oldest_seconds", "Age of the oldest letter that is due", registry=registry)
UP = Gauge(
    "workroom_up", "Whether a part answers: database, redis, each channel", ["part"], registry=registry
)
POLLING = Gauge("workroom_polling", "Whether it is this process that polls Telegram", registry=registry)
BUGS = Counter("workroom_bugs", "Errors nobody foresaw; the log has their places", registry=registry)
PLANNED = Counter("workroom_planned", "Acts the planner has done because they were due", registry=registry)


def shown() -> bytes:
    """The page of figures in Prometheus' own form."""
    return generate_latest(registry)
