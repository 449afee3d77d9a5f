"""The forms that a platform wants notices in, as the district has set them: which message fills which one."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["subscribe", "template"]
KINDS: tuple[Kind, ...] = ("subscribe", "template")
"""A notice somebody has agreed to, one by one; or a template that the account may send to its followers."""

EVERY = "*"
"""In place of a message's key: for every message that has no form of its own."""

LENGTHS = {
    "thing": 20, "short_thing": 5, "phrase": 5, "character_string": 32, "number": 32, "const": 20,
    "name": 10, "date": 20, "time": 20,
}  # fmt: skip
"""Characters that a field of each kind takes; a field's name is its kind and a number."""

_FIELD = re.compile(r"([a-z_]+?)\d+([:=])(\S+)")
_TEMPLATE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"\*|[a-z_]+(\.[a-z_]+)+")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, and the fixed words or the name of what fills it."""

    kind: str
    fixed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the platform and how its fields are filled, by their names."""

    kind: Kind
    template: str
    fields: Mapping[str, Field]

    def filled(self, params: Mapping[str, Any], text: str, now: datetime) -> dict[str, str]:
        """The fields for a message of these params that reads so; `now` in the district's own time."""
        return {name: _fit(field, _value(field, params, text, now)) for name, field in self.fields.items()}


def read_forms(setting: str) -> dict[str, Form]:
    """The forms by message key. Raises ValueError for anything that isn't one.

    `notice.answer.filer subscribe TEMPLATE thing1:about phrase3=已答复; * template …`:
    after `:` stands what fills the field (a fact of the message, `text` or `now`), after `=` fixed words.
    """
    found: dict[str, Form] = {}
    for line in filter(None, (part.strip() for part in setting.split(";"))):
        key, form = _form(line.split())
        if key in found:
            raise ValueError(f"twice: {key}")
        found[key] = form
    return found


def form_for(forms: Mapping[str, Form], key: str) -> Form | None:
    """The form for messages of this key."""
    return forms.get(key) or forms.get(EVERY)


def _form(words: list[str]) -> tuple[str, Form]:
    key, kind, template, *fields = [*words, "", "", ""] if len(words) < 3 else words
    if not _KEY.fullmatch(key) or kind not in KINDS or not _TEMPLATE.fullmatch(template) or not fields:
        raise ValueError(" ".join(words))
    named = {}
    for field in fields:
        found = _FIELD.fullmatch(field)
        if found is None or found[1] not in LENGTHS:
            raise ValueError(field)
        named[re.split("[:=]", field, maxsplit=1)[0]] = Field(found[1], found[2] == "=", found[3])
    return key, Form(kind, template, named)


def _value(field: Field, params: Mapping[str, Any], text: str, now: datetime) -> str:
    if field.fixed:
        return field.source
    if field.source == "now":
        return now.strftime("%Y-%m-%d %H:%M")
    if field.source == "text":
        return text
    return str(params.get(field.source, "") or "")


def _fit(field: Field, value: str) -> str:
    """What the platform takes in such a field: one line, short, never empty."""
    line = " ".join(value.split())
    if field.kind == "character_string":
        line = "".join(c for c in unicodedata.normalize("NFKC", line) if " " <= c <= "~")
    most = LENGTHS[field.kind]
    return (line if len(line) <= most else line[: most - 1] + "…") or "-"
