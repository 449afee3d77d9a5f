"""What befalls the field while people chat, and what must hold when it is over."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg

from tests.postgres import OWNER
from tests.soak.crowd import Resident
from tests.soak.field import Field
from tests.soak.taps import SEAMS

DRAINED_WITHIN = 120.0


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


async def wage(ground: Field, over: asyncio.Event, *, every: float, restarts: float) -> None:
    """Until it is over: a death at each seam in turn, Telegram's moods; now and then a server restarts."""
    seams = list(SEAMS)
    turns, since = 0, 0.0
    while not over.is_set():
        victim = ground.dice.choice(ground.processes)
        victim.fate.seam = seams[turns % len(seams)]
        if turns % 2:
            _trouble(ground)
        turns, since = turns + 1, since + every
        if since >= restarts:
            since = 0.0
            await ground.dice.choice([ground.restart_postgres, ground.restart_redis])()
        await _pause(over, every)
    for process in ground.processes:
        process.fate.seam = ""


def _trouble(ground: Field) -> None:
    api = ground.api
    moods: dict[str, Callable[[], object]] = {
        "429": lambda: api.limits(1, method="sendMessage"),
        "500": lambda: api.fails(500, method="sendMessage", description="Internal Server Error"),
        "502": lambda: api.fails(502, method="sendMessage"),
        "closed": lambda: api.drops("sendMessage"),
        "closed after it was sent": lambda: api.drops("sendMessage", carried_out=True),
        "hung": lambda: api.holds("sendMessage", carried_out=False),
    }
    name = ground.dice.choice(list(moods))
    ground.faults[f"Telegram: {name}"] += 1
    moods[name]()


async def _pause(over: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        return


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


async def campaign(
    ground: Field,
    people: list[Resident],
    live: Callable[[], Awaitable[list[BaseException]]],
    *,
    every: float,
    restarts: float,
) -> Report:
    """War while people live, peace, judgement."""
    report, over = Report(), asyncio.Event()
    waging = asyncio.create_task(wage(ground, over, every=every, restarts=restarts))
    troubles = await live()
    over.set()
    await waging
    report.wrong += [f"somebody was left without an answer: {trouble}" for trouble in troubles]
    await peace(ground)
    await judge(ground, people, report)
    for process in ground.processes:
        report.deaths += process.fate.deaths
    report.faults = ground.faults
    return report
