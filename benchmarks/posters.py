"""`workroom wechat posters` over a thousand workrooms: their codes asked for, PDF and PNG of each drawn.

The program runs as it is run by hand. The platform's stub stands in this process: its share isn't counted.
"""

import asyncio
import itertools
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.ground import filled
from tests.stubs.wechat import APP, SECRET, WeChat

ROOMS = 1_000
WITHIN = 60.0
"""Seconds promised (issue 5)."""

NAMES = (
    "临江曙光滨河长虹新桥西湖东山南苑北岭和平胜利建设人民友谊幸福"
    "安康永宁翠竹红旗金牛银杏柳荫梅园桂香松涛云溪石桥凤凰青龙白鹭荷塘锦绣长安太平东升南湖"
)
"""Pairs of characters that communities are named by."""


def fill(file: Path) -> None:
    """As many workrooms, with names and addresses as they are, beside the sample's."""
    pairs = [NAMES[at : at + 2] for at in range(0, len(NAMES), 2)]
    named = itertools.islice(itertools.permutations(pairs, 2), ROOMS)
    rows = [
        (f"P{n}", f"{street}街道{community}社区党代表工作室", f"{street}街道{community}路{n + 1}号")
        for n, (street, community) in enumerate(named)
    ]
    with closing(sqlite3.connect(file)) as connection:
        unit = connection.execute("SELECT id FROM units ORDER BY id LIMIT 1").fetchone()[0]
        connection.execute("UPDATE workrooms SET present = 0")
        connection.executemany(
            "INSERT INTO workrooms (code, name, address, kind, unit_id, theme, present) "
            "VALUES (?, ?, ?, 'grassroots', ?, '', 1)",
            [(*row, unit) for row in rows],
        )
        connection.execute(
            "INSERT INTO open_day_rules (workroom_id, rule, hours, on_holiday) SELECT id, "
            "'FREQ=MONTHLY;BYMONTHDAY=10,20', '09:00-11:30', 'next-workday' FROM workrooms WHERE present"
        )
        connection.commit()


async def measure(folder: Path) -> list[Figure]:
    """By the clock, and what all its processes took of the processors."""
    given, out = await filled(folder / "home"), folder / "out"
    fill(given.home / "workroom.sqlite3")
    async with WeChat() as platform:
        before, began = os.times(), time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("workroom"), "wechat", "posters", "--folder", out, "--json",
            env={**os.environ, **_account(given.home, platform.url)}, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await process.wait() == 0
        wall, after = time.perf_counter() - began, os.times()
    made = [*out.glob("*.pdf"), *out.glob("*.png")]
    assert len(made) == 2 * ROOMS, len(made)
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    size = sum(file.stat().st_size for file in made) / ROOMS / 1024
    return [
        Figure(f"{ROOMS:,} posters", wall, "s", cpu=1e3 * spent, limit=WITHIN),
        Figure("of the processors, all processes together", spent, "s"),
        Figure("one poster's two files", size, "KiB"),
    ]


def _account(home: Path, api: str) -> dict[str, str]:
    return {
        "WORKROOM_HOME": str(home),
        "WORKROOM_PUBLIC_URL": "https://workroom.example",
        "WORKROOM_WECHAT_APP_ID": APP,
        "WORKROOM_WECHAT_APP_SECRET": SECRET,
        "WORKROOM_WECHAT_TOKEN": "benchmark",
        "WORKROOM_WECHAT_AES_KEY": "a" * 43,
        "WORKROOM_WECHAT_API_URL": api,
    }
