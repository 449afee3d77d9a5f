"""Opens the database, embedded or served, and gives out transactions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from typing import Any, Self

import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.certain import certain
from storage.postgres import Postgres, Served, telling_away
from storage.sqlite import QuickSqlite

SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")

LIGHTLY = {"synchronous_commit": "off"}


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def open_database(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; parameters never reach a log."""
    driver = {"module": QuickSqlite()} if sa.make_url(url).get_backend_name() == "sqlite" else {}
    engine = create_async_engine(
        url,
        hide_parameters=True,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        pool_pre_ping=False,
        **driver,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: a writer must lock at once
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _away() -> Iterator[None]:
    """Tell a database that is away from a bug in a statement."""
    try:
        yield
    except _AWAY as trouble:
        raise DatabaseAway(type(trouble).__name__) from trouble
    except sa.exc.DBAPIError as trouble:
        if trouble.connection_invalidated:
            raise DatabaseAway(type(trouble).__name__) from trouble
        raise


def _begin(connection: sa.Connection) -> None:
    told = connection.get_execution_options()
    if not told.get("glances", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if told.get("writes", False) else "BEGIN")


class DatabaseAway(Exception):
    """The database can't be reached or has lost the connection: nothing has happened, try again later."""


_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError, OSError)


class AtNeed:
    """Stands for a connection; its transaction begins with the first statement, and ends with the block."""

    def __init__(
        self,
        dialect: sa.Dialect,
        writing: Callable[[], AbstractAsyncContextManager[Any]],
        write: Callable[[Sequence[Any]], Awaitable[None]] | None,
    ) -> None:
        self.dialect = dialect
        self._writing, self._write = writing, write
        self._begun: AbstractAsyncContextManager[Any] | None = None
        self._connection: Any = None
        self._waiting: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *trouble: Any) -> bool | None:
        return None if self._begun is None else await self._begun.__aexit__(*trouble)

    @property
    def begun(self) -> bool:
        """Whether the transaction has begun."""
        return self._connection is not None

    @property
    def needed(self) -> bool:
        """Whether anything was executed, or is to be written by the end."""
        return self._connection is not None or bool(self._waiting)

    async def execute(self, *given: Any, **more: Any) -> Any:
        """As the connection's own."""
        await self.settle()
        return await (await self._opened()).execute(*given, **more)

    async def apart(self, statement: Any, params: Any) -> Any:
        """As `execute`, while what waits goes on waiting (`storage.statements.Ready.apart`)."""
        return await (await self._opened()).execute(statement, params)

    def later(self, statement: Any, params: Any) -> None:
        """To be written by the end (`storage.statements.Ready.later`)."""
        self._waiting.append((statement, params))

    async def settle(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        connection = await self._opened()
        if not isinstance(connection, Served):
            for write in waiting:
                await connection.execute(*write)
            return
        for write in waiting:
            connection.later(*write)
        await connection.settle()

    async def finish(self) -> None:
        """Write what waits, and nothing will follow: where nothing went before, that is committed at once."""
        if self.begun or self._write is None:
            await self.settle()
            return
        waiting, self._waiting = self._waiting, []
        await self._write(waiting)

    async def _opened(self) -> Any:
        if self._connection is None:
            beginning = self._writing()
            self._connection = await beginning.__aenter__()
            self._begun = beginning
        return self._connection


class Database:
    """One database; every transaction of the program begins here and nobody commits by hand."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._one_writer: AbstractAsyncContextManager[Any] = nullcontext()
        self._postgres: Postgres | None = None
        self._light: Postgres | None = None
        if engine.dialect.name == "sqlite":
            self._one_writer = asyncio.Lock()
        else:
            self._postgres = Postgres(engine.url, engine.dialect)
            self._light = Postgres(engine.url, engine.dialect, LIGHTLY)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or rolled back when something raises.

        SQLite has one writer: within the process they queue here instead of in its busy loop.
        """
        if self._postgres is not None:
            with telling_away(DatabaseAway):
                async with self._postgres.transaction() as served:
                    yield served  # type: ignore[misc]  # all that storage asks of a connection
            return
        with _away():
            async with self._one_writer, self.engine.connect() as plain:
                connection = await plain.execution_options(writes=True)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """For looking only: a consistent view in SQLite, in PostgreSQL each statement has its own."""
        if self._postgres is not None:
            with telling_away(DatabaseAway):
                async with self._postgres.alone() as served:
                    yield served  # type: ignore[misc]
            return
        with _away():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncConnection]:
        """For one SELECT, which is consistent by itself: no trips to begin and to end a transaction."""
        if self._postgres is not None:
            async with self.reading() as served:
                yield served
            return
        with _away():
            async with self.engine.connect() as plain:
                yield await plain.execution_options(glances=True)

    def alone(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """For one statement, a transaction by itself: PostgreSQL needs no trips to begin and end it."""
        return self.writing() if self._postgres is None else self.reading()

    @asynccontextmanager
    async def lightly(self) -> AsyncIterator[AsyncConnection]:
        """As `alone`, for what is also kept elsewhere: PostgreSQL does not wait for the disk.

        What was written in the last half second is gone when the machine loses its power.
        """
        if self._light is None:
            async with self.writing() as connection:
                yield connection
            return
        with telling_away(DatabaseAway):
            async with self._light.alone() as served:
                yield served  # type: ignore[misc]

    def writing_if_needed(self) -> AtNeed:
        """As `writing`, but the transaction begins with the first statement, and there may be none."""
        return AtNeed(self.engine.dialect, self.writing, None if self._postgres is None else self._write)

    async def _write(self, writes: Sequence[Any]) -> None:
        with telling_away(DatabaseAway):
            await certain(self._postgres).write(writes)

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[AsyncConnection]:
        """A transaction on SQLAlchemy's own connection, for what looks at the schema or makes it."""
        with _away():
            async with self.engine.connect() as connection, connection.begin():
                yield connection

    def watch(self, told: Callable[[str], None]) -> None:
        """Tell of every statement and COMMIT that is carried out, for those who count them."""
        if self._postgres is not None and self._light is not None:
            self._postgres.watchers.append(told)
            self._light.watchers.append(told)
            return
        event.listen(self.engine.sync_engine, "before_cursor_execute", lambda *what: told(what[2]))
        event.listen(self.engine.sync_engine, "commit", lambda connection: told("COMMIT"))

    async def close(self) -> None:
        """Give back every connection."""
        for served in (self._postgres, self._light):
            if served is not None:
                await served.close()
        await self.engine.dispose()
