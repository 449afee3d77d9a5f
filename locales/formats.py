"""Dates, times, numbers and distances as people of one language write them: the filters of templates."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_time
from jinja2 import pass_context
from jinja2.runtime import Context

from domain.codes import spoken
from locales.cleaning import clean, excerpt

PATTERNS = ("format.date", "format.date_year", "format.time", "format.join")
"""Keys whose text is no template but a pattern of Babel's, or what stands between two things."""

Speak = Callable[[str, Mapping[str, Any]], str]


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)  # 0.2 ms each time without the cache


@lru_cache(maxsize=2048)
def _hour(at: time, pattern: str, language: str) -> str:
    return format_time(at, pattern, locale=language)


class Formats:
    """The filters of one language. `zone` is the district's; `today` tells the year that goes unsaid."""

    def __init__(
        self,
        language: str,
        pattern: Callable[[str], str],
        speak: Speak,
        zone: tzinfo,
        today: Callable[[], date] | None,
    ) -> None:
        self._language, self._pattern, self._speak = language, pattern, speak
        self._zone, self._today = zone, today

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By the names templates use."""
        return {
            "date": self._date_in,
            "moment": self._moment_in,
            "time": self.hour,
            "times": self.span,
            "spans": self.spans,
            "number": spoken,
            "metres": self.metres,
            "excerpt": excerpt,
            "clean": clean,
            "join": self.join,
            "word": self.word,
            "said": self.said,
        }

    @pass_context
    def _date_in(self, context: Context, value: date | str) -> str:
        return self.day(value, context.get("today"))

    @pass_context
    def _moment_in(self, context: Context, value: datetime | str) -> str:
        return self.moment(value, context.get("today"))

    def day(self, value: date | str, today: date | str | None = None) -> str:
        """A day, of an ISO text, a date or a moment; with its year where that isn't the year of `today`."""
        day, reference = self._date_of(value), self._reference(today)
        year = reference is not None and day.year != reference.year
        return _day(day, self._pattern("format.date_year" if year else "format.date"), self._language)

    def moment(self, value: datetime | str, today: date | str | None = None) -> str:
        """Day and time in the district's time zone."""
        return self._speak("format.moment", {"date": self.day(value, today), "time": self.hour(value)})

    def hour(self, value: time | datetime | date | str) -> str:
        """The time of day in the district, of an ISO text (`08:00` too), a time or a moment."""
        at = value
        if isinstance(at, str):
            at = time.fromisoformat(at) if len(at) <= len("08:00:00") else datetime.fromisoformat(at)
        if isinstance(at, datetime):
            at = self._local(at).time()
        if not isinstance(at, time):
            raise TypeError(f"no time of day in {type(value).__name__}")
        minute = at.replace(second=0, microsecond=0, tzinfo=None)
        return _hour(minute, self._pattern("format.time"), self._language)

    def span(self, value: Iterable[time | datetime | str]) -> str:
        """From when until when: a pair of times."""
        start, end = value
        return self._speak("format.times", {"start": self.hour(start), "end": self.hour(end)})

    def spans(self, values: Iterable[Iterable[time | datetime | str]]) -> str:
        """All periods of a day, with the language's own sign between: no blank tells where one ends."""
        return self.join(self.span(value) for value in values)

    def metres(self, value: float) -> str:
        """A distance in metres, rounded to what it is good for: tens, then tenths of a kilometre."""
        tens = max(10, round(value / 10) * 10)
        if tens < 1000:
            return self._speak("format.metres", {"n": tens})
        kilometres = f"{value / 1000:.1f}" if value < 9_950 else f"{value / 1000:.0f}"
        return self._speak("format.kilometres", {"n": kilometres.removesuffix(".0")})

    def join(self, values: Iterable[Any], between: str | None = None) -> str:
        """A list in one line, with the language's own sign between (、)."""
        return (self._pattern("format.join") if between is None else between).join(str(v) for v in values)

    def word(self, value: object, area: str) -> str:
        """The word for one of several: `{{ state|word("case.state") }}` says the key `case.state.<state>`."""
        return self._speak(f"{area}.{value}", {})

    def said(self, message: Mapping[str, Any]) -> str:
        """A message within another one: its `key` with its `params`."""
        return self._speak(message["key"], message["params"])

    def _reference(self, today: date | str | None) -> date | None:
        if today is not None:
            return self._date_of(today)
        return self._today() if self._today else None

    def _date_of(self, value: date | str) -> date:
        if isinstance(value, str):
            is_day = len(value) <= len("2026-12-04")
            value = date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
        return self._local(value).date() if isinstance(value, datetime) else value

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone) if moment.tzinfo else moment
