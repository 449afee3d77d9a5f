"""`python -m benchmarks.run [KIND …]`: measures and prints; `--json` for programs."""

import argparse
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from benchmarks import calls, crowd, planner, posters, roster, size, start, step, wechat
from benchmarks.figures import Figure, as_json, show

KINDS: dict[str, tuple[str, Callable[[Path], Awaitable[list[Figure]]]]] = {
    "step": ("One step of a conversation", step.measure),
    "crowd": ("Twenty people at once", crowd.measure),
    "size": ("200,000 cases against 1,000", size.measure),
    "planner": ("The planner's minute over a city", planner.measure),
    "calls": ("One call of the Bot API, fifty under way", calls.measure),
    "roster": (
        "A month's rosters of 1,600 workrooms (statements a batch of 100), compared again (in all)",
        roster.measure,
    ),
    "wechat": ("The same words over Telegram and over WeChat", wechat.measure),
    "posters": ("The posters of a thousand workrooms", posters.measure),
    "start": ("Start and memory", start.measure),
}


async def _measured(kinds: list[str], folder: Path, *, tables: bool) -> dict[str, list[Figure]]:
    found = {}
    for kind in kinds:
        title, measure = KINDS[kind]
        found[kind] = await measure(folder / kind)
        if tables:
            show(title, found[kind])
    return found


def main() -> int:
    """Measure what was asked for; 1 when a promise is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[[], *KINDS], help="all of them when none is named")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--folder", type=Path, help="where the databases go: the disk that is measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for kind in KINDS:
            (Path(folder) / kind).mkdir()
        kinds = list(given.kinds or KINDS)
        found = uvloop.run(_measured(kinds, Path(folder), tables=not given.json))
    if given.json:
        json.dump({kind: as_json(figures) for kind, figures in found.items()}, sys.stdout, indent=2)
        print()
    return int(any(one.holds is False for figures in found.values() for one in figures))


if __name__ == "__main__":
    sys.exit(main())
