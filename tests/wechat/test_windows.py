"""A window that is full and hardly older isn't written down anew; everything else is."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.allowance import LATELY, Allowance

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FULL = Allowance().opened("message", NOW)


@pytest.mark.parametrize(
    "allowance, how, later, noted",
    [
        (FULL, "message", timedelta(0), True),
        (FULL, "message", LATELY, True),
        (FULL, "message", LATELY + timedelta(seconds=1), False),
        (FULL.spent(NOW), "message", timedelta(0), False),
        (FULL, "tap", timedelta(0), False),
        (FULL, "follow", timedelta(0), False),
        (Allowance(), "message", timedelta(0), False),
        (Allowance().opened("scan", NOW), "message", timedelta(0), False),
    ],
)
def test_what_is_noted_already(allowance: Allowance, how: str, later: timedelta, noted: bool) -> None:
    assert allowance.is_open(how, NOW + later) is noted
