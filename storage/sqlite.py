"""SQLite with one trip to its thread for each statement, where SQLAlchemy's own adapter makes four."""

import sqlite3
from collections import deque
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Executes and fetches in one go: every trip costs more than most statements."""

    __slots__ = ()

    def execute(self, operation: Any, parameters: Any = None) -> None:
        """Run one statement and take all its rows along."""
        self._run(_execute, operation, parameters)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        """Run one statement for many parameters."""
        self._run(_execute_many, operation, seq_of_parameters)

    def _run(self, how: Any, operation: Any, parameters: Any) -> None:
        driver: Any = self._connection
        try:
            found = self.await_(driver._execute(how, driver._conn, operation, parameters))
        except ValueError as error:  # closed meanwhile
            self._adapt_connection._handle_exception(error)
        self.description, self._rows, self.lastrowid, self.rowcount = found


def _execute(connection: sqlite3.Connection, operation: str, parameters: Any) -> Any:
    cursor = connection.execute(operation, parameters or ())
    try:
        if cursor.description:
            return cursor.description, deque(cursor.fetchall()), -1, -1
        return None, deque(), cursor.lastrowid, cursor.rowcount
    finally:
        cursor.close()


def _execute_many(connection: sqlite3.Connection, operation: str, many: Any) -> Any:
    cursor = connection.executemany(operation, many)
    try:
        return None, deque(), cursor.lastrowid, cursor.rowcount
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    """A connection whose cursors are quick."""

    __slots__ = ()

    def cursor(self, server_side: bool = False) -> Any:
        """A quick cursor; a server-side one is SQLAlchemy's own."""
        return super().cursor(server_side) if server_side else _Cursor(self)

    def rollback(self) -> None:
        """Only where there is something to roll back: every connection is rolled back on its return."""
        driver: Any = self._connection
        if driver._conn.in_transaction:
            super().rollback()


class QuickSqlite(AsyncAdapt_aiosqlite_dbapi):
    """The driver, for `create_async_engine(…, module=QuickSqlite())`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *args: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        """Open a file."""
        plain = super().connect(*args, **options)
        return _Connection(self, plain._connection)
