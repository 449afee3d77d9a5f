"""Telegram's limits on how fast a bot may write, enforced in every window; who doesn't wait is refused on.

What Telegram publishes: about thirty messages a second in bulk, one a second to a chat with short bursts
allowed, twenty a minute to a group. What answers somebody who has just written is no bulk.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.stubs.bot_api_faults import Call
from tests.stubs.bot_api_rules import ApiError

Times = deque[float]


@dataclass
class Limits:
    """Counts calls by `clock`, in seconds; `ignored` are the refusals of who had not waited."""

    clock: Callable[[], float]
    in_bulk: int = 30
    burst: int = 3
    answers: int = 20
    in_group: int = 20
    penalty: float = 2.0
    waits_for: float = 30.0
    refusals: int = 0
    ignored: int = 0
    _bulk: Times = field(default_factory=deque)
    _bulk_until: float = 0.0
    _chats: dict[int, Times] = field(default_factory=lambda: defaultdict(deque))
    _until: dict[int, float] = field(default_factory=dict)
    _spoke: dict[int, float] = field(default_factory=dict)

    def heard(self, line: str) -> None:
        """Somebody wrote or pressed (`chat 1`, `user 1`): for a while, what is said to them answers that."""
        kind, _, number = line.partition(" ")
        if kind in ("chat", "user"):
            self._spoke[int(number)] = self.clock()

    def refusal(self, call: Call) -> ApiError | None:
        """Why this call is not carried out, if it isn't; one that is carried out counts."""
        chat = call.chat
        if chat is None or not call.method.startswith(("send", "edit")):
            return None
        now = self.clock()
        wait = self._penalty(chat, now) or self._too_many(chat, now)
        if wait <= 0:
            return None
        self.refusals += 1
        seconds = math.ceil(wait)
        return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})

    def _answers(self, chat: int, now: float) -> bool:
        return now - self._spoke.get(chat, -math.inf) < self.waits_for

    def _penalty(self, chat: int, now: float) -> float:
        """What is left of an earlier refusal's time; only one that named this chat could have been heeded."""
        until = self._until.get(chat, 0.0)
        self.ignored += until > now
        if not self._answers(chat, now) and self._bulk_until > now:
            until = self._until[chat] = max(until, self._bulk_until)
        return until - now if until > now else 0.0

    def _too_many(self, chat: int, now: float) -> float:
        answers, told = self._answers(chat, now), self._chats[chat]
        wait = self._chat_full(chat, told, now, answers)
        if wait > 0:
            self._until[chat] = now + wait
            return wait
        if not answers:
            while self._bulk and now - self._bulk[0] >= 1:
                self._bulk.popleft()
            if len(self._bulk) >= self.in_bulk:
                self._bulk_until = self._until[chat] = now + self.penalty
                return self.penalty
            self._bulk.append(now)
        told.append(now)
        return 0.0

    def _chat_full(self, chat: int, told: Times, now: float, answers: bool) -> float:
        """Seconds until one more fits: into a group's minute, or a person's burst and then one a second."""
        if chat < 0:
            while told and now - told[0] >= 60:
                told.popleft()
            return told[0] + 60 - now if len(told) >= self.in_group else 0.0
        most = self.answers if answers else self.burst
        while told and now - told[0] >= most:
            told.popleft()
        return told[0] + most - now if len(told) >= most else 0.0
