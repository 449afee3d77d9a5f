"""The account's menu: three buttons, five below each, with the words of the locale."""

from collections.abc import Callable, Mapping
from typing import Any

Json = Mapping[str, Any]

MENU: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("file", ()),
    ("mine", ("mine", "open_days", "representatives", "home", "page")),
    ("help", ("help", "move", "language", "privacy", "todo")),
)
"""Each button's name and what stands below it; without anything below it does what it says itself."""

PAGE = "page"


def menu(say: Callable[[str], str], page: str) -> list[Json]:
    """The buttons as the platform takes them; the page's button only where the page has an address."""
    return [_button(name, below, say, page) for name, below in MENU]


def _button(name: str, below: tuple[str, ...], say: Callable[[str], str], page: str) -> Json:
    if not below:
        return _does(name, say, page)
    shown = [one for one in below if one != PAGE or page]
    return {"name": say(f"wechat.menu.top.{name}"), "sub_button": [_does(one, say, page) for one in shown]}


def _does(name: str, say: Callable[[str], str], page: str) -> Json:
    words = say(f"wechat.menu.{name}")
    if name == PAGE:
        return {"type": "view", "name": words, "url": page}
    return {"type": "click", "name": words, "key": f"go:{name}"}


def same(wanted: list[Json], shown: list[Json]) -> bool:
    """Whether the menu that is shown is this one; the platform tells it in a shape of its own."""
    return [_told(one) for one in wanted] == [_told(one) for one in shown]


def _told(button: Json) -> Any:
    below = button.get("sub_button", ())
    rows = below.get("list", ()) if isinstance(below, Mapping) else below
    does = (button.get("type"), button.get("key") or button.get("url")) if not rows else ()
    return button.get("name"), does, [_told(one) for one in rows]
