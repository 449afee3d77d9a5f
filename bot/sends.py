"""What became of what was sent, counted for `/metrics`: nothing about a person."""

from typing import Literal

from prometheus_client import Counter

from bot.measure import SENDS, registry
from bot.tally import Tally

Outcome = Literal[
    "sent", "edited", "unreachable", "given_up", "again", "ambiguous", "limited", "in_doubt", "dropped"
]
To = Literal["letter", "answer"]

CALLS = Tally("workroom_telegram_calls", "Calls of the Bot API, by answer", ["method", "outcome"], registry)
ANSWERS = Tally("workroom_telegram_answers", "What was said to somebody waiting", ["outcome"], registry)
FLOODS = Counter(
    "workroom_telegram_floods", "Refusals because of too many messages (429)", ["to"], registry=registry
)
RETRIES = Counter("workroom_retries", "Sends tried once more", ["to"], registry=registry)
PUT_BACK = Counter(
    "workroom_letters_put_back", "Letters whose turn was too far off, given back unsent", registry=registry
)
TAKEN_OVER = Counter(
    "workroom_letters_taken_over", "Letters of postmen that died, perhaps sent twice", registry=registry
)
REFUSED = Counter(
    "workroom_telegram_refused",
    "Updates left with Telegram, by cause",
    ["why"],
    registry=registry,
)


def letter(outcome: Outcome, count: int = 1) -> None:
    """So many letters came to this end, or to this stage of it."""
    SENDS.labels(outcome).inc(count)


def answer(outcome: str) -> None:
    """What was said to somebody waiting came to this end."""
    ANSWERS.add(outcome)


def call(method: str, outcome: str) -> None:
    """One call of the Bot API came back like this."""
    CALLS.add(method, outcome)
