"""The program's commands over a database with the sample district."""

from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.commands import backup, doctor, holidays, invite, leave, migrate, open_days
from bot.commands.office import Office
from bot.settings import Settings
from bot.settings import settings as settings_of
from tests.world import Clock, copy_of

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def given(filled: Path, home: Path) -> Settings:
    """Settings over a district of one's own."""
    return settings_of(home=home, database_url=copy_of(filled, home), _env_file=None)


@pytest.fixture
def run(given: Settings, clock: Clock) -> Run:
    return program(given, clock)


def program(given: Settings, clock: Clock) -> Run:
    """Calls the program with these settings."""
    app = typer.Typer()
    for command in (migrate, backup, invite, leave, doctor, open_days, holidays):
        command.register(app, lambda: Office(given, clock))

    def call(*words: str | Path) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    return call
