"""People on the stubbed Telegram: they write, press, send and wait, so that a test reads like a chat."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from tests.stubs import bot_api_rules as rules
from tests.stubs.bot_api_queue import Updates, line_of
from tests.stubs.bot_api_seen import Button, Press, Seen, seen
from tests.stubs.bot_api_world import PATIENCE, Chat, Json, World, entities


@dataclass(frozen=True)
class Telegram:
    """What a person acts upon."""

    world: World
    updates: Updates


class User:
    """A person in one chat: their own with the bot, or a group (`in_group`)."""

    def __init__(self, telegram: Telegram, face: Json, chat: Chat) -> None:
        self._telegram = telegram
        self._world = telegram.world
        self.face = face
        self.chat = chat
        self._acted = telegram.world.version

    @property
    def id(self) -> int:
        """The user's number, which is also that of their private chat."""
        return int(self.face["id"])

    def in_group(self, group: "Group") -> Self:
        """The same person, writing in the group."""
        group.members.add(self.id)
        return type(self)(self._telegram, self.face, group.chat)

    # ---- what a person does; each gives the message as Telegram shows it

    async def starts(self, payload: str = "") -> Json:
        """Open the bot, by its link with a payload if there is one."""
        if payload:
            rules.check_start_payload(payload)
        return await self.says(f"/start {payload}".rstrip())

    async def says(self, text: str, reply_to: Seen | None = None) -> Json:
        """Write; like a real client, split what is longer than 4096 characters. Gives the last message."""
        if not text.strip():
            raise ValueError("no Telegram client sends an empty message")
        text = text.strip()
        parts = [text[at : at + rules.TEXT_LIMIT] for at in range(0, len(text), rules.TEXT_LIMIT)]
        return [self._sends(_words(part), reply_to) for part in parts][-1]

    async def sends_photo(self, data: bytes, caption: str = "", **more: Any) -> Json:
        """Send a picture as a photo."""
        return self._sends({"photo": self._world.photo_sizes(data), **_caption(caption), **more})

    async def sends_album(self, photos: list[bytes], caption: str = "") -> list[Json]:
        """Send several pictures as one album; the first carries the caption."""
        group = str(self._world.number())
        words = itertools.chain([caption], itertools.repeat(""))
        return [
            await self.sends_photo(p, w, media_group_id=group) for p, w in zip(photos, words, strict=False)
        ]

    async def sends_document(
        self,
        data: bytes,
        name: str,
        mime: str = "application/octet-stream",
        caption: str = "",
        size: int | None = None,
    ) -> Json:
        """Send a file; `size` declares it larger than the bytes given, to try what is too big to fetch."""
        stored = self._world.keep("document", data, name, size)
        described = {**stored.described(), "file_name": name, "mime_type": mime}
        return self._sends({"document": described, **_caption(caption)})

    async def sends_voice(self, data: bytes = b"OggS voice", duration: int = 3) -> Json:
        """Send a voice message."""
        stored = self._world.keep("voice", data, "voice.oga")
        return self._sends({"voice": {**stored.described(), "duration": duration, "mime_type": "audio/ogg"}})

    async def sends_video(self, data: bytes = b"video", duration: int = 3) -> Json:
        """Send a video."""
        described = self._world.keep("video", data, "video.mp4").described()
        shape = {"duration": duration, "width": 640, "height": 360, "mime_type": "video/mp4"}
        return self._sends({"video": {**described, **shape}})

    async def sends_location(self, latitude: float, longitude: float) -> Json:
        """Send a position."""
        return self._sends({"location": {"latitude": latitude, "longitude": longitude}})

    async def sends_contact(self, phone: str, name: str = "", own: bool = True) -> Json:
        """Send a contact: one's own as the contact button does, or somebody else's."""
        contact: Json = {"phone_number": phone, "first_name": name or self.face["first_name"]}
        return self._sends({"contact": {**contact, "user_id": self.id} if own else contact})

    async def sends_sticker(self, emoji: str = "👍") -> Json:
        """Send a sticker."""
        described = self._world.keep("sticker", b"RIFFWEBP", "sticker.webp").described()
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._sends({"sticker": {**described, **shape, "emoji": emoji}})

    async def edits(self, message: Json, text: str) -> Json:
        """Change the words of an own message."""
        field = "text" if "text" in message else "caption"
        edited = self._world.change(self.chat, message["message_id"], _words(text, field))
        self._acts("edited_message", edited)
        return edited

    async def forwards(self, text: str, author: "User | str" = "某人", date: int = 1_700_000_000) -> Json:
        """Forward somebody's words; an author given by name hides who they are."""
        origin: Json = {"type": "hidden_user", "sender_user_name": author, "date": date}
        if isinstance(author, User):
            origin = {"type": "user", "sender_user": author.face, "date": date}
        return self._sends({**_words(text), "forward_origin": origin})

    async def presses(self, label: str, on: Seen | None = None) -> Press:
        """Press the button with this label on the newest message that has it, or on the message given."""
        messages = [on] if on is not None else list(reversed(self.sees()))
        for message in messages:
            for button in message.flat:
                if button.text == label and button.data is not None:
                    return await self.forges(button.data, message)
        if any(key["text"] == label for row in self.chat.keyboard or [] for key in row):
            await self.says(label)
            return Press(self._world, None)
        shown = [button.text for message in messages for button in message.flat]
        raise AssertionError(f"no button {label!r} among {shown}")

    async def forges(self, data: str, on: Seen) -> Press:
        """Press with data of one's own, as a modified client can."""
        query = self._world.asked(self.id)
        raw = self.chat.messages.get(on.number) or {
            "chat": self.chat.face,
            "message_id": on.number,
            "date": 0,
        }
        self._acts(
            "callback_query",
            {
                "id": query.id,
                "from": self.face,
                "chat_instance": str(self.chat.id),
                "data": data,
                "message": raw,
            },
        )
        return Press(self._world, query)

    async def blocks(self) -> None:
        """Block the bot: it can't write any more."""
        self.chat.blocked = True
        self._membership("member", "kicked")

    async def unblocks(self) -> None:
        """Let the bot write again."""
        self.chat.blocked = False
        self._membership("kicked", "member")

    # ---- what a person sees

    def sees(self) -> list[Seen]:
        """The bot's messages in this chat as they stand now, oldest first."""
        return [
            seen(self._world, self.chat, message)
            for message in self.chat.messages.values()
            if message["from"]["id"] == self._world.bot["id"]
        ]

    def sees_keyboard(self) -> list[list[str]]:
        """The labels of the keyboard shown instead of the letters."""
        return [[key["text"] for key in row] for row in self.chat.keyboard or []]

    async def waits_for(
        self, fits: Callable[[Seen], object] = bool, within: float = PATIENCE, earlier: bool = False
    ) -> Seen:
        """The newest fitting message sent or edited since this person's last act (`earlier`: or before)."""

        def look() -> Seen | None:
            fresh = [m for m in self.sees() if earlier or m.changed > self._acted]
            return next((m for m in sorted(fresh, key=lambda m: -m.changed) if fits(m)), None)

        try:
            return await self._world.bell.until(look, within, "a message")
        except AssertionError as error:
            raise AssertionError(f"{error}; on the screen: {[m.text for m in self.sees()][-5:]}") from None

    async def hears(self, part: str, within: float = PATIENCE) -> Seen:
        """Wait for a message that contains these words."""
        return await self.waits_for(lambda message: part in message.text, within)

    # ---- underneath

    def _sends(self, fields: Json, reply_to: Seen | None = None) -> Json:
        if self.chat.private and self.chat.blocked:
            raise ValueError("who blocked the bot can't write to it; unblock first")
        self.chat.met = True
        if reply_to is not None:
            fields = {**fields, "reply_to_message": self.chat.messages[reply_to.number]}
        message = self._world.post(self.chat, self.face, fields)
        if self.chat.private or self._reaches_bot(message):
            self._acts("message", message)
        return message

    def _reaches_bot(self, message: Json) -> bool:
        """In groups a bot in privacy mode gets commands, mentions and answers to its own messages only."""
        text = str(message.get("text", ""))
        to_bot = message.get("reply_to_message", {}).get("from", {}).get("id") == self._world.bot["id"]
        return self.chat.bot_inside and (
            text.startswith("/") or f"@{self._world.bot['username']}" in text or to_bot
        )

    def _acts(self, kind: str, content: Json) -> None:
        self._acted = self._world.version
        self._telegram.updates.add(kind, content, line_of(kind, content))

    def _membership(self, before: str, after: str) -> None:
        states = [
            {"user": self._world.bot, "status": s, **({"until_date": 0} if s == "kicked" else {})}
            for s in (before, after)
        ]
        self._acts(
            "my_chat_member",
            {
                "chat": self.chat.face,
                "from": self.face,
                "date": int(self._world.clock()),
                "old_chat_member": states[0],
                "new_chat_member": states[1],
            },
        )


class Group:
    """A supergroup; the bot comes in by `adds_bot`."""

    def __init__(self, telegram: Telegram, chat: Chat) -> None:
        self._telegram = telegram
        self.chat = chat
        self.members: set[int] = set()

    async def adds_bot(self, by: User) -> None:
        """Somebody adds the bot to the group."""
        member = by.in_group(self)
        self.chat.met = self.chat.bot_inside = True
        member._membership("left", "member")

    async def removes_bot(self, by: User) -> None:
        """Somebody throws the bot out."""
        member = by.in_group(self)
        self.chat.bot_inside = False
        member._membership("member", "kicked")


def _words(text: str, field: str = "text") -> Json:
    found = entities(text)
    label = "entities" if field == "text" else "caption_entities"
    return {field: text, **({label: found} if found else {})}


def _caption(caption: str) -> Json:
    return _words(caption, "caption") if caption else {}


__all__ = ["Button", "Group", "Press", "Seen", "Telegram", "User"]
