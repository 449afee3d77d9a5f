"""What a person sees of the bot: messages and buttons as they stand now, and answers to presses."""

from dataclasses import dataclass

from tests.stubs.bot_api_world import PATIENCE, Chat, Json, Query, World

KINDS = ("photo", "document", "voice", "audio", "video", "location", "contact")


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: its label, and its data or address."""

    text: str
    data: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One of the bot's messages; a picture's caption counts as `text`, `files` are the bytes it carries."""

    number: int
    chat: int
    kind: str
    text: str
    buttons: tuple[tuple[Button, ...], ...]
    files: tuple[bytes, ...]
    edited: bool
    changed: int
    raw: Json

    @property
    def flat(self) -> list[Button]:
        """The buttons row after row."""
        return [button for row in self.buttons for button in row]

    @property
    def labels(self) -> list[str]:
        """The buttons' labels row after row."""
        return [button.text for button in self.flat]


class Press:
    """A press on a button, waiting to be answered; one on the lower keyboard is only a message."""

    def __init__(self, world: World, query: Query | None) -> None:
        self._world = world
        self._query = query

    @property
    def id(self) -> str:
        """The callback query's id."""
        assert self._query is not None, "the lower keyboard sends words, not a press"
        return self._query.id

    async def answer(self, within: float = PATIENCE) -> Json:
        """Wait for the bot's answerCallbackQuery: its text (may be empty) and show_alert."""
        query = self._query
        assert query is not None, "the lower keyboard sends words, not a press"
        return await self._world.bell.until(lambda: query.answer, within, "the answer to a press")


def seen(world: World, chat: Chat, message: Json) -> Seen:
    """A message as the person sees it."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    kind = next((kind for kind in KINDS if kind in message), "text")
    return Seen(
        number=message["message_id"],
        chat=chat.id,
        kind=kind,
        text=message.get("text") or message.get("caption") or "",
        buttons=tuple(
            tuple(Button(b["text"], b.get("callback_data"), b.get("url")) for b in row) for row in rows
        ),
        files=_files(world, message.get(kind)),
        edited="edit_date" in message,
        changed=chat.changed[message["message_id"]],
        raw=message,
    )


def _files(world: World, media: object) -> tuple[bytes, ...]:
    largest = media[-1] if isinstance(media, list) else media
    if not isinstance(largest, dict) or "file_id" not in largest:
        return ()
    return (world.files[largest["file_id"]].data,)
