"""Turns an update, as decoded JSON, into what the desk takes: without building the library's objects."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channels.telegram.content import content, corrected
from bot.channels.telegram.reading import Json, ident, part, text, whole
from domain.messages import Inbound, Press

NAME = "telegram"


@dataclass(frozen=True, slots=True)
class Ourselves:
    """The bot's own number and user name (empty until Telegram told it)."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something for the desk. For a press: the query to acknowledge and the message it was on."""

    inbound: Inbound
    query: str = ""
    pressed: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The bot was added to a group or spoken to there; nothing of it is kept."""

    chat: str
    spoken: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """This user has blocked the bot."""

    user: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing to do; `kind` says what it was, for counting."""

    kind: str
    query: str = ""


Arrived = Arrival | Elsewhere | Gone | Nothing


def parse(update: Json, us: Ourselves) -> Arrived:
    """What this update means. Never raises, whatever the update looks like."""
    told = f"u{whole(update, 'update_id')}"
    for kind, read in _KINDS.items():
        if kind in update:
            return read(part(update, kind), told, us)
    return Nothing(next((kind for kind in update if kind != "update_id"), "empty"))


def caption_ref(message_id: int) -> str:
    """The reference to a message whose words stand under a picture; others are named by the number alone."""
    return f"{message_id}c"


def _message(message: Json, told: str, us: Ourselves, *, edited: bool = False) -> Arrived:
    chat, sender = part(message, "chat"), part(message, "from")
    place, who = ident(chat), ident(sender)
    if not place or not who or sender.get("is_bot") is True:
        return Nothing("from nobody")
    if text(chat, "type") != "private":
        return _in_group(message, place, sender, us)
    what = corrected(message) if edited else content(message)
    if what is None:
        return Nothing("edited" if edited else "event")
    spoken = text(sender, "language_code")
    inbound = Inbound(NAME, place, who, told, what, _quoted(message), edited, _is_forwarded(message), spoken)
    return Arrival(inbound, album=text(message, "media_group_id"))


def _edited(message: Json, told: str, us: Ourselves) -> Arrived:
    return _message(message, told, us, edited=True)


def _quoted(message: Json) -> str:
    replied = part(message, "reply_to_message")
    return text(replied, "text") or text(replied, "caption")


def _is_forwarded(message: Json) -> bool:
    return "forward_origin" in message or "forward_date" in message


def _in_group(message: Json, place: str, sender: Json, us: Ourselves) -> Arrived:
    """In a group only what is meant for the bot counts."""
    if _to_us(message, us):
        return Elsewhere(place, text(sender, "language_code"))
    return Nothing("group")


def _to_us(message: Json, us: Ourselves) -> bool:
    if ident(part(part(message, "reply_to_message"), "from")) == us.id:
        return True
    words = text(message, "text") or text(message, "caption")
    command = re.match(r"/\w+(?:@(\w+))?", words)
    if command:
        return command[1] is None or command[1].lower() == us.name.lower()
    return bool(us.name) and f"@{us.name.lower()}" in words.lower()


def _press(query: Json, told: str, us: Ourselves) -> Arrived:
    number, sender, message = text(query, "id"), part(query, "from"), part(query, "message")
    place, who, data = ident(part(message, "chat")), ident(sender), text(query, "data")
    if not (number and place and who and data):
        return Nothing("press without data", number)
    if text(part(message, "chat"), "type") != "private":
        return Elsewhere(place, text(sender, "language_code"), number)
    inbound = Inbound(NAME, place, who, f"c{number}", Press(data), spoken=text(sender, "language_code"))
    return Arrival(inbound, number, _ref(message))


def _ref(message: Json) -> str:
    """The pressed message, if it can still be changed (date 0: Telegram no longer shows it to bots)."""
    message_id = whole(message, "message_id")
    if message_id is None or not whole(message, "date"):
        return ""
    return str(message_id) if "text" in message else caption_ref(message_id)


def _membership(change: Json, told: str, us: Ourselves) -> Arrived:
    chat, sender = part(change, "chat"), part(change, "from")
    now = text(part(change, "new_chat_member"), "status")
    before = text(part(change, "old_chat_member"), "status")
    kind = text(chat, "type")
    if kind == "private" and now == "kicked" and ident(sender):
        return Gone(ident(sender))
    came_in = before in ("left", "kicked") and now in ("member", "administrator", "restricted")
    if kind in ("group", "supergroup") and came_in and ident(chat):
        return Elsewhere(ident(chat), text(sender, "language_code"))
    return Nothing("membership")


_KINDS: Mapping[str, Callable[[Json, str, Ourselves], Arrived]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "my_chat_member": _membership,
}

UPDATES = tuple(_KINDS)
"""The kinds of update asked for."""
