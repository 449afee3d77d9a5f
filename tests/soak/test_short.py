"""The short form of the soak; `make soak` runs the long one."""

from pathlib import Path

import pytest

from tests.soak.crowd import crowd, live_through
from tests.soak.field import battlefield
from tests.soak.war import campaign


@pytest.mark.postgres
@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with battlefield(tmp_path, seed=7) as ground:
        people = crowd(ground.api, 8, seed=7)
        report = await campaign(
            ground, people, lambda: live_through(people, requests=2), every=1.5, restarts=8.0
        )
    assert not report.wrong, report.told()
    assert report.found["cases"] == 16
    assert sum(report.deaths.values()) >= 2, report.told()
