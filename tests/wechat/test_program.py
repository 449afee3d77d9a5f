"""`workroom wechat menu` and `posters`, and what the doctor says of the account."""

import asyncio
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from bot.channels.wechat import account
from bot.channels.wechat.menu import menu, same
from bot.commands import wechat
from bot.commands.office import Office
from bot.posters.content import poster
from bot.posters.fonts import Font
from bot.posters.layout import laid_out
from bot.posters.making import Hole, make
from bot.posters.sheet import HEIGHT, WIDTH, Area, Code, Line
from bot.settings import Settings
from bot.settings import settings as settings_of
from domain.open_days import Plan, Rule
from domain.recurrence import parse_rule
from domain.registry import Workroom
from locales.catalogue import Catalogue
from tests.stubs.wechat import WeChat
from tests.wechat.ground import settings_for
from tests.world import Clock, copy_of

Run = Callable[..., Any]
WORDS = Catalogue.load()
ROOM = Workroom(1, "LJ01", "曙光社区党代表工作室", "grassroots", "曙光路18号", None, None, 1, "")


def say(key: str, **params: object) -> str:
    return WORDS.say("zh_CN", key, params)


@pytest.fixture
def platform() -> Iterator[WeChat]:
    """The stub, in a thread of its own: commands run loops of theirs."""
    made, up, stop = WeChat(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with made:
            up.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    up.wait()
    yield made
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture
def settings(platform: WeChat, filled: Path, tmp_path: Path) -> Settings:
    return settings_for(platform, home=tmp_path, database_url=copy_of(filled, tmp_path))


def program(settings: Settings) -> Run:
    app = typer.Typer()
    wechat.register(app, lambda: Office(settings, Clock()))
    return lambda *words: CliRunner().invoke(app, ["wechat", *(str(word) for word in words)])


def test_the_menu_is_published_and_the_doctor_sees_it(platform: WeChat, settings: Settings) -> None:
    before = {found.name: found.key for found in asyncio.run(account.findings(settings))}
    assert before["wechat menu"] == "program.doctor.wechat.menu"
    done = program(settings)("menu")
    assert done.exit_code == 0 and "菜单已发布" in done.output
    assert [one["name"] for one in platform.shown_menu] == ["反映诉求", "我的", "帮助"]
    after = asyncio.run(account.findings(settings))
    assert {found.state for found in after} == {"ok"}


@pytest.mark.parametrize(
    "code,key",
    [
        (40164, "program.doctor.wechat.address"),
        (40125, "program.doctor.wechat.secret"),
        (48001, "program.doctor.wechat.refused"),
    ],
)
def test_the_doctor_tells_what_mends_it(platform: WeChat, settings: Settings, code: int, key: str) -> None:
    platform.fails(code, "stable_token", times=9)
    assert [found.key for found in asyncio.run(account.findings(settings))] == [key]


def test_a_menu_that_was_changed_is_another(settings: Settings) -> None:
    wanted = menu(say, "https://a.example/wechat/enter")
    assert same(wanted, wanted) and not same(wanted, wanted[:2])
    assert not same(wanted, menu(say, ""))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_menu_is_of_the_platform_s_lengths(language: str) -> None:
    buttons = menu(lambda key: WORDS.say(language, key), "https://a.example/wechat/enter")
    assert len(buttons) <= 3
    for button in buttons:
        assert len(button["name"].encode()) <= 16 and len(button.get("sub_button", ())) <= 5
        assert all(len(one["name"].encode()) <= 60 for one in button.get("sub_button", ()))


def test_posters_of_every_channel(platform: WeChat, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = program(settings)("posters", "--folder", folder, "--code", "LJ01", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["posters"] == [{"workroom": "LJ01", "ways": ["wechat", "web"]}]
    assert platform.scenes.keys() == {"w_LJ01"}
    assert program(settings)("posters", "--folder", folder, "--code", "LJ01").exit_code == 0
    assert len(platform.calls_of("qrcode/create")) == 1  # asked for once, then remembered
    pdf, png = (folder / "LJ01.pdf").read_bytes(), Image.open(io.BytesIO((folder / "LJ01.png").read_bytes()))
    assert pdf.startswith(b"%PDF") and b"FontFile2" in pdf and png.size == (1240, 1754)


def test_posters_without_wechat(filled: Path, tmp_path: Path) -> None:
    url = copy_of(filled, tmp_path)
    plain = settings_of(home=tmp_path, database_url=url, public_url="https://a.example", _env_file=None)
    done = program(plain)("posters", "--folder", tmp_path / "out", "--code", "LJ01")
    assert done.exit_code == 0 and (tmp_path / "out" / "LJ01.pdf").exists()
    nowhere = settings_of(home=tmp_path, database_url=url, _env_file=None)
    refused = program(nowhere)("posters", "--folder", tmp_path / "none")
    assert refused.exit_code == 1 and not (tmp_path / "none").exists()
    assert program(plain)("posters", "--code", "NOWHERE").exit_code == 1
    assert program(plain)("menu").exit_code == 1


def test_a_missing_glyph_fails_loudly_and_nothing_is_written(tmp_path: Path) -> None:
    odd = Workroom(1, "LJ02", "曙光\U0001f600工作室", "grassroots", "", None, None, 1, "")
    posters = [poster(ROOM, {"web": "https://a"}, say), poster(odd, {"web": "https://a"}, say)]
    with pytest.raises(Hole, match="LJ02"):
        list(make(posters, Font.chosen(None), tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [ROOM.name, "青山县高新技术产业开发区管理委员会综合党代表工作室" * 2, "甲"])
@pytest.mark.parametrize("ways", [("web",), ("wechat", "web"), ("wechat", "telegram", "web")])
def test_everything_stands_on_the_sheet_and_apart(name: str, ways: tuple[str, ...]) -> None:
    room = Workroom(1, "LJ01", name, "grassroots", "路" * 60, None, None, 1, "")
    leads = {way: f"https://a.example/?start=w_LJ01&{way}" for way in ways}
    font = Font.chosen(None)
    made = poster(
        room, leads, say, plan=Plan((Rule(parse_rule("FREQ=MONTHLY;BYMONTHDAY=10,20")),)), hotline="0000-1"
    )  # type: ignore[arg-type]
    marks = laid_out(made, font.width)
    lines = [mark for mark in marks if isinstance(mark, Line)]
    codes = [mark for mark in marks if isinstance(mark, Code)]
    for line in lines:
        half = font.width(line.text) * line.size / 2
        assert line.middle - half > 5 and line.middle + half < WIDTH - 5 and line.baseline < HEIGHT - 5
    assert len(codes) == len(ways) and any(isinstance(mark, Area) for mark in marks)
    for code in codes:
        for line in lines:
            apart = line.baseline < code.y - 2 or line.baseline - line.size > code.y + code.edge
            half = font.width(line.text) * line.size / 2
            beside = line.middle + half < code.x or line.middle - half > code.x + code.edge
            assert apart or beside, (line, code)
