"""`workroom backup`, `restore`, `resume`: an empty machine has everything, and says nothing old."""

import asyncio
import io
import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.settings import settings as settings_of
from bot.wiring import secret_of
from domain.messages import Message
from storage.backups import archive
from storage.migrations import rows_of
from storage.outbox import NewLetter
from storage.restores import Restores
from tests.chat import Chat
from tests.media.samples import photo
from tests.postgres import PostgresServer
from tests.program.conftest import Run, program
from tests.world import Clock, World, fill, world

FILED = """
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: 三号楼楼梯打滑
    居民: 提交
"""


async def lived(url: str, home: Path) -> None:
    """One request filed; one letter waits for a postman."""
    async with world(url, home) as made:
        chat = Chat(made)
        await chat.actor("联络员")
        await chat(FILED)
        letter = NewLetter("waits", await chat.seat("联络员"), Message("flow.cancelled"))
        async with made.unit() as uow:
            await uow.outbox.post_all([letter], made.clock())
        await made.house.shelf.take(photo(), "image/jpeg", "photo")


@pytest.fixture
def old(given: Settings) -> Settings:
    """The machine that will be lost."""
    asyncio.run(lived(given.database, given.home))
    secret_of(given)
    return given


@pytest.fixture
def new(tmp_path: Path) -> Settings:
    """An empty machine."""
    return settings_of(home=tmp_path / "new", _env_file=None)


def said_in(made: World) -> list[str]:
    """Everything that was said to anybody."""
    return [said.text for told in made.channels["web"].said.values() for _, said in told]


def rows(given: Settings) -> dict[str, int]:
    return asyncio.run(rows_of(given.database))


def states(given: Settings) -> set[str]:
    with closing(sqlite3.connect(given.home / "workroom.sqlite3")) as plain:
        return {row[0] for row in plain.execute("SELECT DISTINCT state FROM outbox")}


def backed_up(run: Run, folder: Path) -> Path:
    file = folder / "district.workroom.tar"
    done = run("backup", file, "--secret", folder / "secret.txt")
    assert done.exit_code == 0, done.stderr
    return file


