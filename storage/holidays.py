"""The days of the notices that the office has loaded."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.holidays import SETTING, Special, to_setting
from storage.statements import add, upsert
from storage.tables import holiday_days, settings


class HolidayDays:
    """Kept one by one; the setting beside them carries them to every process with what else is set."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> dict[date, Special]:
        """Every day that was loaded."""
        rows = await self._connection.execute(sa.select(holiday_days))
        return {row.day: Special(row.workday, row.name) for row in rows}

    async def load(self, days: Mapping[date, Special], now: datetime) -> bool:
        """Keep the days of a notice; those of the same years that it doesn't name are forgotten.

        Whether anything has changed: the same notice again changes nothing.
        """
        kept = await self.all()
        years = {day.year for day in days if (day.month, day.day) == (10, 1)}
        wanted = {day: special for day, special in kept.items() if day.year not in years} | dict(days)
        if wanted == kept:
            return False
        await self._connection.execute(sa.delete(holiday_days))
        rows = [
            {"day": day, "workday": special.workday, "name": special.name, "loaded_at": now}
            for day, special in sorted(wanted.items())
        ]
        await add(self._connection, holiday_days, rows)
        values = {"name": SETTING, "value": to_setting(wanted)}
        await upsert(self._connection, settings, ("name",), values)
        return True
