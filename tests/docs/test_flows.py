"""docs/flows.md is what the code draws."""

from pathlib import Path

from bot.commands.drawing import markdown
from conversations.catalogue import ALL
from domain.cases import ACTIONS, State

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"


def test_the_page_is_drawn_from_the_code() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run: .venv/bin/workroom flows > docs/flows.md"


def test_every_state_action_and_conversation_is_on_it() -> None:
    page = PAGE.read_text("utf-8")
    for name in (*State, *ACTIONS, *(flow.name for flow in ALL)):
        assert str(name) in page
