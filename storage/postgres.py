"""PostgreSQL by asyncpg itself, one trip a statement: SQLAlchemy writes the statements and reads the rows.

Its own asyncpg adapter took seven times the processor time for a statement and six times for a transaction
(benchmarks/README.md). Here is what its execution context does: compile once, bind, process the rows.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

from storage.bundles import Bound, in_one, portions, rows_together
from storage.pool import Pool
from storage.statements import Changed

MOST = 16
"""Connections of one process."""

SETTINGS = {
    "idle_in_transaction_session_timeout": "5s",
    "plan_cache_mode": "force_generic_plan",  # planning took thrice the time of running
    "jit": "off",
    # A plan is made once a connection: one made while a table was small must not read all of it ever after.
    "enable_seqscan": "off",
}
"""One that stands still within a transaction is cut off before its conversation's lock ends
(storage/held.LEASE), so that it can't commit behind the back of whoever took over (TRUST 9)."""

NOTHING: Mapping[str, str] = {}

AWAY = (
    OSError,  # no socket, refused, reset, too slow
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,  # shut down, starting, cancelled
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidCachedStatementError,  # the schema was upgraded meanwhile
)
"""What is raised when the server can't be reached, or has broken the transaction off."""


class Found(IteratorResult[Any]):
    """Rows as SQLAlchemy gives them; `rowcount` says how many a statement has touched."""

    rowcount: int = -1


class Plan:
    """A compiled statement, taken apart for asyncpg."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self._compiled = compiled
        self._positions: Sequence[str] = compiled.positiontup or ()
        self._processors: Mapping[str, Any] = compiled._bind_processors
        self._expands = bool(compiled.post_compile_params or compiled.literal_execute_params)
        defaults: Any = [(c.key, c.default) for c in (*compiled.insert_prefetch, *compiled.update_prefetch)]
        # `construct_params` is slow; a value that is not given by name stands in the statement itself.
        self._own = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self._plain = not any(bind.callable or bind.expanding for bind in compiled.bind_names)
        self._defaults = {name: default.arg for name, default in defaults if default is not None}
        columns = compiled._result_columns or ()
        read = [_reader(entry.type, compiled.dialect) for entry in columns]
        self.metadata = SimpleResultMetaData([entry.keyname for entry in columns], _processors=read)

    def bound(self, params: Any, extracted: Any) -> Bound:
        """The text and its arguments in their order."""
        values = self._values(params, extracted)
        for name, value in self._defaults.items():
            if values.get(name) is None:
                values[name] = value(None) if callable(value) else value
        text, positions, processors = self._compiled.string, self._positions, self._processors
        if self._expands:
            state = self._compiled._process_parameters_for_postcompile(values)
            values = {**values, **state.additional_parameters}
            text, positions = state.statement, state.positiontup or ()
            processors = {**processors, **state.processors}
        return text, [
            processors[name](values[name]) if name in processors else values[name] for name in positions
        ]

    def _values(self, params: Any, extracted: Any) -> dict[str, Any]:
        if extracted is None and self._plain:
            return {**self._own, **params} if params else dict(self._own)
        return dict(
            self._compiled.construct_params(params, extracted_parameters=extracted, escape_names=False)
        )


def _reader(kind: Any, dialect: Any) -> Any:
    """How a column's values are read; numbers come as they are."""
    return None if isinstance(kind, sa.Numeric) else kind._cached_result_processor(dialect, None)


class Plans:
    """Plans of statements seen before, by SQLAlchemy's own cache keys."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self._compiled: Any = LRUCache(500)
        self._plans: Any = LRUCache(1000)

    def of(self, statement: Any, params: Any) -> tuple[Plan, Any]:
        """The statement's plan, and the values that stood in its text."""
        extracted = None
        if not isinstance(statement, SQLCompiler):
            many = isinstance(params, list | tuple)
            first = params[0] if many else params or {}
            statement, extracted, _ = statement._compile_w_cache(
                self._dialect, compiled_cache=self._compiled, column_keys=sorted(first), for_executemany=many
            )
        plan = self._plans.get(statement)
        if plan is None:
            plan = self._plans[statement] = Plan(statement)
        return plan, extracted


_PLANS: dict[type[sa.Dialect], Plans] = {}
"""Plans know nothing of a database, only how its kind is spoken to: all pools of a process share them."""


