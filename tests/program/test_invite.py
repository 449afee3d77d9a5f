"""`workroom invite` and `workroom leave` as somebody at a terminal uses them."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from bot.settings import Settings
from bot.settings import settings as settings_of
from bot.wiring import secret_of
from domain.codes import digest, tidy
from domain.people import Seat
from storage.database import Database, open_database
from storage.unit import UnitOfWork
from tests.program.conftest import Run, program
from tests.world import Clock

TOKEN = "424242:AAstub-token-of-the-test-bot-0123456789"


def code_of(run: Run, *words: str) -> str:
    code: str = json.loads(run("invite", *words, "--json").stdout)["code"]
    return code


def use(given: Settings, clock: Clock, code: str) -> Seat | None:
    """Somebody takes the seat, as the chat would do it."""

    async def used() -> Seat | None:
        database = Database(open_database(given.database))
        async with database.writing() as connection:
            uow = UnitOfWork(connection)
            people = uow.people
            person = await people.remember("web", "1", "1", "zh_CN", clock())
            seat = await uow.codes.use_invite(digest(secret_of(given), code), person, clock())
            if seat:
                await people.bind(person, seat, clock())
        await database.close()
        return seat

    return asyncio.run(used())


@pytest.mark.parametrize(
    "words,name",
    [
        (("--role", "liaison", "--workroom", "LJ01"), "林晓燕"),
        (("--role", "liaison", "--code", "L01"), "林晓燕"),
        (("--role", "representative", "--code", "D001"), "周文斌"),
        (("--role", "department", "--code", "C01"), "钟毅"),
        (("--role", "office", "--code", "O1"), "楚怀远"),
    ],
)
def test_a_code_with_its_link_and_picture(run: Run, words: tuple[str, ...], name: str) -> None:
    done = run("invite", *words)
    assert done.exit_code == 0
    assert name in done.stdout
    assert "11月30日" in done.stdout
    assert "http://127.0.0.1:8080/?start=i_" in done.stdout
    assert "▄▄▄▄▄" in done.stdout


def test_the_code_binds_once(run: Run, given: Settings, clock: Clock) -> None:
    code = code_of(run, "--role", "liaison", "--code", "L01")
    assert len(tidy(code)) == 12 and code.count("-") == 2
    assert use(given, clock, code) == Seat("liaison", 1)
    assert use(given, clock, code) is None
    assert "已有账号登记" in run("invite", "--role", "liaison", "--code", "L01").stdout


def test_a_code_runs_out(run: Run, given: Settings, clock: Clock) -> None:
    code = code_of(run, "--role", "liaison", "--code", "L01")
    clock.on(days=7)
    assert use(given, clock, code) is None
    done = run("invite", "--revoke", code)
    assert (done.exit_code, done.stderr) == (1, "这个邀请码11月30日(周一)已经过期了。\n")


def test_revoking(run: Run, given: Settings, clock: Clock) -> None:
    code = code_of(run, "--role", "representative", "--code", "D001")
    done = run("invite", "--revoke", code.lower().replace("-", " "))
    assert (done.exit_code, done.stdout) == (0, "已作废。原来是给周文斌的。\n")
    assert use(given, clock, code) is None
    assert "已经作废" in run("invite", "--revoke", code).stderr
    assert run("invite", "--revoke", "ABCD-EFGH-JKLM").stderr == "没有这个邀请码。\n"


def test_a_used_code_cannot_be_revoked(run: Run, given: Settings, clock: Clock) -> None:
    code = code_of(run, "--role", "representative", "--code", "D001")
    use(given, clock, code)
    done = run("invite", "--revoke", code)
    assert done.exit_code == 1 and "已被使用" in done.stderr


def test_a_new_code_makes_the_earlier_one_void(run: Run, given: Settings, clock: Clock) -> None:
    first = code_of(run, "--role", "representative", "--code", "D001")
    assert "以前没用的邀请码已作废" in run("invite", "--role", "representative", "--code", "D001").stdout
    assert use(given, clock, first) is None


@pytest.mark.parametrize(
    "words,reason",
    [
        (("--role", "representative", "--code", "L01"), "「L01」是联络员的编号，不是党代表的。"),
        (("--role", "liaison", "--code", "nobody"), "名册里没有编号「nobody」的联络员。"),
        (("--role", "liaison", "--workroom", "nowhere"), "名册里没有编号「nowhere」的工作室。"),
        (
            ("--role", "representative", "--all", "--workroom", "nowhere"),
            "名册里没有编号「nowhere」的工作室。",
        ),
    ],
)
def test_refusals_in_one_line(run: Run, words: tuple[str, ...], reason: str) -> None:
    done = run("invite", *words)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", reason + "\n")


@pytest.mark.parametrize(
    "words",
    [
        (), ("--role", "liaison"), ("--role", "boss", "--code", "L01"), ("--code", "L01"),
        ("--role", "liaison", "--code", "L01", "--all"), ("--role", "office", "--workroom", "LJ01", "--all"),
    ],
)  # fmt: skip
def test_usage(run: Run, words: tuple[str, ...]) -> None:
    assert run("invite", *words).exit_code == 2


def test_many_at_once(run: Run, given: Settings, clock: Clock) -> None:
    use(given, clock, code_of(run, "--role", "representative", "--code", "D001"))
    done = run("invite", "--role", "representative", "--all", "--workroom", "LJ01")
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == ["编号", "姓名", "所属", "邀请码", "有效到", "web"]
    assert "D001" not in [row[0] for row in rows] and "D002" in [row[0] for row in rows]
    assert done.stderr.startswith(f"生成了{len(rows)}个邀请码；1人已登记")
    assert use(given, clock, rows[0][3]) is not None


def test_a_picture_that_opens(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "code.png"
    assert run("invite", "--role", "liaison", "--code", "L01", "--png", file).exit_code == 0
    with Image.open(file) as picture:
        assert picture.format == "PNG" and picture.width >= 300
    lost = run("invite", "--role", "liaison", "--code", "L01", "--png", tmp_path / "no" / "code.png")
    assert lost.exit_code == 1 and "邀请码：" in lost.stdout and "写不了" in lost.stderr


def test_telegram_s_link(given: Settings, clock: Clock) -> None:
    token = {
        "telegram_token": TOKEN,
        "telegram_api_url": "http://127.0.0.1:9",
        "public_url": "https://a.example",
    }
    more = settings_of(home=given.home, database_url=given.database, _env_file=None, **token)
    run = program(more, clock)
    links = json.loads(
        run("invite", "--role", "liaison", "--code", "L01", "--bot-name", "@room", "--json").stdout
    )
    plain = tidy(links["code"])
    assert links["links"] == {
        "web": f"https://a.example/?start=i_{plain}", "telegram": f"https://t.me/room?start=i_{plain}",
    }  # fmt: skip
    away = run("invite", "--role", "liaison", "--code", "L01")
    assert away.exit_code == 0 and "t.me" not in away.stdout and "Telegram 没有回应" in away.stderr


def test_in_english(given: Settings, clock: Clock) -> None:
    english = settings_of(home=given.home, database_url=given.database, locale="en", _env_file=None)
    done = program(english, clock)("invite", "--revoke", "ABCD")
    assert done.stderr == "There is no such invite.\n"


def test_a_database_that_is_not_there(home: Path, clock: Clock) -> None:
    run = program(settings_of(home=home, _env_file=None), clock)
    done = run("invite", "--role", "liaison", "--code", "L01")
    assert done.exit_code == 1 and "workroom migrate" in done.stderr
    assert not (home / "workroom.sqlite3").exists()


def test_leaving(run: Run, given: Settings, clock: Clock) -> None:
    code = code_of(run, "--role", "representative", "--code", "D001")
    done = run("leave", "--code", "D001")
    assert done.exit_code == 0 and "周文斌已离任" in done.stdout
    assert use(given, clock, code) is None
    refused = run("invite", "--role", "representative", "--code", "D001")
    assert (refused.exit_code, refused.stderr) == (1, "周文斌不在任，不能邀请。\n")


@pytest.mark.parametrize(
    "words,exit_code,reason",
    [
        (("--code", "nobody"), 1, "名册里没有"),
        (("--code", "C01"), 1, "名册里没有"),
        (("--code", "D001", "--successor", "L01"), 1, "接任的人不行"),
        (("--code", "D001", "--successor", "D001"), 1, "接任的人不行"),
        ((), 2, ""),
    ],
)
def test_leaving_refused_changes_nothing(
    run: Run, words: tuple[str, ...], exit_code: int, reason: str
) -> None:
    done = run("leave", *words)
    assert done.exit_code == exit_code and reason in done.stderr
    assert run("invite", "--role", "representative", "--code", "D001").exit_code == 0
