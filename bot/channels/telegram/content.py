"""What a Telegram message holds, in the service's own terms."""

import re
from collections.abc import Callable, Mapping

from bot.channels.telegram.reading import Json, number, part, parts, text, whole
from domain.messages import Contact, File, FileKind, Other, Position, Start, Text, What

FETCH_LIMIT = 20 * 1024 * 1024
"""Bytes of the largest file a bot can fetch from Telegram's own server."""

PAYLOAD_LIMIT = 64
_START = re.compile(r"/start(?:@\w+)?(?:\s+(\S+))?\s*", re.ASCII)
_ADDRESSED = re.compile(r"(/\w{1,32})@\w+", re.ASCII)

# Fields every message may have; whatever else it has is its content.
_ENVELOPE = frozenset(
    {
        "message_id",
        "message_thread_id",
        "direct_messages_topic",
        "from",
        "sender_chat",
        "sender_boost_count",
        "sender_business_bot",
        "sender_tag",
        "date",
        "business_connection_id",
        "chat",
        "forward_origin",
        "forward_from",
        "forward_from_chat",
        "forward_date",
        "forward_from_message_id",
        "forward_signature",
        "forward_sender_name",
        "is_topic_message",
        "is_automatic_forward",
        "reply_to_message",
        "external_reply",
        "quote",
        "reply_to_story",
        "reply_to_checklist_task_id",
        "via_bot",
        "edit_date",
        "has_protected_content",
        "is_from_offline",
        "is_paid_post",
        "media_group_id",
        "author_signature",
        "paid_star_count",
        "entities",
        "link_preview_options",
        "effect_id",
        "caption",
        "caption_entities",
        "show_caption_above_media",
        "has_media_spoiler",
        "reply_markup",
        "suggested_post_info",
    }
)
# What people send that we can name but not use. A field in neither list tells of an event in the chat.
_UNUSABLE = frozenset(
    {
        "sticker",
        "dice",
        "poll",
        "game",
        "story",
        "invoice",
        "paid_media",
        "checklist",
        "giveaway",
        "giveaway_winners",
        "gift",
        "unique_gift",
        "passport_data",
        "users_shared",
        "chat_shared",
        "web_app_data",
    }
)


def content(message: Json) -> What | None:
    """What the message holds; None for an event in the chat (pinned, timer set …) that nobody said."""
    for name, read in _READERS.items():
        if name in message:
            return read(message)
    own = message.keys() - _ENVELOPE
    if named := sorted(own & _UNUSABLE):
        return Other(named[0])
    return None if own else Other("unknown")


def corrected(message: Json) -> What | None:
    """What an edited message corrects: its words. A live position on the move corrects nothing."""
    words = text(message, "text") or text(message, "caption")
    return Text(_unaddressed(words)) if words else None


def said(words: str) -> What:
    """Words, or a deep link followed; the bot's name behind a command is dropped."""
    if started := _START.fullmatch(words):
        return Start((started[1] or "")[:PAYLOAD_LIMIT])
    return Text(_unaddressed(words))


def _unaddressed(words: str) -> str:
    found = _ADDRESSED.match(words)
    return found[1] + words[found.end() :] if found else words


def _words(message: Json) -> What:
    words = text(message, "text")
    return said(words) if words else Other("unknown")


def _file(kind: FileKind, name: str, mime: str | None = None) -> Callable[[Json], What]:
    def read(message: Json) -> What:
        return _held(kind, name, part(message, name), message, mime)

    return read


def _held(kind: FileKind, name: str, found: Json, message: Json, mime: str | None) -> What:
    ref = text(found, "file_id")
    if not ref:
        return Other(name)
    album = text(message, "media_group_id")
    claimed = text(found, "mime_type") or mime
    return File(kind, ref, claimed, whole(found, "file_size"), text(message, "caption"), album)


def _photo(message: Json) -> What:
    """The largest size that can be fetched."""
    sizes = sorted(parts(message, "photo"), key=_surface)
    small_enough = [size for size in sizes if (whole(size, "file_size") or 0) <= FETCH_LIMIT]
    best = (small_enough or sizes or [{}])[-1]
    return _held("photo", "photo", best, message, "image/jpeg")


def _surface(size: Json) -> int:
    return (whole(size, "width") or 0) * (whole(size, "height") or 0)


def _place(message: Json) -> What:
    venue = part(message, "venue")
    where = part(venue, "location") or part(message, "location")
    latitude, longitude = number(where, "latitude"), number(where, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return Other("location")
    label = " ".join(filter(None, (text(venue, "title"), text(venue, "address"))))
    return Position(latitude, longitude, number(where, "horizontal_accuracy"), label)


def _contact(message: Json) -> What:
    phone = text(part(message, "contact"), "phone_number")
    return Contact(phone) if phone else Other("contact")


_READERS: Mapping[str, Callable[[Json], What]] = {
    "text": _words,
    "photo": _photo,
    "voice": _file("voice", "voice", "audio/ogg"),
    "audio": _file("voice", "audio"),
    "animation": _file("video", "animation", "video/mp4"),  # has a `document` too, for old clients
    "video": _file("video", "video"),
    "video_note": _file("video", "video_note", "video/mp4"),
    "document": _file("document", "document"),
    "venue": _place,
    "location": _place,
    "contact": _contact,
}
