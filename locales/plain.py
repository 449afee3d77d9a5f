"""Plain Chinese: remarks on a text before it goes to residents (EXPERIENCE 11, 13, 19)."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from locales.cleaning import excerpt
from locales.entries import FOLDER

LISTS = FOLDER / "zh_CN" / "plain.toml"

_ENDS = re.compile("[。!?;\uff01\uff1f\uff1b\n]+")
_QUOTED = re.compile("「[^」]*」")
_COUNT = "[0-9一二两三四五六七八九十百]+"
_WORKING_DAYS = re.compile(f"{_COUNT}\\s*个?\\s*(?:法定)?(?:工作日|自然日)")
_FAMILIAR = re.compile("你")


@dataclass(frozen=True, slots=True)
class Remark:
    """What could be plainer: `key` names the advice in the catalogue, `params["found"]` the words meant."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to avoid (a regular expression) and plainer ones, if there are any."""

    pattern: re.Pattern[str]
    instead: str


@dataclass(frozen=True, slots=True)
class Lists:
    """The word list: limits in characters, set phrases, department slang, lengths of what fills a place."""

    sentence: int
    message: int
    phrases: tuple[Phrase, ...]
    slang: tuple[Phrase, ...]
    staff: tuple[str, ...]
    typical: Mapping[str, int]


@lru_cache(maxsize=1)
def lists() -> Lists:
    """The word list of zh_CN, read once."""
    with LISTS.open("rb") as file:
        kept = tomllib.load(file)
    limits = kept["limits"]
    return Lists(
        limits["sentence"],
        limits["message"],
        _phrases(kept["phrase"]),
        _phrases(kept["slang"]),
        tuple(kept["staff"]["areas"]),
        kept["typical"],
    )


def _phrases(rows: Mapping[str, str]) -> tuple[Phrase, ...]:
    return tuple(Phrase(re.compile(pattern), instead) for pattern, instead in rows.items())


def remarks(text: str) -> list[Remark]:
    """Everything that could be plainer, longest matters first; empty for a text that is fine as it is.

    Words quoted in 「」 are somebody's own and aren't judged, but they count for the length.
    """
    known = lists()
    own = _QUOTED.sub("「」", text)
    return [
        *_long_message(text, known.message),
        *_long_sentences(text, known.sentence),
        *_found(own, known.phrases, "plain.set_phrase"),
        *_found(own, known.slang, "plain.slang"),
        *_matches(own, _WORKING_DAYS, "plain.working_days"),
        *_matches(own, _FAMILIAR, "plain.familiar"),
    ]


def _long_message(text: str, most: int) -> Iterator[Remark]:
    length = len(text.strip())
    if length > most:
        yield Remark("plain.long_message", {"length": length, "most": most})


def _long_sentences(text: str, most: int) -> Iterator[Remark]:
    for sentence in _ENDS.split(text):
        length = len(sentence.strip())
        if length > most:
            about = {"found": excerpt(sentence, 12), "length": length, "most": most}
            yield Remark("plain.long_sentence", about)


def _found(text: str, phrases: tuple[Phrase, ...], key: str) -> Iterator[Remark]:
    told: list[tuple[int, int]] = []
    for phrase in phrases:
        match = phrase.pattern.search(text)
        if match and not any(match.start() < end and start < match.end() for start, end in told):
            told.append(match.span())  # one remark for words that stand in two phrases
            yield Remark(key, {"found": match[0], "instead": phrase.instead})


def _matches(text: str, pattern: re.Pattern[str], key: str) -> Iterator[Remark]:
    if match := pattern.search(text):
        yield Remark(key, {"found": match[0]})
