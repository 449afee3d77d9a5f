"""Sessions in Redis, shared by processes: taken and kept in a round trip each (DESIGN §3, §4)."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta
from itertools import count
from types import TracebackType

import orjson

from storage import said_elsewhere
from storage.database import Database, DatabaseAway
from storage.drafts_beside import DraftsBeside, Nobodys, keep_together
from storage.filing import Filings, Ground, Wanted
from storage.gathering import Gathering, given_up
from storage.held import LEASE_MS, SOON, Held, keys_of
from storage.meeting import Meetings, Met
from storage.remembered import Remembered
from storage.scripts import Scripts
from storage.sessions import REMEMBERED, Key, Session
from storage.statements import Row
from storage.unit import UnitOfWork
from storage.work import Work


class Kept:
    """The session as the step wants it kept by this process, until its transaction is committed."""

    def __init__(self, by: str) -> None:
        self.values: list[bytes | str] | None = None
        self._by = by

    async def save(self, key: Key, session: Session, now: datetime) -> None:
        """As `storage.sessions.KeepsSessions`."""
        ours = {
            "handled": session.handled[-REMEMBERED:],
            "answer": session.answer,
            "shown": session.shown,
            "saved_at": now,
            "by": self._by,
        }
        data = orjson.dumps(session.data) if session.data else ""
        self.values = [session.state or "", data, orjson.dumps(ours)]

    async def forget(self, key: Key) -> None:
        """As `storage.sessions.KeepsSessions`."""
        self.values = ["", "", ""]


class Step(AbstractAsyncContextManager[Work]):
    """One step: the conversation is taken when it begins, and kept when it ends well."""

    def __init__(self, shared: "Shared", key: Key, held: Held) -> None:
        self._shared, self._key, self._held = shared, key, held
        self._kept = Kept(shared.process)
        self._began = shared.clock()

    async def __aenter__(self) -> Work:
        try:
            met = await self._met()
        except BaseException:
            await self._given_up()
            raise
        shared = self._shared
        self._connection = shared.database.writing_if_needed()
        self._drafts = DraftsBeside(self._connection, met.without_draft)
        return Work(
            UnitOfWork(
                self._connection,  # type: ignore[arg-type]  # it stands for a connection
                shared.remembered.of(met.version),
                drafts=self._drafts,
                sessions=self._kept,
                ground=self._ground,
            ),
            met,
            self._waited,
            self._held,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if trouble is None:
                await self._commit()
                await self._end()
            else:
                await self._connection.__aexit__(kind, trouble, trace)
        except BaseException:
            await self._given_up()
            raise
        finally:
            self._held.forget()
        if trouble is not None:
            await self._given_up()

    async def _met(self) -> Met:
        """Who it is and how their conversation stands: both are asked for at the same time.

        A step of another process may have changed the person after we had asked: then we ask again.
        """
        shared = self._shared
        meeting = shared.meetings.asked(self._key)
        try:
            taken = await self._held.take()
        except BaseException:
            given_up(meeting)
            raise
        self._waited = taken.waited
        if taken.by != shared.process and taken.age <= shared.clock() - self._began:
            given_up(meeting)
            meeting = shared.meetings.asked(self._key)
        return (await meeting).standing(taken.session)

    async def _ground(self, wanted: Wanted) -> Ground:
        """What a case is to be filed on; the lease is prolonged meanwhile, for it will be committed soon."""
        self._held.look()
        return await self._shared.filings.ground(wanted)

    async def _commit(self) -> None:
        async with self._connection:
            if self._connection.needed or self._drafts.thrown:
                await self._settled()

    async def _settled(self) -> None:
        """Everything is written and the conversation still ours for long enough: it may be committed."""
        self._held.look()
        await self._drafts.settle()
        if self._connection.begun:
            await self._connection.settle()
            await self._held.sure()
        else:
            await self._held.sure()  # first: what is written alone is committed with that
            await self._connection.finish()

    async def _end(self) -> None:
        """Keep the session, and the drafts side by side with it."""
        drafts = self._drafts.kept
        if not drafts:
            await self._held.keep(self._kept.values)
            return
        if self._shared.clock() - self._began > SOON:
            await self._held.prolong()
        await self._kept_with(drafts)

    async def _kept_with(self, drafts: list[Row]) -> None:
        """Only then another process may have the conversation, or what it throws away would be written

        after that. Should the drafts fail alone, the same delivery comes again and keeps them (`Desk`). Of
        somebody who was forgotten meanwhile nothing is kept.
        """
        writing = self._shared.drafts.asked(drafts)
        try:
            await self._held.keep(self._kept.values, LEASE_MS)
            await writing
        except Nobodys:
            await self._held.keep(["", "", ""])
            raise
        finally:
            given_up(writing)
        self._held.give_back()

    async def _given_up(self) -> None:
        with suppress(DatabaseAway):  # what is wrong is told already; the lease ends by itself
            await asyncio.shield(self._held.release())


class Shared:
    """A workplace of many processes: lock and load in one round trip, save and unlock in another."""

    def __init__(
        self,
        database: Database,
        scripts: Scripts,
        lasts: timedelta,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`lasts`: how long a conversation nobody goes on with is remembered; its draft stays longer."""
        self.database, self.clock = database, clock
        self.process, self._steps = secrets.token_hex(8), count()
        self._scripts, self._lasts = scripts, int(lasts.total_seconds())
        self.remembered, self.meetings, self.filings = Remembered(), Meetings(database), Filings(database)
        self.drafts: Gathering[list[Row], None] = Gathering(self._keep_drafts, beside=2)

    def work(self, key: Key, told: str = "") -> Step:
        """As `storage.work.Workplace`."""
        fence = f"{self.process}{next(self._steps):x}"
        return Step(self, key, Held(self._scripts, key, told, fence, self._lasts, self.clock))

    async def said(self, key: Key, told: str) -> None:
        """As `storage.work.Workplace`."""
        await said_elsewhere.tell(self._scripts, keys_of(key), told)

    async def was_said(self, key: Key, told: str) -> bool:
        """As `storage.work.Workplace`."""
        return await said_elsewhere.hear(self._scripts, keys_of(key), told)

    async def _keep_drafts(self, many: Sequence[list[Row]]) -> list[Exception | None]:
        """The session in Redis holds the same: a draft is for when that is gone."""
        return await keep_together(self.database, many)
