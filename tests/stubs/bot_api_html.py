"""Telegram's HTML parse mode: marked-up text becomes text and entities, or the server's own complaint."""

import re
from dataclasses import dataclass
from typing import Any

from tests.stubs.bot_api_rules import ApiError

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)\s*(?:(=)\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.\-]+)))?""")
TAG_NAME = re.compile(r"[^\s>]*")


@dataclass
class _Open:
    tag: str
    offset: int
    argument: str


def utf16(text: str) -> int:
    """Length in UTF-16 units, the measure of entity offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of an HTML message; raises ApiError as the server would."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text = ""
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            if self.source[self.at] == "&":
                self._reference()
            elif self.source[self.at] != "<":
                self.text += self.source[self.at]
                self.at += 1
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise _bad(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        if any(0xD800 <= ord(character) <= 0xDFFF for character in self.text):
            raise _bad(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                "surrogate code units"
            )
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return self.text, self.entities

    def _reference(self) -> None:
        found = REFERENCE.match(self.source, self.at)
        decoded = _decoded(found) if found else None
        # What isn't a known entity stays as it is written: Telegram shows "&nbsp;" letter by letter.
        self.text += decoded if decoded is not None else "&"
        self.at = found.end() if found and decoded is not None else self.at + 1

    def _start_tag(self) -> None:
        begin, offset = self.at, _bytes(self.source[: self.at])
        tag = self._name(begin + 1)
        if self.at >= len(self.source):
            raise _bad(f"Unclosed start tag at byte offset {offset}")
        if tag not in KINDS:
            raise _bad(f'Unsupported start tag "{tag}" at byte offset {offset}')
        argument = self._attributes(tag, offset)
        if tag == "span" and argument != "spoiler":
            raise _bad(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self.open.append(_Open(tag, utf16(self.text), argument))

    def _name(self, begin: int) -> str:
        found = TAG_NAME.match(self.source, begin)
        assert found is not None
        self.at = found.end()
        return found.group().lower()

    def _attributes(self, tag: str, offset: int) -> str:
        argument = ""
        while not (rest := self.source[self.at :].lstrip()).startswith(">"):
            found = ATTRIBUTE.match(self.source, self.at)
            if not rest or found is None:
                raise _bad(f"Unclosed start tag at byte offset {offset}")
            name, equals, double, single, bare = found.groups()
            if not equals:
                raise _bad(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}"'
                    f" at byte offset {offset}"
                )
            self.at = found.end()
            argument = _argument(tag, name, double or single or bare or "") or argument
        self.at = self.source.index(">", self.at) + 1
        return argument

    def _end_tag(self) -> None:
        offset = _bytes(self.source[: self.at])
        if not self.open:
            raise _bad(f"Unexpected end tag at byte offset {offset}")
        found = self._name(self.at + 2)
        if not self.source[self.at :].lstrip().startswith(">"):
            raise _bad(f"Unclosed end tag at byte offset {offset}")
        self.at = self.source.index(">", self.at) + 1
        last = self.open.pop()
        if found and found != last.tag:
            raise _bad(
                f'Unmatched end tag at byte offset {offset}, expected "</{last.tag}>", found "</{found}>"'
            )
        self._close(last)

    def _close(self, last: _Open) -> None:
        length = utf16(self.text) - last.offset
        if length == 0:
            return
        entity: dict[str, Any] = {"type": KINDS[last.tag], "offset": last.offset, "length": length}
        if last.tag == "a":
            entity["url"] = last.argument
        if last.tag == "tg-emoji":
            entity["custom_emoji_id"] = last.argument
        if last.tag != "a" or last.argument:
            self.entities.append(entity)


def _argument(tag: str, name: str, value: str) -> str:
    value = REFERENCE.sub(lambda found: _decoded(found) or found.group(), value)
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("span", "class"):
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
    return ""


def _decoded(found: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = found.groups()
    if name:
        return NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF else None


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _bad(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {reason}")
