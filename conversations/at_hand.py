"""What the staff's conversations share: the case they are about, the card of what a resident will read."""

from collections.abc import Callable, Mapping
from typing import Any

from conversations.checks import answer_text
from conversations.flow import Card, Context, Data, Shows, Then, Write
from domain.effects import Act

FILES = ("text", "photo", "video", "voice", "document")
"""What staff send with their words."""

OFFERED = ("photo", "document")
"""What the page offers a button for; a recording has its own."""

Facts = Callable[[Data], Mapping[str, Any]]


def no_facts(data: Data) -> Mapping[str, Any]:
    """Words and files only."""
    return {}


def chosen(name: str) -> Facts:
    """The registry's number that was chosen, as a fact of that name."""
    return lambda data: {name: int(data[name])}


def about(data: Data, ctx: Context) -> Mapping[str, Any]:
    """Which case it is: every question says so, for somebody with forty open ones."""
    case = ctx["at_hand"]
    return {"number": case.number, "about": case.words, "files": len(data.get("files", []))}


def act(action: str, facts: Facts = no_facts) -> Callable[[Data, Context], Act]:
    """The effect at the end of a conversation about one case."""
    return lambda data, ctx: Act(
        data["case"], action, data["key"], data.get("words", ""), tuple(data.get("files", ())), facts(data)
    )


def write(then: Then, shows: Shows = about, enough: tuple[str, ...] = ()) -> Write:
    """Ask for words, with files before, beside or after them."""
    return Write(then, answer_text, FILES, into="words", enough=enough, shows=shows, wants=OFFERED)


def as_read(action: str, facts: Facts = no_facts) -> Shows:
    """The text as the resident will read it, and what could be plainer in it (EXPERIENCE 19)."""

    def shows(data: Data, ctx: Context) -> Mapping[str, Any]:
        words, files = data.get("words", ""), len(data.get("files", []))
        return {
            **about(data, ctx),
            "letter": ctx["letter"](action, words, files, facts(data)),
            "remarks": ctx["plain"](words),
        }

    return shows


def card(*fields: str, shows: Shows) -> Card:
    """Everything before it is sent; more words and files are added to it."""
    return Card(fields, "sent", FILES, "words", answer_text, shows=shows)