class Served:
    """One connection with its transaction, as far as storage uses SQLAlchemy's."""

    def __init__(self, raw: Any, plans: Plans, dialect: sa.Dialect, tell: Callable[[str], None]) -> None:
        self._raw, self._plans, self.dialect, self._tell = raw, plans, dialect, tell
        self._waiting: list[Bound] = []

    async def execute(self, statement: Any, params: Any = None) -> Found:
        """Run it, once for each of many parameters; rows of one run come back."""
        if self._waiting:
            await self.settle()
        plan, extracted = self._plans.of(statement, params)
        if isinstance(params, list | tuple):
            bound = [plan.bound(one, extracted) for one in params]
            self._tell(bound[0][0])
            await self._raw.executemany(bound[0][0], [arguments for _, arguments in bound])
            return Found(plan.metadata, iter(()))
        rows, status = await self._run(plan.bound(params, extracted))
        metadata = plan.metadata
        if rows and not metadata.keys:  # a text in SQL names no columns
            metadata = SimpleResultMetaData(list(rows[0].keys()))
        found = Found(metadata, map(tuple, rows))
        last = status.decode().rpartition(" ")[2]
        found.rowcount = int(last) if last.isdigit() else -1
        return found

    def later(self, statement: Any, params: Any) -> None:
        """Write it before the next statement or at the end; many parameters are many rows of an INSERT."""
        plan, extracted = self._plans.of(statement, params)
        if isinstance(params, list | tuple):
            rows = [plan.bound(one, extracted) for one in params]
            self._waiting += [rows_together(portion) for portion in portions(rows)]
        else:
            self._waiting.append(plan.bound(params, extracted))

    @property
    def trips(self) -> int:
        """How many `settle` will take."""
        return len(list(portions(self._waiting)))

    async def settle(self) -> None:
        """Write what waits, in one trip, or in a few where it is a great deal. Raises Changed."""
        waiting, self._waiting = self._waiting, []
        try:
            for portion in portions(waiting):
                await self._run(in_one(portion))
        except asyncpg.UniqueViolationError as faster:  # what isn't to be refused says ON CONFLICT
            raise Changed from faster

    async def _run(self, bound: Bound) -> tuple[Any, bytes]:
        text, arguments = bound
        self._tell(text)
        rows, status, _ = await self._raw._execute(text, arguments, 0, None, return_status=True)
        return rows, status


class Postgres:
    """The server, connected to when it is needed; its sessions are told `settings` besides SETTINGS."""

    def __init__(self, url: sa.URL, dialect: sa.Dialect, settings: Mapping[str, str] = NOTHING) -> None:
        self._dialect, self._plans = dialect, _PLANS.setdefault(type(dialect), Plans(dialect))
        _, options = dialect.create_connect_args(url)
        self._options = {n: v for n, v in options.items() if not n.startswith("prepared_statement")}
        self._settings = {**SETTINGS, **settings}
        self._pool = Pool(self._connected, MOST)
        self.watchers: list[Callable[[str], None]] = []

    def _tell(self, statement: str) -> None:
        for told in self.watchers:
            told(statement)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Served]:
        """A transaction, committed at the end or rolled back when something raises."""
        async with self._pool.connection() as raw:
            async with raw.transaction():
                served = Served(raw, self._plans, self._dialect, self._tell)
                yield served
                await served.settle()
            self._tell("COMMIT")

    async def write(self, writes: Sequence[tuple[Any, Any]]) -> None:
        """Statements with their parameters as one transaction; most often one trip takes them all.

        Raises Changed.
        """
        async with self._pool.connection() as raw:
            served = Served(raw, self._plans, self._dialect, self._tell)
            for write in writes:
                served.later(*write)
            if served.trips == 1:  # a transaction by itself
                await served.settle()
            else:
                async with raw.transaction():
                    await served.settle()
        self._tell("COMMIT")

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Served]:
        """For single statements: each is a transaction of its own."""
        async with self._pool.connection() as raw:
            served = Served(raw, self._plans, self._dialect, self._tell)
            yield served
            await served.settle()

    async def _connected(self) -> Any:
        raw = await asyncpg.connect(
            **self._options, server_settings=self._settings, statement_cache_size=1000
        )
        await _speak_json(raw)
        return raw

    async def close(self) -> None:
        """Give back every connection."""
        await self._pool.close()


async def _speak_json(raw: Any) -> None:
    """JSON is written by SQLAlchemy's type and read here, as its own adapter has it."""
    for name in ("json", "jsonb"):
        await raw.set_type_codec(name, encoder=str, decoder=orjson.loads, schema="pg_catalog", format="text")


@contextmanager
def telling_away(away: type[Exception]) -> Iterator[None]:
    """Raise `away` for a server that is away."""
    try:
        yield
    except AWAY as trouble:
        raise away(type(trouble).__name__) from trouble
