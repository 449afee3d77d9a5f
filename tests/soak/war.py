"""What befalls the field while people chat, and what must hold when it is over."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import asyncpg

from tests.postgres import OWNER
from tests.soak.crowd import HEARD, Crowd, live_through
from tests.soak.field import Field, Process
from tests.soak.taps import SEAMS
from tests.stubs.bot_api import BotApi

DRAINED_WITHIN = 120.0
LONGEST = 60.0
"""Seconds beyond its time that the war goes on until everything was struck."""

HANGS_FOR = 3
"""Calls of Telegram that hang, or are cut off, at a time."""

MOODS: dict[str, Callable[[BotApi, str | None, int], object]] = {
    "429": lambda api, method, times: api.limits(1, method=method),
    "500": lambda api, method, times: api.fails(500, method=method, description="Internal Server Error"),
    "502": lambda api, method, times: api.fails(502, method=method),
    "hangs, and did it": lambda api, method, times: api.holds(method, times=times),
    "hangs, and did nothing": lambda api, method, times: api.holds(method, times=times, carried_out=False),
    "closes, and did it": lambda api, method, times: api.drops(method, times=times, carried_out=True),
    "closes, and did nothing": lambda api, method, times: api.drops(method, times=times),
}
"""What Telegram does to calls of a method (None: of any). After the last four nobody knows what happened."""

METHODS = ("sendMessage", "sendMessage", "editMessageText", None)


@dataclass
class Report:
    """What happened and what was found."""

    deaths: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    found: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        """For whoever reads the log: deaths by seam, other blows, what was found, and what is wrong."""
        lines = [f"{name}: {many}" for name, many in sorted((self.deaths + self.faults).items())]
        lines += [f"{name}: {many}" for name, many in self.found.items()]
        return "\n".join(lines + [f"WRONG {line}" for line in self.wrong])


@dataclass
class War:
    """A campaign's blows, one after the other, until its time is over and every one has fallen.

    Not `total`, each blow falls once, and the postmen's lives are spared: what a dead one had in hand is
    taken over only after a minute.
    """

    ground: Field
    total: bool
    longest_recovery: float = 0.0
    longest_stop: float = 0.0
    _turns: int = 0

    async def wage(self, seconds: float, every: float) -> None:
        """Deaths at seams, a mood of Telegram's and one other blow at every turn."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while loop.time() < ends or (self._missing() and loop.time() < ends + LONGEST):
            self._arm()
            if self.total or self._turns < len(MOODS):
                self._mood()
            if self.total or self._turns < len(self._blows()):
                await self._blows()[self._turns % len(self._blows())]()
            self._turns += 1
            await asyncio.sleep(every)
            await self._recovery()
        for process in self.ground.processes:
            process.fate.seam = ""
            process.clock(ahead=False)

    async def _recovery(self) -> None:
        """By itself, after whatever befell it: without this nothing would be under way on a slow machine."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for process in self.ground.processes:
            process.fate.seam = ""
        await self.ground.taking()
        self.longest_recovery = max(self.longest_recovery, loop.time() - began)

    def _blows(self) -> Sequence[Callable[[], Awaitable[None]]]:
        ground = self.ground
        some = (
            self._jump, self._old_updates, ground.restart_redis, self._stop_somebody, self._kill_anybody,
            ground.restart_postgres, self._jump,
        )  # fmt: skip
        return (*some, self._kill_a_postman) if self.total else some

    def _missing(self) -> bool:
        """Whether some seam was not struck yet, or some blow didn't fall."""
        return deaths(self.ground).keys() < SEAMS.keys() or self._turns < len(MOODS)

    def _arm(self) -> None:
        """Whoever of the serving comes to its seam dies there; seams struck least come first.

        In the long form one process at a time: with both dead all the time nothing would be under way.
        """
        ground, struck = self.ground, deaths(self.ground)
        names = ground.dice.sample(list(SEAMS), len(SEAMS))
        next_ones = sorted(names, key=lambda name: struck[name])
        serving = ground.dice.sample(ground.serving, 1 if self.total else len(ground.serving))
        for process, seam in zip(serving, next_ones, strict=False):
            process.fate.seam = seam

    def _mood(self) -> None:
        ground = self.ground
        name = list(MOODS)[-1 - self._turns % len(MOODS)]  # what takes longest comes first
        ground.faults[f"Telegram {name}"] += 1
        MOODS[name](ground.api, ground.dice.choice(METHODS), HANGS_FOR if self.total else 1)

    async def _old_updates(self) -> None:
        """Some that were dealt with long ago come once more, in any order."""
        ground = self.ground
        for body in ground.dice.sample(list(ground.past), min(5, len(ground.past))):
            ground.faults["an old update came again"] += 1
            ground.send_later(body)

    async def _jump(self) -> None:
        """One machine's clock goes an hour ahead; the next time, back."""
        process = self.ground.dice.choice(self.ground.processes)
        process.clock(ahead=process not in self.ground.ahead)
        self.ground.ahead ^= {process}
        self.ground.faults["a clock jumped an hour"] += 1

    async def _kill_a_postman(self) -> None:
        postman = self.ground.dice.choice([one for one in self.ground.processes if one.words[0] == "postman"])
        postman.fate.seam = self.ground.dice.choice(["before sending", "after sending", "after the commit"])
        self.ground.faults["a postman was to die at a seam"] += 1

    async def _kill_anybody(self) -> None:
        self._spared().kill()
        self.ground.faults["killed at any moment"] += 1

    async def _stop_somebody(self) -> None:
        """As for an upgrade: it finishes what is in hand."""
        self.longest_stop = max(self.longest_stop, await self._spared().stops())
        self.ground.faults["stopped in good order"] += 1

    def _spared(self) -> Process:
        ground = self.ground
        return ground.dice.choice(
            [one for one in ground.processes if self.total or one.words[0] != "postman"]
        )


