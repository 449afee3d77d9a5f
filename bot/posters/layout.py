"""Where everything stands: the name on red, one large code, the others below, the address at the foot."""

from collections.abc import Callable, Iterator, Sequence

from bot.posters.content import Lead, Poster
from bot.posters.sheet import GREY, INK, RED, WHITE, WIDTH, Area, Code, Line, Mark

MARGIN = 16.0
MIDDLE = WIDTH / 2
BAND, FOOT = 50.0, 260.0
LARGE, ALONE, SMALL = 84.0, 112.0, 37.0
"""Edges of the first code, of the only one, of the others. White as wide as four modules stays around."""

Width = Callable[[str], float]
"""How wide a line is, as a multiple of its size."""


def laid_out(poster: Poster, width: Width) -> list[Mark]:
    """The marks of a poster."""
    return [
        *_head(poster.name, width),
        *_fitted(poster.slogan, BAND + 18, 11.5, width, RED),
        *_codes(poster.leads, width),
        *_steps(poster.steps, width),
        *_foot(poster.foot, width),
    ]


def _head(name: str, width: Width) -> Iterator[Mark]:
    """The name in one line, or in two even ones where it would be small."""
    yield Area(0, 0, WIDTH, BAND, RED)
    room = WIDTH - 2 * MARGIN
    if width(name) * 13 <= room:
        yield from _fitted(name, BAND / 2 + 7, 20, width, WHITE)
        return
    first, second = _halves(name, width)
    size = min(18.0, room / max(width(first), width(second)))
    yield Line(MIDDLE, BAND / 2 - 3, size, first, WHITE)
    yield Line(MIDDLE, BAND / 2 + size * 1.25 - 3, size, second, WHITE)


def _halves(text: str, width: Width) -> tuple[str, str]:
    whole = width(text)
    at = next(place for place in range(1, len(text)) if width(text[:place]) >= whole / 2)
    return text[:at].strip(), text[at:].strip()


def _codes(leads: Sequence[Lead], width: Width) -> Iterator[Mark]:
    """The first large in the middle; the others beside each other below."""
    first, others = leads[0], leads[1:]
    edge, top = LARGE if others else ALONE, BAND + 27
    yield Code(MIDDLE - edge / 2, top, edge, first.holds)
    yield from _fitted(first.label, top + edge + 11, 8.5, width, INK)
    below = top + edge + 18
    step = WIDTH / (len(others) + 1)
    for place, lead in enumerate(others, start=1):
        yield Code(step * place - SMALL / 2, below, SMALL, lead.holds)
        yield from _fitted(lead.label, below + SMALL + 7, 5, width, GREY, step * place, step - 6)


def _steps(steps: Sequence[str], width: Width) -> Iterator[Mark]:
    """What happens after the scan."""
    for place, step in enumerate(steps):
        yield from _fitted(step, FOOT - 16 + place * 9, 6, width, INK)


def _foot(lines: Sequence[str], width: Width) -> Iterator[Mark]:
    """Where it is, when it is open, whom to call."""
    yield Area(MARGIN, FOOT, WIDTH - 2 * MARGIN, 0.6, RED)
    for place, line in enumerate(lines):
        yield from _fitted(line, FOOT + 9 + place * 8, 5.4, width, INK)


def _fitted(
    text: str,
    baseline: float,
    size: float,
    width: Width,
    colour: tuple[int, int, int],
    middle: float = MIDDLE,
    room: float = WIDTH - 2 * MARGIN,
) -> Iterator[Mark]:
    """One line, smaller where it would be too wide."""
    yield Line(middle, baseline, min(size, room / max(width(text), 0.1)), text, colour)
