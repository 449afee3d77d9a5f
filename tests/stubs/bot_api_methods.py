"""The Bot API's methods as far as a bot of this kind uses them, refusing what Telegram refuses."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.stubs import bot_api_rules as rules
from tests.stubs.bot_api_args import Args, markup_of, media_of
from tests.stubs.bot_api_queue import Updates
from tests.stubs.bot_api_rules import ApiError, bad
from tests.stubs.bot_api_world import Chat, Json, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
MEDIA = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendAudio": "audio",
    "sendVideo": "video",
}
FULL_CHAT = {"accent_color_id": 0, "max_reaction_count": 11}
ACTIONS = {
    "typing",
    "upload_photo",
    "upload_document",
    "record_voice",
    "upload_voice",
    "record_video",
    "upload_video",
    "choose_sticker",
    "find_location",
}
Method = Callable[[Args], Any]


class Methods:
    """Carries out calls on the world; asynchronous ones (polling, webhook) belong to the queue of updates."""

    def __init__(self, world: World, updates: Updates) -> None:
        self.world = world
        self.updates = updates
        self._table: dict[str, Method] = {
            "getMe": lambda args: world.bot,
            "sendMessage": self._send_message,
            "sendMediaGroup": self._send_media_group,
            "sendLocation": self._send_location,
            "sendContact": self._send_contact,
            "sendChatAction": self._send_action,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageReplyMarkup": self._edit_markup,
            "deleteMessage": self._delete,
            "answerCallbackQuery": self._answer_query,
            "getFile": self._get_file,
            "getChat": lambda args: {**world.chat(args.value("chat_id")).face, **FULL_CHAT},
            "setMyCommands": self._set_commands,
            "getMyCommands": lambda args: world.commands.get(args.scope(), []),
            "deleteMyCommands": lambda args: world.commands.pop(args.scope(), None) is None or True,
            "leaveChat": self._leave,
            "getUpdates": updates.poll,
            "setWebhook": updates.set_webhook,
            "deleteWebhook": updates.delete_webhook,
            "getWebhookInfo": lambda args: updates.webhook_info(),
        }
        self._table |= {name: self._media_sender(kind) for name, kind in MEDIA.items()}
        self._by_lower = {name.lower(): name for name in self._table}

    def name(self, written: str) -> str:
        """The method's proper name, since Telegram takes any case; ApiError 404 for an unknown one."""
        try:
            return self._by_lower[written.lower()]
        except KeyError:
            raise ApiError(404, "Not Found: method not found") from None

    async def call(self, name: str, args: Args) -> Any:
        """Carry out the method; ApiError when Telegram refuses."""
        result = self._table[name](args)
        return await result if isinstance(result, Awaitable) else result

    def _post(self, args: Args, fields: Json) -> Json:
        chat = self.world.writable(args.value("chat_id"))
        fields = {**fields, **self._reply(chat, args), **self._markup(chat, args)}
        return self.world.post(chat, self.world.bot, fields)

    def _markup(self, chat: Chat, args: Args) -> Json:
        """An inline keyboard stays on the message; the other kinds change what the person has to type on."""
        kind, rows = markup_of(args)
        if kind == "inline":
            return {"reply_markup": {"inline_keyboard": rows}} if rows else {}
        if kind == "keyboard":
            chat.keyboard = rows
        if kind == "remove":
            chat.keyboard = None
        return {}

    def _reply(self, chat: Chat, args: Args) -> Json:
        wanted = args.parsed("reply_parameters") or {"message_id": args.value("reply_to_message_id")}
        if wanted.get("message_id") in (None, "", 0):
            return {}
        found = chat.messages.get(int(wanted["message_id"]))
        if found is None:
            if wanted.get("allow_sending_without_reply"):
                return {}
            raise bad("message to be replied not found")
        return {"reply_to_message": {k: v for k, v in found.items() if k != "reply_to_message"}}

    def _send_message(self, args: Args) -> Json:
        text = args.marked("text")
        rules.check_text(text.get("text", ""))
        return self._post(args, text)

    def _media_sender(self, kind: str) -> Method:
        def send(args: Args) -> Json:
            caption = args.marked("caption")
            rules.check_caption(caption.get("caption", ""))
            self.world.writable(args.value("chat_id"))
            return self._post(args, {**media_of(self.world, args, kind, args.value(kind)), **caption})

        return send

    def _send_media_group(self, args: Args) -> list[Json]:
        items = args.parsed("media")
        if not isinstance(items, list) or not 2 <= len(items) <= 10:
            raise bad("media group must include 2-10 items")
        self.world.writable(args.value("chat_id"))
        group, contents = str(self.world.number()), []
        for item in items:
            if item.get("type") not in MEDIA.values():
                raise bad("can't parse InputMedia: wrong type")
            caption = Args(item, args.files).marked("caption")
            rules.check_caption(caption.get("caption", ""))
            contents.append({**media_of(self.world, args, item["type"], item.get("media")), **caption})
        return [self._post(args, {**content, "media_group_id": group}) for content in contents]

    def _send_location(self, args: Args) -> Json:
        latitude, longitude = args.number("latitude"), args.number("longitude")
        if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
            raise bad("LOCATION_INVALID")
        return self._post(args, {"location": {"latitude": latitude, "longitude": longitude}})

    def _send_contact(self, args: Args) -> Json:
        contact = {"phone_number": args.text("phone_number"), "first_name": args.text("first_name")}
        if not contact["phone_number"]:
            raise bad("phone number is empty")
        if not contact["first_name"]:
            raise bad("first name is empty")
        return self._post(args, {"contact": contact})

    def _send_action(self, args: Args) -> bool:
        if args.text("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        chat = self.world.writable(args.value("chat_id"))
        self.world.actions.append({"chat": chat.id, "action": args.text("action")})
        self.world.touch()
        return True

    def _own(self, args: Args) -> tuple[Chat, Json]:
        """The bot's own message an edit names."""
        chat = self.world.chat(args.value("chat_id"))
        if not args.text("message_id"):
            raise bad("message identifier is not specified")
        message = chat.messages.get(int(args.text("message_id")))
        if message is None:
            raise bad("message to edit not found")
        if message["from"]["id"] != self.world.bot["id"]:
            raise bad("message can't be edited")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat, message

    def _edit(self, args: Args, chat: Chat, message: Json, fields: Json) -> Json:
        """An edit without a keyboard takes the old one away; an edit without a difference is refused."""
        kind, rows = markup_of(args)
        if kind not in ("inline", None):
            raise bad("inline keyboard expected")
        fields = {**fields, "reply_markup": {"inline_keyboard": rows} if rows else None}
        if all(message.get(name) == value for name, value in fields.items()):
            raise bad(NOT_MODIFIED)
        return self.world.change(chat, message["message_id"], fields)

    def _edit_text(self, args: Args) -> Json:
        text = args.marked("text")
        rules.check_text(text.get("text", ""), "MESSAGE_TOO_LONG")
        chat, message = self._own(args)
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        return self._edit(args, chat, message, {"entities": None, **text})

    def _edit_caption(self, args: Args) -> Json:
        caption = args.marked("caption")
        rules.check_caption(caption.get("caption", ""))
        chat, message = self._own(args)
        if not any(kind in message for kind in MEDIA.values()):
            raise bad("there is no caption in the message to edit")
        return self._edit(args, chat, message, {"caption": None, "caption_entities": None, **caption})

    def _edit_markup(self, args: Args) -> Json:
        chat, message = self._own(args)
        return self._edit(args, chat, message, {})

    def _delete(self, args: Args) -> bool:
        chat = self.world.chat(args.value("chat_id"))
        number = int(args.number("message_id"))
        message = chat.messages.get(number)
        if message is None:
            raise bad("message to delete not found")
        if not chat.private and message["from"]["id"] != self.world.bot["id"]:
            raise bad("message can't be deleted")
        del chat.messages[number]
        self.world.touch()
        return True

    def _answer_query(self, args: Args) -> bool:
        rules.check_answer(args.text("text"))
        query = self.world.queries.get(args.text("callback_query_id"))
        if query is None or self.world.clock() - query.asked > self.world.query_term:
            raise bad(TOO_OLD)
        query.answer = {"text": args.text("text"), "show_alert": args.flag("show_alert")}
        self.world.touch()
        return True

    def _get_file(self, args: Args) -> Json:
        if not args.text("file_id"):
            raise bad("file_id not specified")
        stored = self.world.files.get(args.text("file_id"))
        if stored is None:
            raise bad("invalid file_id")
        if stored.size > rules.DOWNLOAD_BYTES and self.world.disk is None:
            raise bad("file is too big")
        return {**stored.described(), "file_path": self.world.laid(stored) or stored.path}

    def _set_commands(self, args: Args) -> bool:
        commands = args.parsed("commands") or []
        rules.check_commands(commands)
        self.world.commands[args.scope()] = commands
        self.world.touch()
        return True

    def _leave(self, args: Args) -> bool:
        chat = self.world.chat(args.value("chat_id"))
        if chat.private:
            raise bad("chat member status can't be changed in private chats")
        chat.bot_inside = False
        self.world.touch()
        return True
