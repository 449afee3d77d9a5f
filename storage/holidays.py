"""The days of the notices that the office has loaded."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.holiday_notice import Notice
from domain.holidays import SETTING, Special, to_setting
from storage.registry import Registry
from storage.statements import add
from storage.tables import holiday_days


class HolidayDays:
    """Kept one by one; a setting beside them carries them to every process with what else is set."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> dict[date, Special]:
        """Every day that was loaded."""
        return {day: special for day, (special, _) in (await self._kept()).items()}

    async def load(self, notice: Notice, now: datetime) -> bool:
        """Keep the days of a notice; those that an earlier notice of its years named are forgotten.

        Whether anything has changed: the same notice again changes nothing.
        """
        kept = await self._kept()
        staying = {day: told for day, told in kept.items() if told[1] not in notice.years}
        wanted = staying | {day: (special, notice.year_of(day)) for day, special in notice.days.items()}
        if wanted == kept:
            return False
        await self._connection.execute(sa.delete(holiday_days))
        rows = [
            {
                "day": day,
                "workday": special.workday,
                "name": special.name,
                "notice": year,
                "loaded_at": now,
            }
            for day, (special, year) in sorted(wanted.items())
        ]
        await add(self._connection, holiday_days, rows)
        days = {day: special for day, (special, _) in wanted.items()}
        await Registry(self._connection).set_setting(SETTING, to_setting(days))
        return True

    async def _kept(self) -> Mapping[date, tuple[Special, int]]:
        rows = await self._connection.execute(sa.select(holiday_days))
        return {row.day: (Special(row.workday, row.name), row.notice) for row in rows}
