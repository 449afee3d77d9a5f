"""What the registry's sheets hold, column by column; their names for people live in the locale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal[
    "code",
    "text",
    "name",
    "phone",
    "choice",
    "degrees",
    "reference",
    "yes",
    "keywords",
    "value",
    "rule",
    "hours",
    "day",
    "people",
]

PLAIN_CODE = r"[A-Za-z0-9_-]+"
"""Codes that travel in deep links and buttons: bytes are few there, and other letters are not allowed."""

ANY_CODE = r"[\w.-]+"

CHOICES: Mapping[str, tuple[str, ...]] = {
    "unit_kind": ("district", "street", "community"),
    "workroom_kind": ("comprehensive", "direct", "grassroots", "industry", "personal"),
    "level": ("province", "city", "district", "town"),
    "status": ("active", "leave", "suspended", "left", "military"),
    "service": ("active", "left"),
    "yes": ("yes", "no"),
    "on_holiday": ("next-workday", "cancel", "keep"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `needed` must stand in the header, `filled` in every row.

    `limit` counts characters. `target` names the sheet a reference leads to, `choices` the words it
    may hold. An empty cell means `default`. What is not needed and not there stays as it was.
    """

    name: str
    kind: ColumnKind
    limit: int = 0
    needed: bool = False
    filled: bool = False
    target: str = ""
    choices: str = ""
    default: str | float | bool | None = ""
    pattern: str = ANY_CODE


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; `key` is the column by which a row is known again.

    `apart`: no table of its own name holds it; its area writes it.
    """

    name: str
    columns: tuple[Column, ...]
    needed: bool = True
    key: str = "code"
    apart: bool = False

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _code(limit: int = 40, pattern: str = ANY_CODE) -> Column:
    return Column("code", "code", limit, needed=True, filled=True, pattern=pattern)


def _name(kind: ColumnKind, limit: int) -> Column:
    return Column("name", kind, limit, needed=True, filled=True)


def _choice(name: str, choices: str, *, default: str = "") -> Column:
    return Column(
        name, "choice", 20, needed=not default, filled=not default, choices=choices, default=default
    )


def _reference(name: str, target: str, *, filled: bool = True) -> Column:
    return Column(name, "reference", 100, needed=True, filled=filled, target=target, default=None)


def _text(name: str, limit: int) -> Column:
    return Column(name, "text", limit)


def _phone() -> Column:
    return Column("phone", "phone", 40)


def _degrees(name: str) -> Column:
    return Column(name, "degrees", 30, default=None)


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "units",
        (
            _code(),
            _name("text", 100),
            _choice("kind", "unit_kind"),
            _reference("parent", "units", filled=False),
        ),
    ),
    Sheet(
        "workrooms",
        (
            _code(pattern=PLAIN_CODE),
            _name("text", 100),
            _choice("kind", "workroom_kind"),
            _text("address", 200),
            _degrees("latitude"),
            _degrees("longitude"),
            _reference("unit", "units"),
            _text("theme", 200),
        ),
    ),
    Sheet("departments", (_code(), _name("text", 100), _phone())),
    Sheet(
        "contacts",
        (_code(), _reference("department", "departments"), _name("name", 60), _phone()),
        needed=False,
    ),
    Sheet(
        "categories",
        (
            _code(20, PLAIN_CODE),
            _name("text", 60),
            Column("keywords", "keywords", 2000),
            _reference("department", "departments", filled=False),
            Column("urgent", "yes", 20, default=False),
        ),
    ),
    Sheet(
        "representatives",
        (
            _code(),
            _name("name", 60),
            _choice("level", "level"),
            _text("group", 100),
            _text("electing_unit", 100),
            _reference("workroom", "workrooms", filled=False),
            _text("post", 100),
            _text("contact", 100),
            _text("commitment", 300),
            _text("helps_with", 300),
            _choice("status", "status", default="active"),
        ),
    ),
    Sheet(
        "liaisons",
        (
            _code(),
            _name("name", 60),
            _phone(),
            _reference("workroom", "workrooms"),
            _choice("status", "service", default="active"),
        ),
    ),
    Sheet(
        "officers",
        (
            _code(),
            _name("name", 60),
            _phone(),
            _choice("status", "service", default="active"),
        ),
        needed=False,
    ),
    Sheet(
        "settings",
        (
            Column("name", "code", 60, needed=True, filled=True, pattern=PLAIN_CODE),
            Column("value", "value", 2000, needed=True),
        ),
        needed=False,
        key="name",
    ),
    Sheet(
        "open_days",
        (
            Column("workroom", "code", 40, needed=True, filled=True, pattern=PLAIN_CODE),
            Column("rule", "rule", 300, needed=True, filled=True),
            Column("hours", "hours", 100, needed=True, filled=True),
            Column("on_holiday", "choice", 20, choices="on_holiday"),
            Column("valid_from", "day", 10),
            Column("valid_until", "day", 10),
            Column("people", "people", 2),
        ),
        needed=False,
        key="workroom",
        apart=True,
    ),
)
"""In the order in which they are written: what is referred to comes first."""

BY_NAME: Mapping[str, Sheet] = {sheet.name: sheet for sheet in SHEETS}
