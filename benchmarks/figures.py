"""What was measured: times with the processor's share and the statements, as a table or as JSON."""

import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a table. Times are milliseconds; `limit` is what issue 2 promises for `shown`."""

    name: str
    shown: float
    unit: str = "ms"
    p99: float | None = None
    cpu: float | None = None
    statements: float | None = None
    times: int = 1
    limit: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the promise is kept; None where nothing was promised."""
        return None if self.limit is None else self.shown < self.limit


@dataclass
class Samples:
    """Times of one kind, gathered."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    def figure(self, name: str, *, limit: float | None = None) -> Figure:
        """The median, with the 99th percentile."""
        return Figure(
            name, 1e3 * statistics.median(self.wall), p99=1e3 * percentile(self.wall, 99),
            cpu=1e3 * statistics.median(self.cpu) if self.cpu else None,
            statements=statistics.median(self.statements) if self.statements else None,
            times=len(self.wall), limit=limit,
        )  # fmt: skip


def percentile(samples: Sequence[float], of: float) -> float:
    """The smallest sample that so many percent don't exceed."""
    return sorted(samples)[max(0, math.ceil(len(samples) * of / 100) - 1)]


class Stopwatch:
    """Gathers samples by name; `counter` tells how many statements were run so far."""

    def __init__(self, counter: "Counter") -> None:
        self.kinds: dict[str, Samples] = defaultdict(Samples)
        self._counter = counter

    @contextmanager
    def timing(self, name: str, *, alone: bool = True) -> Iterator[None]:
        """Time the block. Not `alone`, others run meanwhile: processor and statements aren't its own."""
        kind, before = self.kinds[name], self._counter.count
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        kind.wall.append(time.perf_counter() - wall)
        if alone:
            kind.cpu.append(time.process_time() - cpu)
            kind.statements.append(self._counter.count - before)

    def together(self) -> Samples:
        """Every kind's samples as one."""
        kinds = self.kinds.values()
        return Samples(
            [w for kind in kinds for w in kind.wall], [c for kind in kinds for c in kind.cpu],
            [s for kind in kinds for s in kind.statements],
        )  # fmt: skip


class Counter:
    """Counts statements that reach the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, *_: Any) -> None:
        """One more; listens to SQLAlchemy's `before_cursor_execute`."""
        self.count += 1


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    table.add_column("what", no_wrap=True)
    for column in ("median", "p99", "processor", "statements", "times", "promised", ""):
        table.add_column(column, justify="right")
    for one in figures:
        promised = "" if one.limit is None else f"< {one.limit:g} {one.unit}"
        verdict = {None: "", True: "holds", False: "MISSED"}[one.holds]
        table.add_row(
            one.name, f"{one.shown:.2f} {one.unit}", _told(one.p99), _told(one.cpu), _told(one.statements, 0),
            str(one.times), promised, verdict,
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _told(value: float | None, places: int = 2) -> str:
    return "" if value is None else f"{value:.{places}f}"


def as_json(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """The same for a program."""
    return [{**asdict(one), "holds": one.holds} for one in figures]
