"""What arrives and what is said, without any channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Protocol

FileKind = Literal["photo", "voice", "video", "document"]
Params = Mapping[str, Any]

PRESS_LIMIT = 64
"""Bytes of a button's data: Telegram's limit, kept for every channel (CHANNELS §2)."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words somebody wrote, as they came."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button: the `data` that was put on it. It can be forged; rights are checked on every press."""

    data: str


@dataclass(frozen=True, slots=True)
class Start:
    """Contact through a deep link or a QR scene; the payload may be empty (`w_…`, `i_…`, `c_…`)."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file named by the channel's own reference; `caption` are the words beside it."""

    kind: FileKind
    ref: str
    mime: str | None = None
    size: int | None = None
    caption: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was fetched, cleaned and put on the shelf: what conversations see of it."""

    media: int
    kind: FileKind
    caption: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A place on earth in degrees (WGS 84); `accuracy` in metres where it is told.

    `untold` says that it never is in this channel, so that nobody can do better by sending it again.
    """

    latitude: float
    longitude: float
    accuracy: float | None = None
    label: str = ""
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A telephone number somebody shared."""

    phone: str


@dataclass(frozen=True, slots=True)
class Other:
    """Anything we can name but not use: `sticker`, `poll`, `video_note`, …"""

    kind: str


What = Text | Press | Start | File | Stored | Position | Contact | Other


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that arrived, from any channel.

    `id` is unique within channel and chat: the same id again is the same thing delivered again.
    `quoted` holds the text of the message this one replies to. `edited` marks a correction of an
    earlier message. `spoken` is the language the channel reports (`zh-hans`, `en`), if any.
    """

    channel: str
    chat: str
    user: str
    id: str
    what: What
    quoted: str = ""
    edited: bool = False
    forwarded: bool = False
    spoken: str = ""

    @property
    def delivery(self) -> tuple[str, str]:
        """Names this delivery within its channel, whoever brings it how often."""
        return self.chat, self.id

    def holding(self, what: What) -> "Inbound":
        """The same delivery with its content replaced (a file after it was fetched)."""
        return replace(self, what=what)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: `data` comes back when it is pressed; `key` and `params` name its words."""

    data: str
    key: str
    params: Params = field(default_factory=dict)
    minor: bool = False

    def __post_init__(self) -> None:
        data = self.data
        if not 0 < (len(data) if data.isascii() else len(data.encode())) <= PRESS_LIMIT:
            raise ValueError(f"button data of {len(self.data.encode())} bytes: {self.data!r}")

    @classmethod
    def named(cls, data: str, text: str, *, minor: bool = False) -> "Choice":
        """A choice whose words come from the registry (a category, a street, a colleague)."""
        return cls(data, "choice.named", {"text": text}, minor)


Rows = tuple[tuple[Choice, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say: words by key, choices, files, and how it stands to what was said before.

    `replaces` asks the channel to put it in the place of the message whose button was pressed (or of
    the card last shown) where it can. `wants` asks for a way to send something (`position`, `photo`).
    """

    key: str
    params: Params = field(default_factory=dict)
    choices: Rows = ()
    media: tuple[int, ...] = ()
    replaces: bool = False
    wants: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As kept in the outbox and beside the session; `from_json` reads it back."""
        return {
            "key": self.key,
            "params": dict(self.params),
            "choices": [[[c.data, c.key, dict(c.params), c.minor] for c in row] for row in self.choices],
            "media": list(self.media),
            "replaces": self.replaces,
            "wants": list(self.wants),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Message":
        """The message that `to_json` wrote."""
        return cls(
            key=kept["key"],
            params=kept["params"],
            choices=tuple(tuple(Choice(d, k, p, m) for d, k, p, m in row) for row in kept["choices"]),
            media=tuple(kept["media"]),
            replaces=kept["replaces"],
            wants=tuple(kept["wants"]),
        )


class Button(NamedTuple):
    """A choice in somebody's language."""

    data: str
    label: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in somebody's `language`, ready for a channel; `media` are ids on the shelf.

    `params` are the facts behind the words, for platforms that want them in a form of their own.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: tuple[int, ...] = ()
    replaces: bool = False
    wants: tuple[str, ...] = ()
    key: str = ""
    language: str = ""
    params: Params = field(default_factory=dict, hash=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk gives back to the channel; `again` marks the repeat of an answer already given.

    `stored` is false when nothing about this person may be kept (no consent yet). `elsewhere`: the same
    delivery came to another process, too: who dealt with it says it, and the other one waits for that.
    """

    messages: tuple[Rendered, ...]
    again: bool = False
    stored: bool = True
    elsewhere: bool = False


class Words(Protocol):
    """The catalogue of words, by language."""

    def render(self, language: str, message: Message) -> Rendered:
        """The message in that language."""

    def say(self, language: str, key: str, params: Params | None = None) -> str:
        """One text of the catalogue."""

    def means(self, language: str, text: str, keys: tuple[str, ...]) -> str | None:
        """Which of the keys the text names by its label or one of its keywords, in any language."""
