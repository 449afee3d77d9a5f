"""Opens the database, embedded or served, and gives out transactions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.sqlite import QuickSqlite

SERVED = {
    "pool_size": 16,
    "max_overflow": 0,  # a connection beyond the pool would be opened and closed for each transaction
    "connect_args": {"server_settings": {"idle_in_transaction_session_timeout": "5s", "jit": "off"}},
}
"""For a server. One that stands still within a transaction is cut off before its conversation's lock ends
(storage/shared_sessions.LEASE), so that it can't commit behind the back of whoever took over (TRUST 9)."""

SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def open_database(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; parameters never reach a log."""
    sqlite = sa.make_url(url).get_backend_name() == "sqlite"
    driver: dict[str, Any] = {"module": QuickSqlite()} if sqlite else dict(SERVED)
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
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class DatabaseAway(Exception):
    """The database can't be reached or has lost the connection: nothing has happened, try again later."""


_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError, OSError)


class AtNeed:
    """Stands for a connection; its transaction is `begun` with the first statement."""

    def __init__(self, dialect: sa.Dialect, begin: Callable[[], Awaitable[AsyncConnection]]) -> None:
        self.dialect = dialect
        self._begin = begin
        self._connection: AsyncConnection | None = None

    @property
    def begun(self) -> bool:
        """Whether anything was executed."""
        return self._connection is not None

    async def execute(self, *given: Any, **more: Any) -> Any:
        """As the connection's own."""
        if self._connection is None:
            self._connection = await self._begin()
        return await self._connection.execute(*given, **more)


class Database:
    """One database; every transaction of the program begins here and nobody commits by hand."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._one_writer: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or rolled back when something raises.

        SQLite has one writer: within the process they queue here instead of in its busy loop.
        """
        with _away():
            async with self._one_writer, self.engine.connect() as plain:
                connection = await plain.execution_options(writes=True)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view, for looking only."""
        with _away():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing_if_needed(self) -> AsyncIterator["AtNeed"]:
        """As `writing`, but the transaction begins with the first statement, and there may be none."""
        with _away():
            async with AsyncExitStack() as stack:
                yield AtNeed(self.engine.dialect, lambda: stack.enter_async_context(self.writing()))

    @asynccontextmanager
    async def looking_once(self) -> AsyncIterator[AsyncConnection]:
        """For single statements that only look: no transaction around them, no trips to begin and end it."""
        with _away():
            async with self.engine.connect() as plain:
                yield await plain.execution_options(isolation_level="AUTOCOMMIT")

    async def close(self) -> None:
        """Give back every connection."""
        await self.engine.dispose()
