"""What the platform refuses in a call: sizes, counts, kinds of fields, kinds of files; by its own numbers."""

import re
from collections.abc import Callable, Mapping
from typing import Any

TEXT_BYTES = 2048
TOKEN_SECONDS, MEDIA_SECONDS = 7200, 3 * 24 * 3600
MEGABYTE = 1024 * 1024


class Refuse(Exception):
    """Answer with this error."""

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words or "refused"


def text_of(content: Any, name: str, most: int = TEXT_BYTES, least: int = 1) -> str:
    """A text field of at most so many bytes."""
    found = content.get(name, "") if isinstance(content, Mapping) else ""
    if not isinstance(found, str) or len(found.encode()) < least:
        raise Refuse(44004, "empty content")
    if len(found.encode()) > most:
        raise Refuse(45002, "content size out of limit")
    return found


def menu_of(content: Any) -> list[tuple[str, str]]:
    """A msgmenu's choices: id and label."""
    for name in ("head_content", "tail_content"):
        text_of(content, name, least=0)
    rows = content.get("list")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 5:
        raise Refuse(47001, "list")
    return [(text_of(row, "id", 64), text_of(row, "content", 128)) for row in rows]


# --- fields of notices -----------------------------------------------------------------------------------

FIELDS: Mapping[str, Callable[[str], object]] = {
    "thing": lambda v: 0 < len(v) <= 20,
    "short_thing": lambda v: 0 < len(v) <= 5,
    "phrase": lambda v: re.fullmatch(r"[\u4e00-\u9fff]{1,5}", v),
    "character_string": lambda v: re.fullmatch(r"[!-~ ]{1,32}", v),
    "number": lambda v: re.fullmatch(r"[\d.]{1,32}", v),
    "date": lambda v: re.fullmatch(
        r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?|\d{4}年\d{2}月\d{2}日( \d{2}:\d{2})?", v
    ),
    "time": lambda v: re.fullmatch(
        r"\d{2}:\d{2}|\d{4}年\d{2}月\d{2}日 \d{2}:\d{2}|\d{4}-\d{2}-\d{2} \d{2}:\d{2}", v
    ),
    "const": lambda v: 0 < len(v) <= 20,
    "name": lambda v: 0 < len(v) <= 10,
}


def check_fields(wanted: tuple[str, ...], data: Any) -> dict[str, str]:
    """The values, each of its kind, all that the template wants and no other."""
    if not isinstance(data, Mapping) or set(data) != set(wanted):
        raise Refuse(47003, "argument invalid! data")
    for name, held in data.items():
        kind = name.rstrip("0123456789")
        value = held.get("value", "") if isinstance(held, Mapping) else ""
        if kind not in FIELDS or not isinstance(value, str) or not FIELDS[kind](value):
            raise Refuse(47003, f"argument invalid! data.{name}.value invalid")
    return {name: held["value"] for name, held in data.items()}


# --- files -----------------------------------------------------------------------------------------------

KINDS: Mapping[str, tuple[int, tuple[str, ...], tuple[bytes, ...]]] = {
    "image": (
        10 * MEGABYTE,
        ("jpg", "jpeg", "png", "gif", "bmp"),
        (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM"),
    ),
    "voice": (2 * MEGABYTE, ("amr", "mp3"), (b"#!AMR", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "video": (10 * MEGABYTE, ("mp4",), ()),
    "thumb": (64 * 1024, ("jpg",), (b"\xff\xd8\xff",)),
}


def check_file(kind: str, name: str, data: bytes) -> None:
    """A file of this kind: its size, its name's ending, its first bytes."""
    if kind not in KINDS:
        raise Refuse(40004, "invalid media type")
    most, endings, heads = KINDS[kind]
    if name.rpartition(".")[2].lower() not in endings:
        raise Refuse(40005, "invalid file type")
    if not 0 < len(data) <= most:
        raise Refuse(40006, "invalid media size")
    if not (data[4:8] == b"ftyp" if kind == "video" else data.startswith(heads)):
        raise Refuse(40005, "invalid file type")


# --- the account's menu ----------------------------------------------------------------------------------


def check_menu(buttons: Any) -> None:
    """Three buttons with five below each, names and keys of their lengths."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refuse(40016, "invalid button size")
    for button in buttons:
        _check_button(button, 16, 40018)
        below = button.get("sub_button", [])
        if len(below) > 5:
            raise Refuse(40023, "invalid sub button size")
        for one in below:
            _check_button(one, 60, 40025)
        if not below:
            _check_does(button)
        for one in below:
            _check_does(one)


def _check_button(button: Any, most: int, code: int) -> None:
    if not 0 < len(str(button.get("name", "")).encode()) <= most:
        raise Refuse(code, "invalid button name size")


def _check_does(button: Any) -> None:
    match button.get("type"):
        case "click" if 0 < len(str(button.get("key", "")).encode()) <= 128:
            return
        case "view" if str(button.get("url", "")).startswith(("http://", "https://")):
            return
    raise Refuse(40017, "invalid button type")
