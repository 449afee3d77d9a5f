"""Several writes as one statement of PostgreSQL: one trip, and one start of its executor, instead of many."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

Bound = tuple[str, list[Any]]
"""A statement's text and its arguments, `$1` being the first."""

MOST = 32_767
"""Arguments that PostgreSQL takes with one statement."""

_PLACE = re.compile(r"\$(\d+)")
_VALUES = re.compile(r" VALUES (\([^()]*\))")


def portions(writes: Sequence[Bound]) -> Iterator[list[Bound]]:
    """The writes in as few groups as one statement each can take."""
    group: list[Bound] = []
    held = 0
    for write in writes:
        if group and held + len(write[1]) > MOST:
            yield group
            group, held = [], 0
        group.append(write)
        held += len(write[1])
    if group:
        yield group


def in_one(writes: Sequence[Bound]) -> Bound:
    """The writes, none of which sees what another does; the order in which they are done is not defined."""
    if len(writes) == 1:
        return writes[0]
    arguments = [argument for _, its in writes for argument in its]
    return _in_one(tuple((text, len(its)) for text, its in writes)), arguments


def rows_together(rows: Sequence[Bound]) -> Bound:
    """One INSERT of many rows for many INSERTs of one, which differ in their arguments alone."""
    text, first = rows[0]
    arguments = [argument for _, its in rows for argument in its]
    return _rows_together(text, len(first), len(rows)), arguments


@lru_cache(500)
def _in_one(writes: tuple[tuple[str, int], ...]) -> str:
    moved, before = [], 0
    for text, count in writes:
        moved.append(_moved(text, before))
        before += count
    named = ", ".join(f"w{number} AS ({text})" for number, text in enumerate(moved[:-1]))
    return f"WITH {named} {moved[-1]}"


@lru_cache(500)
def _rows_together(text: str, each: int, count: int) -> str:
    found = _VALUES.search(text)
    if found is None:
        raise ValueError(f"no INSERT of one row: {text[:60]}")
    rows = ", ".join(_moved(found[1], each * number) for number in range(count))
    return text[: found.start(1)] + rows + text[found.end(1) :]


def _moved(text: str, by: int) -> str:
    return _PLACE.sub(lambda place: f"${int(place[1]) + by}", text) if by else text