def test_everything_is_there_on_an_empty_machine(
    run: Run, old: Settings, new: Settings, tmp_path: Path, clock: Clock
) -> None:
    """TRUST 30."""
    before = rows(old)
    file = backed_up(run, tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    elsewhere = program(new, clock)
    done = elsewhere("restore", file, "--secret", tmp_path / "secret.txt")
    assert done.exit_code == 0, done.stderr
    assert "诉求1件，文件1个" in done.stdout and "resume" in done.stdout
    assert rows(new) == {**before, "restores": 1}
    assert secret_of(new) == secret_of(old)
    shelf = {file.name: file.read_bytes() for file in (old.home / "media").glob("??/??/*")}
    assert shelf and {f.name: f.read_bytes() for f in (new.home / "media").glob("??/??/*")} == shelf


def test_nothing_old_is_sent_before_somebody_says_so(
    run: Run, old: Settings, new: Settings, tmp_path: Path, clock: Clock
) -> None:
    assert "waiting" in states(old)
    program(new, clock)("restore", backed_up(run, tmp_path))

    async def a_day_passes() -> list[str]:
        async with world(new.database, new.home) as made:
            made.clock.on(days=1)
            await made.planner.round()
            await made.deliver()
            return said_in(made)

    assert asyncio.run(a_day_passes()) == []
    assert "held" in states(new)
    told = json.loads(program(new, clock)("resume", "--json").stdout)
    assert told == {"ok": True, "letters": 1, "dropped": False}
    assert "好的，已取消。什么也没有提交。" in asyncio.run(a_day_passes())
    again = program(new, clock)("resume")
    assert (again.exit_code, again.stderr) == (1, "没有扣着的通知。\n")


def test_what_is_held_may_be_dropped(
    run: Run, old: Settings, new: Settings, tmp_path: Path, clock: Clock
) -> None:
    elsewhere = program(new, clock)
    elsewhere("restore", backed_up(run, tmp_path))
    assert "不再发送" in elsewhere("resume", "--drop").stdout
    assert "dropped" in states(new) and not {"held", "waiting"} & states(new)


def test_a_secret_stays_out_of_the_file(run: Run, given: Settings, tmp_path: Path) -> None:
    file = backed_up(run, tmp_path)
    assert secret_of(given) not in file.read_bytes()
    assert (tmp_path / "secret.txt").read_bytes() == secret_of(given)
    assert (tmp_path / "secret.txt").stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(run: Run, given: Settings, tmp_path: Path) -> None:
    file = backed_up(run, tmp_path)
    assert run("backup", file).exit_code == 1
    done = run("restore", file)
    assert (done.exit_code, done.stderr) == (1, "数据库里已有内容，没有改动。请恢复到空的数据库。\n")


def test_a_folder_keeps_the_newest(run: Run, given: Settings, tmp_path: Path, clock: Clock) -> None:
    files = []
    for _ in range(3):
        files.append(json.loads(run("backup", tmp_path / "kept", "--keep", "2", "--json").stdout)["file"])
        clock.on(days=1)
    assert sorted(str(file) for file in (tmp_path / "kept").iterdir()) == files[1:]


def test_a_backup_that_is_not_there(new: Settings, tmp_path: Path, clock: Clock) -> None:
    done = program(new, clock)("restore", tmp_path / "none.tar")
    assert (done.exit_code, done.stderr) == (1, f"找不到备份文件 {tmp_path / 'none.tar'}。\n")


@pytest.mark.parametrize("at", [530, 700, 20_000, -20_000])
def test_a_damaged_file_is_not_put_back(
    run: Run, given: Settings, new: Settings, tmp_path: Path, clock: Clock, at: int
) -> None:
    file = backed_up(run, tmp_path)
    data = bytearray(file.read_bytes())
    data[at] ^= 0xFF
    file.write_bytes(data)
    assert program(new, clock)("restore", file).exit_code == 1
    assert not (new.home / "workroom.sqlite3").exists()


def test_a_file_that_is_cut_off(
    run: Run, given: Settings, new: Settings, tmp_path: Path, clock: Clock
) -> None:
    file = backed_up(run, tmp_path)
    file.write_bytes(file.read_bytes()[:-15_000])
    assert program(new, clock)("restore", file).exit_code == 1
    assert not (new.home / "workroom.sqlite3").exists()


@pytest.mark.parametrize("name", ["../../outside", "/outside", "media/aa/bb/../../../outside", "secret"])
def test_nothing_is_written_outside(
    run: Run, given: Settings, new: Settings, tmp_path: Path, clock: Clock, name: str
) -> None:
    file = backed_up(run, tmp_path)
    with tarfile.open(file, "a") as tar:
        member = tarfile.TarInfo(name)
        member.size = 3
        tar.addfile(member, io.BytesIO(b"bad"))
    done = program(new, clock)("restore", file)
    assert done.exit_code == 1 and "unexpected" in done.stderr
    assert [file for file in tmp_path.rglob("*") if file.name == "outside"] == []


def test_a_file_of_somebody_else_is_refused(new: Settings, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "holiday.tar").write_bytes(b"\0" * 10_240)
    (tmp_path / "letter.txt").write_text("hello")
    for name in ("holiday.tar", "letter.txt", "nowhere.tar"):
        assert program(new, clock)("restore", tmp_path / name).exit_code == 1


@pytest.mark.postgres
async def test_postgresql_too(postgres: PostgresServer, tmp_path: Path, clock: Clock) -> None:
    template = await postgres.template("filled", fill)
    async with postgres.database(template) as url, postgres.database() as empty:
        programs = str(postgres.programs)
        old = settings_of(home=tmp_path / "old", database_url=url, pg_programs=programs, _env_file=None)
        new = settings_of(home=tmp_path / "new", database_url=empty, pg_programs=programs, _env_file=None)
        await lived(url, tmp_path / "old")
        before, file = await rows_of(url), tmp_path / "district.workroom.tar"
        done = await asyncio.to_thread(program(old, clock), "backup", file)
        assert done.exit_code == 0, done.stderr
        assert archive.read_manifest(file).counts == before
        done = await asyncio.to_thread(program(new, clock), "restore", file)
        assert done.exit_code == 0, done.stderr
        assert await rows_of(empty) == {**before, "restores": 1}
        again = await asyncio.to_thread(program(new, clock), "restore", file)
        assert again.exit_code == 1
        async with world(empty, tmp_path / "new") as made:
            async with made.unit() as uow:
                pending = await Restores(uow.connection).pending()
            assert pending is not None and pending.letters == 1
            await made.deliver()
            assert said_in(made) == []


@pytest.mark.postgres
async def test_a_backup_of_another_kind(
    run: Run, given: Settings, postgres_url: str, tmp_path: Path, clock: Clock
) -> None:
    file = await asyncio.to_thread(backed_up, run, tmp_path)
    there = settings_of(home=tmp_path / "there", database_url=postgres_url, _env_file=None)
    done = await asyncio.to_thread(program(there, clock), "restore", file)
    assert (done.exit_code, done.stderr) == (1, "备份来自 sqlite，这里是 postgresql，不能恢复。\n")
