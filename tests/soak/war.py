"""What befalls the field while people chat, and what must hold when it is over."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import asyncpg

from tests.postgres import OWNER
from tests.soak.crowd import Resident, live_through
from tests.soak.field import Field
from tests.soak.taps import SEAMS

DRAINED_WITHIN = 120.0
LONGEST = 40.0
"""Seconds beyond its time that the war goes on until each seam was struck."""

SORTS = 5
"""Kinds of trouble, Telegram's and the servers', of which each campaign sees so many."""


@dataclass
class Report:
    """What happened and what was found."""

    deaths: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    found: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        """For whoever reads the log."""
        lines = [f"{name}: {many}" for name, many in sorted((self.deaths + self.faults).items())]
        lines += [f"{name}: {many}" for name, many in self.found.items()]
        return "\n".join(lines + [f"WRONG {line}" for line in self.wrong])


async def wage(ground: Field, seconds: float, every: float) -> None:
    """A death at each seam in turn, a moody Telegram, servers that restart: until all of it was seen."""
    seams, turns = list(SEAMS), 0
    ends = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < ends or not _all_seen(ground):
        ground.dice.choice(ground.serving).fate.seam = seams[turns % len(seams)]
        _trouble(ground)
        if turns % 10 == 4:
            await ground.restart_redis()
        if turns % 10 == 9:
            await ground.restart_postgres()
            ground.dice.choice(ground.processes).kill()
            ground.faults["killed at any moment"] += 1
        turns += 1
        await asyncio.sleep(every)
        if asyncio.get_running_loop().time() > ends + LONGEST:
            break
    for process in ground.processes:
        process.fate.seam = ""


def _all_seen(ground: Field) -> bool:
    return deaths(ground).keys() == SEAMS.keys() and len(ground.faults) >= SORTS


def deaths(ground: Field) -> Counter[str]:
    """How often processes died at which seam."""
    return sum((process.fate.deaths for process in ground.processes), Counter[str]())


def _trouble(ground: Field) -> None:
    """Refusals, after which an answer is given again. Where it isn't known whether an answer arrived, it is
    not said twice (decision 0020), and people ask: tests/telegram and tests/delivery have those.
    """
    api = ground.api
    moods: dict[str, Callable[[], object]] = {
        "429": lambda: api.limits(1, method="sendMessage"),
        "500": lambda: api.fails(500, method="sendMessage", description="Internal Server Error"),
        "502": lambda: api.fails(502, method="sendMessage"),
    }
    name = ground.dice.choice(list(moods))
    ground.faults[f"Telegram: {name}"] += 1
    moods[name]()


async def peace(ground: Field) -> None:
    """Nothing breaks any more: every letter is sent or given up, visibly."""
    ground.api.faults.release()
    ground.api.faults = type(ground.api.faults)()
    await ground.ready()
    await until(ground, "SELECT count(*) = 0 FROM outbox WHERE state = 'waiting'", DRAINED_WITHIN)


async def until(ground: Field, question: str, within: float) -> None:
    """Wait until the database says yes."""
    connection = await asyncpg.connect(host=str(ground.postgres.folder), user=OWNER, database="soak")
    try:
        async with asyncio.timeout(within):
            while not await connection.fetchval(question):  # noqa: ASYNC110
                await asyncio.sleep(0.2)  # another process writes it, and rings nobody
    finally:
        await connection.close()


QUESTIONS = {
    "cases": "SELECT count(*) FROM cases",
    "cases with the same words": """
        SELECT count(*) FROM (SELECT 1 FROM cases GROUP BY person_id, words HAVING count(*) > 1) twice""",
    "cases without their submission on the timeline": """
        SELECT count(*) FROM cases c
        WHERE (SELECT count(*) FROM events e WHERE e.case_id = c.id AND e.action = 'submit') <> 1""",
    "cases without a round": """
        SELECT count(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM rounds r WHERE r.case_id = c.id)""",
    "cases nobody was told of": """
        SELECT count(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.case_id = c.id)""",
    "letters": "SELECT count(*) FROM outbox",
    "letters that still wait": "SELECT count(*) FROM outbox WHERE state = 'waiting'",
    "persons twice": """
        SELECT count(*) FROM (SELECT 1 FROM identities GROUP BY channel, "user" HAVING count(*) > 1) twice""",
}  # fmt: skip
MUST_BE_NONE = tuple(name for name in QUESTIONS if name not in ("cases", "letters"))


async def judge(ground: Field, people: list[Resident], report: Report) -> None:
    """Count what is there against what people were told."""
    connection = await asyncpg.connect(host=str(ground.postgres.folder), user=OWNER, database="soak")
    try:
        for name, question in QUESTIONS.items():
            report.found[name] = int(await connection.fetchval(question))
    finally:
        await connection.close()
    told = sum(len(person.words) for person in people)
    report.found["requests acknowledged"] = told
    if report.found["cases"] != told:
        report.wrong.append(f"{told} requests acknowledged, {report.found['cases']} cases")
    report.wrong += [f"{name}: {report.found[name]}" for name in MUST_BE_NONE if report.found[name]]


async def campaign(ground: Field, people: list[Resident], *, seconds: float, every: float) -> Report:
    """War while people live, peace, judgement."""
    report, over = Report(), asyncio.Event()
    living = asyncio.create_task(live_through(people, over))
    await wage(ground, seconds, every)
    over.set()
    ground.api.faults.release()
    troubles = await living
    report.wrong += [f"somebody was left without an answer: {trouble}" for trouble in troubles]
    await peace(ground)
    await judge(ground, people, report)
    report.deaths, report.faults = deaths(ground), ground.faults
    return report
