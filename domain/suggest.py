"""Guesses from a resident's words: what it is about, what kind it is, whether life is in danger."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from domain.cases import Kind
from domain.quiet_words import NO_CLOCK, ClockWords
from domain.registry import Category
from domain.visits import NO_WORDS, VisitWords

_LONGEST = 4000
"""Characters looked at; what matters is said before that."""

LATELY = 256
"""Texts whose guesses are remembered: a request is looked at at each step, between those of others."""

_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_CLAUSE = re.compile(r"[,.;:!?\u3001\u3002\u2026\n~]+")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words by which guesses are made (locales/<language>/lexicon.toml), folded.

    `danger` names words by kind of danger, the gravest kind first. `harmless` are phrases that hold
    such a word and mean nothing grave. `never` stands right before a danger that isn't there, `over`
    after one that has passed; in a clause with a word of `doubt` neither counts.
    """

    suggestion: tuple[str, ...]
    opinion: tuple[str, ...]
    danger: Mapping[str, tuple[str, ...]]
    harmless: tuple[str, ...]
    never: tuple[str, ...]
    over: tuple[str, ...]
    doubt: tuple[str, ...]
    visits: VisitWords = NO_WORDS
    clock: ClockWords = NO_CLOCK
    grave: "Index" = field(init=False, repr=False, compare=False)
    """Finds any sign of danger at all."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "grave", Index(sign for signs in self.danger.values() for sign in signs))


@lru_cache(maxsize=LATELY)
def folded(words: str) -> str:
    """The form in which words are compared: narrow, lower case, no blanks between Chinese characters."""
    plain = unicodedata.normalize("NFKC", words[:_LONGEST]).casefold()
    if not plain.replace("\n", "").isprintable():
        plain = "".join(c for c in plain if c == "\n" or unicodedata.category(c) not in ("Cf", "Cc"))
    return _GAP.sub("", plain)


class Index:
    """Words by the character they begin with: most are passed over without looking for them."""

    def __init__(self, words: Iterable[str]) -> None:
        self._begun: dict[str, list[str]] = {}
        for word in set(words) - {""}:
            self._begun.setdefault(word[0], []).append(word)

    def found(self, text: str) -> set[str]:
        """Those that stand anywhere in the text."""
        begun = self._begun.keys() & set(text)
        return {word for first in begun for word in self._begun[first] if word in text}


class Guide:
    """Finds the category of words among these; made once, since all keywords are folded for it."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._candidates = tuple(categories)
        self._places: dict[str, list[int]] = {}
        """Which candidates a keyword speaks for, by their places."""
        for place, candidate in enumerate(self._candidates):
            for keyword in {folded(k) for k in (*candidate.keywords, candidate.name)} - {""}:
                self._places.setdefault(keyword, []).append(place)
        self._keywords = Index(self._places)
        self._lately = lru_cache(maxsize=LATELY)(self._category)

    def category(self, words: str) -> Category | None:
        """The category whose keywords say most of the words; the first of equals; None when none fits."""
        return self._lately(folded(words))

    def _category(self, text: str) -> Category | None:
        spoken: dict[int, list[str]] = {}
        for keyword in sorted(self._keywords.found(text), key=len, reverse=True):
            for place in self._places[keyword]:
                spoken.setdefault(place, []).append(keyword)
        best, most = None, 0
        for place in sorted(spoken):
            weight = _weight(text, spoken[place])
            if weight > most:
                best, most = self._candidates[place], weight
        return best


def _weight(text: str, keywords: Iterable[str]) -> int:
    """Long keywords tell more than short ones; one inside another counts once. The longest come first."""
    found: list[str] = []
    for keyword in keywords:
        if _says(text, keyword) and not any(keyword in longer for longer in found):
            found.append(keyword)
    return sum(len(keyword) ** 2 for keyword in found)


def kind(words: str, lexicon: Lexicon) -> Kind:
    """A suggestion or an opinion where the words say so, else a problem."""
    text = folded(words)
    if _says_any(text, lexicon.suggestion):
        return "suggestion"
    return "opinion" if _says_any(text, lexicon.opinion) else "problem"


def danger(words: str, lexicon: Lexicon) -> str | None:
    """The gravest danger to life the words speak of, or None; in doubt there is danger.

    Only a clear denial right before the word, or a clear "it is over" right behind it, clears it.
    """
    text = folded(words)
    if not lexicon.grave.found(text):  # nearly always: one look instead of one for each sign
        return None
    clauses = [_without(clause, lexicon.harmless) for clause in _CLAUSE.split(text)]
    for name, signs in lexicon.danger.items():
        for clause in clauses:
            if any(
                _real(clause, start, end, lexicon) for sign in signs for start, end in _places(clause, sign)
            ):
                return name
    return None


def _without(clause: str, phrases: tuple[str, ...]) -> str:
    for phrase in phrases:
        clause = clause.replace(phrase, "□")
    return clause


def _real(clause: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether the danger at this place of the clause must be believed."""
    if any(_says(clause, word) for word in lexicon.doubt):
        return True
    before, behind = clause[:start].rstrip(), clause[end : end + 12].lstrip()
    denied = any(end == len(before) for word in lexicon.never for _, end in _places(before, word))
    passed = any(begin <= 3 for word in lexicon.over for begin, _ in _places(behind, word))
    return not (denied or passed)


def _says_any(text: str, words: Iterable[str]) -> bool:
    return any(_says(text, word) for word in [word for word in words if word in text])


def _says(text: str, word: str) -> bool:
    return word in text and (not word.isascii() or any(True for _ in _places(text, word)))


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where the word stands; one of Latin letters only as a whole word (fire, not fireworks)."""
    start = text.find(word)
    while start >= 0 and word:
        end = start + len(word)
        if not word.isascii() or _apart(text, start, end):
            yield start, end
        start = text.find(word, start + 1)


def _apart(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(c.isascii() and c.isalnum() for c in around)
