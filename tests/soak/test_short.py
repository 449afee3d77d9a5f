"""The short form of the soak; `make soak` runs the long one."""

from pathlib import Path

import pytest

from tests.soak.crowd import HEARD, crowd
from tests.soak.district import invited
from tests.soak.field import battlefield
from tests.soak.taps import SEAMS
from tests.soak.war import campaign


@pytest.mark.postgres
@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with battlefield(tmp_path, seed=7) as ground:
        people = crowd(ground.api, 6, 7, await invited(ground.url, HEARD), thinks=0.5)
        report = await campaign(ground, people, seconds=4.0, every=0.4, total=False)
    assert not report.wrong, report.told()
    assert report.deaths.keys() == SEAMS.keys(), report.told()
    assert report.found["cases"] >= 6, report.told()
