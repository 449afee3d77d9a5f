"""Fills a sample district's database with years of cases, by plain bulk inserts."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.progress import track

from benchmarks.people import WORDS
from domain.codes import ALPHABET

OPEN = 240
"""Cases under way, in a young database as in an old one: years add to what is done, not to what waits."""

PORTION = 5_000
YEARS = 8


class Past:
    """Cases that were filed before, with everything that hangs on them."""

    def __init__(self, connection: sqlite3.Connection, count: int) -> None:
        self._connection, self._count = connection, count
        self._dice = random.Random()
        self._now = datetime.now(UTC)
        self._rooms = self._ids("SELECT id FROM workrooms ORDER BY id")
        self._departments = self._ids("SELECT id FROM departments ORDER BY id")
        self._categories = self._ids("SELECT id FROM categories ORDER BY id")
        self._people = {
            room: self._ids(f"SELECT id FROM representatives WHERE workroom_id = {room} ORDER BY id")  # noqa: S608
            for room in self._rooms
        }
        self._liaisons = dict(self._connection.execute("SELECT workroom_id, id FROM liaisons"))
        self._first_case = self._next("cases")
        self._first_person = self._next("persons")
        self._persons = max(1, count // 4)

    def _ids(self, query: str) -> list[int]:
        return [row[0] for row in self._connection.execute(query)]

    def _next(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])  # noqa: S608

    def fill(self) -> None:
        """Write it all, in portions."""
        self._many("persons", (self._person(n) for n in range(self._persons)))
        self._many("identities", (self._identity(n) for n in range(self._persons)))
        self._many(
            "consents",
            (
                {"person_id": self._first_person + n, "kind": "basic", "given_at": _moment(self._now)}
                for n in range(self._persons)
            ),
        )
        portions = range(0, self._count, PORTION)
        for start in track(portions, f"{self._count} cases", disable=self._count < 10 * PORTION):
            numbers = range(start, min(start + PORTION, self._count))
            made = [self._case(n) for n in numbers]
            self._many("cases", made)
            self._many("rounds", map(self._round, made))
            self._many("routes", (self._route(case) for case in made if self._goes_out(case)))
            self._many("events", (event for case in made for event in self._events(case)))
            self._many("outbox", (letter for case in made for letter in self._letters(case)))

    def _many(self, table: str, rows: Any) -> None:
        rows = list(rows)
        if rows:
            names = ", ".join(f'"{name}"' for name in rows[0])
            marks = ", ".join(f":{name}" for name in rows[0])
            self._connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608

    def _person(self, n: int) -> dict[str, Any]:
        home = self._rooms[n % len(self._rooms)]
        return {"id": self._first_person + n, "language": "zh_CN", "name": "", "home_id": home,
                "created_at": _moment(self._now)}  # fmt: skip

    def _identity(self, n: int) -> dict[str, Any]:
        return {"channel": "web", "user": f"past-{n}", "chat": f"past-{n}",
                "person_id": self._first_person + n, "seen_at": _moment(self._now),
                "reachable": True}  # fmt: skip

    def _case(self, n: int) -> dict[str, Any]:
        self._dice.seed(self._count - n)  # what is under way is the same in every size
        room = self._rooms[(self._count - n) % len(self._rooms)]
        filed = self._now - timedelta(days=365 * YEARS * (1 - n / self._count))
        day = filed.date().isoformat()
        under_way = n >= self._count - OPEN
        stands = (self._count - n) // len(self._rooms) % 3 if under_way else 3
        state, waits_for = (("submitted", "liaison"), ("assigned", "handler"), ("handling", "contact"),
                            ("closed", None))[stands]  # fmt: skip
        return {
            "id": self._first_case + n, "number": _number(n), "origin": f"past-{n}", "workroom_id": room,
            "person_id": self._first_person + n % self._persons, "kind": "problem",
            "category_id": self._dice.choice(self._categories), "words": WORDS, "place": "",
            "privacy": "workroom_only", "urgent": n % 50 == 0, "state": state, "round": 1, "extended": False,
            "representative_id": self._handler(room) if stands else None,
            "accept_by": day, "opinion_by": day, "answer_by": day, "filed_at": _moment(filed),
            "open": under_way, "rating_asks": 1, "rating": None if under_way else "very", "version": 5,
            "waits_for": waits_for,
            "wait_until": day if under_way else None, "touched_at": _moment(filed),
        }  # fmt: skip

    def _goes_out(self, case: dict[str, Any]) -> bool:
        """A third has been with a department, and everything that waits for one."""
        return bool(case["waits_for"] == "contact" or case["id"] % 3 == 0)

    def _handler(self, room: int) -> int | None:
        people = self._people[room]
        return self._dice.choice(people) if people else None

    def _round(self, case: dict[str, Any]) -> dict[str, Any]:
        return {"case_id": case["id"], "number": 1, "cause": "filed", "opened_at": case["filed_at"],
                "representative_id": case["representative_id"]}  # fmt: skip

    def _route(self, case: dict[str, Any]) -> dict[str, Any]:
        state = "sent" if case["waits_for"] == "contact" else "relayed"
        department = self._dice.choice(self._departments)
        return {"case_id": case["id"], "round": 1, "department_id": department, "state": state,
                "words": WORDS, "answer_by": case["answer_by"], "sent_at": case["filed_at"]}  # fmt: skip

    def _events(self, case: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for action in ("submit", "accept", "take", "answer", "rate_very"):
            yield {"case_id": case["id"], "round": 1, "at": case["filed_at"], "action": action,
                   "words": WORDS, "seat": f"person:{case['person_id']}", "visible": "all", "data": "{}",
                   "origin": f"past-{case['id']}:{action}"}  # fmt: skip

    def _letters(self, case: dict[str, Any]) -> Iterator[dict[str, Any]]:
        message = json.dumps({"key": "notice.accept.filer", "params": {"number": case["number"]}})
        seats = (f"person:{case['person_id']}", f"liaison:{self._liaisons.get(case['workroom_id'], 1)}",
                 f"representative:{case['representative_id'] or 1}")  # fmt: skip
        for seat in seats:
            yield {"key": f"past-{case['id']}.{seat}", "seat": seat, "case_id": case["id"],
                   "message": message, "urgent": False, "state": "sent", "made_at": case["filed_at"],
                   "next_at": case["filed_at"], "tries": 1, "sent_at": case["filed_at"]}  # fmt: skip


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _number(n: int) -> str:
    """A case's number; different for each n, and never one of the sample's by chance."""
    digits = []
    for _ in range(6):
        n, digit = divmod(n, len(ALPHABET))
        digits.append(ALPHABET[digit])
    made = "".join(reversed(digits))
    return f"{made[:4]}-{made[4:]}"


def fill(file: Path, count: int) -> None:
    """Put so many cases into the database of a sample district."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        Past(connection, count).fill()
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
