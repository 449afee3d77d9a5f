"""The XML around everything: read without ever trusting it, written so that no word can break out of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

LIMIT = 64 * 1024
"""Bytes of the largest body that is read; the platform's own are a few hundred."""

DEPTH = 8
"""Elements inside each other; the platform's own are four."""

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold. Phones send some of it, and the platform passes it on as it is."""


class Malformed(Exception):
    """No XML of the platform's; `reason` is a fixed word, never what was in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Content:
    """What stood in `<xml>`: its plain elements by name, and those that hold others, in their order."""

    fields: Mapping[str, str]
    groups: Sequence[tuple[str, Mapping[str, str]]] = ()

    def text(self, name: str) -> str:
        """The text of an element; empty when there is none."""
        return self.fields.get(name, "")


def read(body: bytes) -> Content:
    """What the XML holds. Raises Malformed: no XML, a DTD or an entity, too deep, another root."""
    if len(body) > LIMIT:
        raise Malformed("too_big")
    words = _UNWRITABLE.sub("", body.decode("utf-8", "replace"))
    gathering = _Gathering()
    reader = DefusedXMLParser(target=gathering, forbid_dtd=True)
    try:
        reader.feed(words)
        reader.close()
    except ParseError:
        raise Malformed("not_xml") from None
    except DefusedXmlException:
        raise Malformed("forbidden_xml") from None
    return gathering.found


@dataclass(slots=True)
class _Open:
    """An element that has begun."""

    words: list[str] = field(default_factory=list)
    inner: dict[str, str] = field(default_factory=dict)
    holds: bool = False


class _Gathering:
    """Takes what the parser meets: no tree is built, so depth costs nothing before it is refused."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._groups: list[tuple[str, Mapping[str, str]]] = []
        self.found = Content({})

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if not self._open and name != "xml":
            raise Malformed("another_root")
        if len(self._open) >= DEPTH:
            raise Malformed("too_deep")
        self._open.append(_Open())

    def data(self, words: str) -> None:
        """Words in the element that began last."""
        self._open[-1].words.append(words)

    def end(self, name: str) -> None:
        """An element ends."""
        done = self._open.pop()
        if not self._open:
            self.found = Content(done.inner, tuple(self._groups))
            return
        self._open[-1].holds = True
        if not done.holds:
            self._open[-1].inner.setdefault(name, "".join(done.words))
        elif done.inner:
            self._groups.append((name, done.inner))

    def close(self) -> None:
        """The end of it all."""


def cdata(words: str) -> str:
    """The words as they are, whatever they are: `]]>` is parted, what XML can't hold is left out."""
    return f"<![CDATA[{_UNWRITABLE.sub('', words).replace(']]>', ']]]]><![CDATA[>')}]]>"


def text_reply(to: str, by: str, at: int, words: str) -> str:
    """A passive answer; `at` is in seconds since 1970."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(by)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType>{cdata('text')}</MsgType>"
        f"<Content>{cdata(words)}</Content></xml>"
    )


def sealed_reply(encrypted: str, signature: str, at: str, nonce: str) -> str:
    """What goes around an encrypted answer."""
    return (
        f"<xml><Encrypt>{cdata(encrypted)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{at}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    )