def deaths(ground: Field) -> Counter[str]:
    """How often processes died at which seam."""
    return sum((process.fate.deaths for process in ground.processes), Counter[str]())


async def peace(ground: Field) -> None:
    """Nothing breaks any more: every letter is sent or given up, visibly.

    What a clock that was ahead has put off goes out when that hour has come, as it has now for the postmen.
    """
    ground.api.faults.release()
    ground.api.faults = type(ground.api.faults)()
    await ground.ready()
    for process in ground.processes:
        process.clock(ahead=process.words[0] == "postman")
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
    "letters sent": "SELECT count(*) FROM outbox WHERE state = 'sent'",
    "letters to seats nobody holds": "SELECT count(*) FROM outbox WHERE state = 'unreachable'",
    "letters in doubt": "SELECT count(*) FROM outbox WHERE state = 'in_doubt'",
    "letters given up": "SELECT count(*) FROM outbox WHERE state = 'given_up'",
    "letters that were in doubt and said again": "SELECT count(*) FROM outbox WHERE doubts > 0",
    "letters that still wait": "SELECT count(*) FROM outbox WHERE state = 'waiting'",
    "letters of the liaison's not reached": f"""
        SELECT count(*) FROM outbox WHERE state = 'unreachable' AND seat IN
        (SELECT 'liaison:' || l.id FROM liaisons l JOIN workrooms w ON w.id = l.workroom_id
        WHERE w.code = '{HEARD}')""",  # noqa: S608
    "persons twice": """
        SELECT count(*) FROM (SELECT 1 FROM identities GROUP BY channel, "user" HAVING count(*) > 1) twice""",
}  # fmt: skip
MUST_BE_NONE = (
    "cases with the same words", "cases without their submission on the timeline", "cases without a round",
    "cases nobody was told of", "letters that still wait", "letters of the liaison's not reached",
    "persons twice",
)  # fmt: skip


async def judge(ground: Field, crowd: Crowd, report: Report) -> None:
    """Count what is there against what people were told, and what the liaison has seen."""
    connection = await asyncpg.connect(host=str(ground.postgres.folder), user=OWNER, database="soak")
    try:
        for name, question in QUESTIONS.items():
            report.found[name] = int(await connection.fetchval(question))
        sent = await connection.fetch(
            "SELECT message FROM outbox WHERE state = 'sent' AND case_id IS NOT NULL"
        )
    finally:
        await connection.close()
    told = sum(len(person.words) for person in crowd.people)
    report.found["requests acknowledged"] = told
    if report.found["cases"] != told:
        report.wrong.append(f"{told} requests acknowledged, {report.found['cases']} cases")
    report.wrong += [f"{name}: {report.found[name]}" for name in MUST_BE_NONE if report.found[name]]
    unseen = crowd.not_seen_by_the_liaison(json.loads(row["message"])["params"]["number"] for row in sent)
    report.wrong += [f"sent to the liaison, who has not seen it: {number}" for number in unseen]
    report.found["of the bot's messages, said twice"] = crowd.said_twice()


async def campaign(ground: Field, crowd: Crowd, *, seconds: float, every: float, total: bool) -> Report:
    """War while people live, peace, judgement."""
    report, over, clock = Report(), asyncio.Event(), asyncio.get_running_loop().time
    times = [clock()]
    early = [crowd.liaison, *([] if total else crowd.people)]  # in the short form all the war is for requests
    await asyncio.gather(*(person.settles() for person in early))
    living = asyncio.create_task(live_through(crowd.people, over))
    war = War(ground, total)
    await war.wage(seconds, every)
    times.append(clock())
    over.set()
    ground.api.faults.release()
    troubles = await living
    times.append(clock())
    report.wrong += [f"somebody was left without an answer: {trouble}" for trouble in troubles]
    await peace(ground)
    await judge(ground, crowd, report)
    times.append(clock())
    spans = zip(("war", "the last answers", "the last letters"), times, times[1:], strict=False)
    statuses = Counter(attempt.status for attempt in ground.api.updates.attempts)
    report.found |= {
        f"updates answered {status or 'by nobody'}": many for status, many in sorted(statuses.items())
    }
    waits = [person.longest_wait for person in (*crowd.people, crowd.liaison)]
    report.found["seconds: the longest wait for an answer"] = round(max(waits))
    report.found["seconds: the longest stop in good order"] = round(war.longest_stop)
    report.found["seconds: the longest recovery"] = round(war.longest_recovery)
    report.found |= {f"seconds: {name}": round(end - start) for name, start, end in spans}
    report.deaths, report.faults = deaths(ground), ground.faults
    return report
