"""Several letters of one seat as one message: what the night held back, and what the planner found."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.messages import Choice, Message, Rows
from domain.reminders import name_of
from storage.outbox import Letter

IN_A_DIGEST = 10
"""Things named in one digest; more are counted."""


def digest(letters: Sequence[Letter]) -> Message:
    """One message that names each case with what happened to it or is due, and says what has no case."""
    cases: dict[str, dict[str, Any]] = {}
    once: dict[tuple[str, str], Message] = {}
    for letter in letters:
        params = letter.message.params
        if number := params.get("number"):
            cases[number] = {**cases.get(number, {**_BLANK, "number": number}), **_told(letter.message)}
        else:
            once.setdefault((letter.message.key, repr(params)), letter.message)  # weekly, to who was away
    others = list(once.values())
    first = sorted(cases.values(), key=_pressing)
    lines = first[: IN_A_DIGEST - min(len(others), IN_A_DIGEST // 2)]
    said = others[: IN_A_DIGEST - len(lines)]
    count = len(cases) + len(others)
    shown = _shown(lines)
    params = {
        "items": lines,
        "others": [{"key": other.key, "params": dict(other.params)} for other in said],
        "count": count,
        "more": count - len(lines) - len(said),
        "night": any(name_of(letter.key) is None for letter in letters),
        "choose": bool(shown),
    }
    return Message("notice.digest", params, (*shown, *_rows(said, letters)))


def _pressing(line: Mapping[str, Any]) -> tuple[bool, str]:
    """What is urgent first, then what has happened, then by the term: the last are only counted."""
    return not line["urgent"], line["wait_until"]


_DUE = ("step", "task", "turn", "wait_until", "workroom")
"""What a reminder of a term says of its case."""


_BLANK = {**dict.fromkeys(("number", "about", "key", "action", "voice", *_DUE), ""), "urgent": False}
"""A line with nothing said yet."""


def _told(message: Message) -> dict[str, Any]:
    """The newest of what happened and what is due; a reminder doesn't hide what happened, nor the reverse."""
    params: Mapping[str, Any] = message.params
    told: dict[str, Any] = {"about": params["about"]} if params.get("about") else {}
    told |= {"urgent": True} if params.get("urgent") else {}
    if "step" in params:
        voice = message.key.rpartition(".")[2]
        return {**told, "voice": voice, **{name: params.get(name, "") for name in _DUE}}
    return {**told, "key": message.key, "action": params.get("action", "")}


def _shown(lines: Sequence[Mapping[str, Any]]) -> Rows:
    """Each case is opened by a tap."""
    return tuple(
        (Choice(f"show:{line['number']}", "notice.digest_show", line),)
        for line in lines
        if line.get("voice") != "office" or line["about"]
    )


def _rows(said: Sequence[Message], letters: Sequence[Letter]) -> Rows:
    """What else can be done at once; what can be switched off."""
    own = [row for message in said for row in message.choices if not all(c.minor for c in row)]
    minor = {c.data: c for letter in letters for row in letter.message.choices for c in row if c.minor}
    settings = tuple(c for c in minor.values() if c.data == "go:reminders")
    return (*own, *((settings,) if settings else ()))
