"""Turns the platform's fields into what the desk takes. Never raises, whatever they look like."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channels.wechat.envelope import Content
from bot.channels.wechat.ports import Opening, Subscribed, Subscription
from domain import mars
from domain.messages import PRESS_LIMIT, File, FileKind, Inbound, Other, Position, Press, Start, Text, What

NAME = "wechat"
SCENE_LIMIT = 64
FOLLOWED = "qrscene_"
"""What the platform puts before a QR code's scene when the scan made somebody follow."""

_OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIGITS = re.compile(r"[0-9]{1,20}")
_KEY = re.compile(r"/[a-z_]{1,32}")
_PRESSED = re.compile(r"go:[a-z_]{1,32}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something for the desk, which account it was sent to, and the window it opens."""

    inbound: Inbound
    account: str
    how: Opening = "message"


@dataclass(frozen=True, slots=True)
class Gone:
    """This person has unfollowed the account."""

    openid: str


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody decided about notices, or a notice's fate is told."""

    openid: str
    told: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a template message."""

    openid: str
    message: str
    status: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing to do; `kind` says what it was, for counting."""

    kind: str


Arrived = Arrival | Gone | Decided | Delivered | Nothing


def parse(content: Content) -> Arrived:
    """What this message or event means."""
    who, kind = content.text("FromUserName"), content.text("MsgType").strip().lower()
    if not _OPENID.fullmatch(who) or not kind:
        return Nothing("from nobody")
    if kind == "event":
        return _event(content, who)
    pressed = content.text("bizmsgmenuid")
    if kind == "text" and 0 < len(pressed.encode()) <= PRESS_LIMIT:
        return _arrival(content, who, Press(pressed), "tap")
    read = _MESSAGES.get(kind)
    return _arrival(content, who, read(content) if read else Other("unknown"), "message")


def _arrival(content: Content, who: str, what: What, how: Opening) -> Arrival:
    return Arrival(Inbound(NAME, who, who, _told(content), what), content.text("ToUserName"), how)


def _told(content: Content) -> str:
    """The message's number; an event has none and is known by its moment and what it is (CHANNELS §3)."""
    number = content.text("MsgId").strip()
    if _DIGITS.fullmatch(number):
        return f"m{number}"
    named = (content.text(name) for name in ("MsgType", "Event", "EventKey", "Content", "MediaId"))
    digest = hashlib.blake2b("\0".join(named).encode(), digest_size=6).hexdigest()
    return f"e{content.text('CreateTime')[:20]}.{digest}"


# --- messages --------------------------------------------------------------------------------------------


def _words(content: Content) -> What:
    words = content.text("Content")
    return Text(words) if words.strip() else Other("unknown")


def _file(kind: FileKind, mime: str) -> Callable[[Content], What]:
    def read(content: Content) -> What:
        ref = content.text("MediaId")
        return File(kind, ref, mime) if ref else Other("unknown")

    return read


def _place(content: Content) -> What:
    """Phones send what the map shows, which is shifted."""
    latitude, longitude = _degrees(content, "Location_X", 90), _degrees(content, "Location_Y", 180)
    if latitude is None or longitude is None:
        return Other("unknown")
    north, east = mars.unshifted(latitude, longitude)
    label = content.text("Label").strip()
    return Position(round(north, 6), round(east, 6), label=label, untold=True)


def _degrees(content: Content, name: str, most: float) -> float | None:
    try:
        found = float(content.text(name))
    except ValueError:
        return None
    return found if abs(found) <= most else None


def _link(content: Content) -> What:
    """An article passed on: its title, what it says of itself, its address."""
    lines = (content.text(name).strip() for name in ("Title", "Description", "Url"))
    words = "\n".join(line for line in lines if line)
    return Text(words) if words else Other("unknown")


_MESSAGES: Mapping[str, Callable[[Content], What]] = {
    "text": _words,
    "image": _file("photo", "image/jpeg"),
    "voice": _file("voice", "audio/amr"),
    "video": _file("video", "video/mp4"),
    "shortvideo": _file("video", "video/mp4"),
    "location": _place,
    "link": _link,
}


# --- events ----------------------------------------------------------------------------------------------


def _event(content: Content, who: str) -> Arrived:
    name = content.text("Event").strip().lower()
    read = _EVENTS.get(name)
    if read is not None:
        return read(content, who)
    return Nothing(name if name in _COUNTED else "event")


def _follow(content: Content, who: str) -> Arrived:
    key = content.text("EventKey").strip()
    scene = key.removeprefix(FOLLOWED) if key.startswith(FOLLOWED) else ""
    return _arrival(content, who, Start(scene[:SCENE_LIMIT]), "follow")


def _scan(content: Content, who: str) -> Arrived:
    return _arrival(content, who, Start(content.text("EventKey").strip()[:SCENE_LIMIT]), "scan")


def _click(content: Content, who: str) -> Arrived:
    """A key of the account's menu is a command: `/mine` is said, `go:representatives` is pressed."""
    key = content.text("EventKey").strip()
    if _KEY.fullmatch(key):
        return _arrival(content, who, Text(key), "click")
    what = Press(key) if _PRESSED.fullmatch(key) else Start()
    return _arrival(content, who, what, "click")


def _finished(content: Content, who: str) -> Arrived:
    number = content.text("MsgID") or content.text("MsgId")
    return Delivered(who, number.strip()[:64], content.text("Status").strip()[:64])


def _decided(content: Content, who: str) -> Arrived:
    """Each template by itself; a list may hold several."""
    name = content.text("Event").strip().lower()
    event = _DECISIONS[name]
    told = tuple(
        Subscription(
            event,
            group.get("TemplateId", "")[:64],
            (group.get("SubscribeStatusString") or group.get("ErrorStatus") or "")[:64],
            (group.get("MsgID") or "")[:64],
            (group.get("PopupScene") or "")[:64],
            _told(content),
        )
        for _, group in content.groups
        if group.get("TemplateId")
    )
    return Decided(who, told) if told else Nothing(name)


_DECISIONS: Mapping[str, Subscribed] = {
    "subscribe_msg_popup_event": "popup",
    "subscribe_msg_change_event": "change",
    "subscribe_msg_sent_event": "sent",
}
_EVENTS: Mapping[str, Callable[[Content, str], Arrived]] = {
    "subscribe": _follow,
    "unsubscribe": lambda content, who: Gone(who),
    "scan": _scan,
    "click": _click,
    "templatesendjobfinish": _finished,
    **dict.fromkeys(_DECISIONS, _decided),
}
_COUNTED = frozenset({"view", "location", "view_miniprogram", "scancode_push", "scancode_waitmsg",
                      "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"})  # fmt: skip
"""Events that only tell of something; a position that nobody chose to send is not looked at."""
