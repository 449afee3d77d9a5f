"""Our own filing conversation beside other stacks', with peerbench's stub, driver, PostgreSQL and Redis.

    PEERBENCH_DATA=… PEERBENCH/setup.sh && PEERBENCH_DATA=… PEERBENCH/services.sh start
    python -m benchmarks.peers PEERBENCH --data PEERBENCH_DATA --peers A,D --rounds 3

Each round measures the peers and then ours, on the same servers, so that ratios hold on a noisy machine.
Ours: seven updates of somebody who agreed before (filing.json): start, file, two messages, category, send.
Case, timeline, letters in the outbox; 200 only after the commit; the receipt's send awaited.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("workroom")
DATABASE = "postgresql+asyncpg://workroom@127.0.0.1:25432/bench"
ADDRESS = "postgresql://bench@127.0.0.1:25432/bench"
PEOPLE = ((10_000_000, 0), (90_000_000, 1))
"""The driver's first users, measured and for warming up."""

ROLE = """
DO $$ BEGIN CREATE ROLE workroom LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DROP SCHEMA IF EXISTS workroom CASCADE;
CREATE SCHEMA workroom AUTHORIZATION workroom;
ALTER ROLE workroom SET search_path = workroom;
"""
RESET = """
TRUNCATE cases, persons, outbox RESTART IDENTITY CASCADE;
INSERT INTO persons (id, language, name, created_at)
  SELECT n, 'zh_CN', '', now() FROM generate_series(10000000, 10000000 + {users} - 1) n
  UNION ALL SELECT n, 'zh_CN', '', now() FROM generate_series(90000000, 90000000 + 999) n;
INSERT INTO identities (channel, "user", chat, person_id, seen_at, reachable)
  SELECT 'telegram', id::text, id::text, id, now(), true FROM persons;
INSERT INTO consents (person_id, kind, given_at)
  SELECT id, kind, now() FROM persons, unnest(array['basic', 'abroad']) kind;
ANALYZE;
"""
COUNT = """
SELECT count(*), (SELECT count(*) FROM events WHERE action = 'submit'),
  (SELECT count(DISTINCT case_id) FROM outbox), count(DISTINCT person_id),
  count(*) FILTER (WHERE length(words) > 200 AND category_id IS NOT NULL AND words LIKE '路灯损坏 #%')
FROM cases
"""
SERVICE = {
    "WORKROOM_DATABASE_URL": DATABASE,
    "WORKROOM_TELEGRAM_TOKEN": "123456:AAbenchbenchbenchbenchbenchbenchbench",
    "WORKROOM_TELEGRAM_MODE": "webhook",
    "WORKROOM_PUBLIC_URL": "https://bench.test",
    "WORKROOM_TELEGRAM_WEBHOOK_SECRET": "bench-secret",
    "WORKROOM_TELEGRAM_API_URL": "http://127.0.0.1:28081",
}


def sql(statement: str, schema: str = "workroom") -> None:
    """Carry it out on peerbench's server."""
    environment = os.environ | {"PGOPTIONS": f"-c search_path={schema}"}
    subprocess.run(["psql", ADDRESS, "-qc", statement], check=True, env=environment)


def prepare(home: Path) -> None:
    """A schema of our own in the peers' database, with the sample registry in it."""
    sql(ROLE, "public")
    environment = os.environ | SERVICE | {"WORKROOM_HOME": str(home)}
    district = HERE.parent / "bot/sample/district"
    for words in (["migrate"], ["import", str(district)]):
        subprocess.run([PROGRAM, *words], check=True, env=environment, stdout=subprocess.DEVNULL)


def ours(bench: Path, data: Path, given: argparse.Namespace) -> None:
    """One round of ours."""
    several = f" --workers {given.processes}" if given.processes > 1 else ""
    command = (
        f"env WORKROOM_HOME={data / 'ours'} WORKROOM_REDIS_URL=$REDIS_URL {PROGRAM} serve --no-alone{several}"
    )
    environment = (
        os.environ
        | SERVICE
        | {
            "PEERBENCH_DATA": str(data),
            "PGOPTIONS": "-c search_path=workroom",
            "WEBHOOK_URL": "http://127.0.0.1:28082/telegram/webhook",
        }
    )
    words = [*("--peers", "ours", "--cmd", command, "--scenario", str(HERE / "filing.json"), "--full")]
    words += ["--no-markers", "--count-sql", " ".join(COUNT.split())]
    words += ["--reset-sql", " ".join(RESET.format(users=given.users).split())]
    run(bench, data, given, words, environment)


def run(
    bench: Path, data: Path, given: argparse.Namespace, words: list[str], environment: dict[str, str]
) -> None:
    """One call of peerbench's own program, one round."""
    common = [
        "--rounds",
        "1",
        "--users",
        str(given.users),
        "--in-flight",
        given.in_flight,
        "--tag",
        given.tag,
    ]
    python = data / "venv/bin/python"
    subprocess.run([python, bench / "bench.py", *common, *words], check=True, env=environment, cwd=data)


def main() -> None:
    """Measure, then show peerbench's table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("peerbench", type=Path, help="the folder of peerbench")
    parser.add_argument("--data", type=Path, required=True, help="PEERBENCH_DATA of its set-up")
    parser.add_argument("--peers", default="A,D")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--in-flight", default="50,200")
    parser.add_argument("--processes", type=int, default=1, help="of ours, behind one port")
    parser.add_argument("--tag", default="beside")
    given = parser.parse_args()
    bench, data = given.peerbench.resolve(), given.data.resolve()
    prepare(data / "ours")
    for _ in range(given.rounds):
        if given.peers:
            run(bench, data, given, ["--peers", given.peers], os.environ | {"PEERBENCH_DATA": str(data)})
        ours(bench, data, given)
    environment = os.environ | {"PEERBENCH_DATA": str(data)}
    subprocess.run([data / "venv/bin/python", bench / "report.py", given.tag], check=True, env=environment)


if __name__ == "__main__":
    main()
