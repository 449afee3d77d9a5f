"""Drafts of a step whose session lies in Redis: written at its end, or beside it together with others'."""

from typing import NamedTuple

from storage.database import AtNeed
from storage.drafts import Draft, Drafts, row_of
from storage.statements import Row


class DraftsBeside(Drafts):
    """Drafts are written at the step's end. One that only keeps drafts has no transaction for it:

    those kept at the same time, by whomever, share one.
    """

    def __init__(self, connection: AtNeed, none_of: int | None) -> None:
        super().__init__(connection, none_of)  # type: ignore[arg-type]  # it stands for a connection
        self._writes: list[Row | Thrown] = []

    @property
    def kept(self) -> list[Row]:
        """What is to be kept, if that is all."""
        rows = [write for write in self._writes if not isinstance(write, Thrown)]
        return rows if len(rows) == len(self._writes) else []

    @property
    def thrown(self) -> bool:
        """Whether anything is to be thrown away."""
        return len(self.kept) < len(self._writes)

    async def keep(self, person_id: int, draft: Draft) -> None:
        """As `Drafts`."""
        self._none_of = None
        self._writes.append(row_of(person_id, draft))

    async def drop(self, person_id: int, flow: str | None = None, subject: str = "") -> None:
        """As `Drafts`."""
        if person_id != self._none_of:
            self._writes.append(Thrown(person_id, flow, subject))

    async def latest(
        self, person_id: int, flow: str | None = None, subject: str | None = None
    ) -> Draft | None:
        """As `Drafts`."""
        await self.settle()
        return await super().latest(person_id, flow, subject)

    async def settle(self) -> None:
        """Write it within the step's transaction, in its order."""
        writes, self._writes = self._writes, []
        for write in writes:
            if isinstance(write, Thrown):
                await super().drop(*write)
            else:
                await self.put([write])


class Thrown(NamedTuple):
    """Drafts that are finished or thrown away."""

    person: int
    flow: str | None
    subject: str
