"""Files on their way to Telegram, by python-telegram-bot: it knows how each kind is put into a form.

The library is loaded with this module, when the first file goes out: a process that sends none saves 30 MiB.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
)
from telegram import error as theirs

from bot.channels.telegram.errors import Declined, Flooded, Forbidden, Refused
from bot.channels.telegram.media import Piece
from bot.channels.telegram.speak import Keyboard
from bot.channels.telegram.transport import AiohttpRequest, ConnectionBroken, surely_unsent
from bot.channels.telegram.wire import InDoubt, Unsent, Wire

Markup = InlineKeyboardMarkup | None


class Uploads:
    """Sends files over a wire that is open. What it raises is what calls raise (calls.py)."""

    def __init__(self, wire: Wire, api: str, token: str) -> None:
        request = AiohttpRequest(wire=wire)
        self._bot = Bot(token, base_url=f"{api}/bot", request=request, get_updates_request=request)

    async def album(self, chat: str, pieces: Sequence[Piece], caption: str) -> int:
        """Several pieces as one album, the words under the first; gives the first message's number."""
        words = [caption, *[""] * (len(pieces) - 1)]
        album = [await _in_album(piece, said) for piece, said in zip(pieces, words, strict=True)]
        with _as_ours():
            sent = await self._bot.send_media_group(chat, album)
        return sent[0].message_id

    async def document(self, chat: str, piece: Piece, caption: str, buttons: Keyboard | None) -> int:
        """The piece as a document, whatever it shows; gives the message's number."""
        file = await _opened(piece)
        with _as_ours():
            sent = await self._bot.send_document(
                chat, file, caption=caption or None, reply_markup=_markup(buttons)
            )
        return sent.message_id

    async def shown(self, chat: str, piece: Piece, caption: str, buttons: Keyboard | None) -> int:
        """The piece as what it is; gives the message's number."""
        file, markup = await _opened(piece), _markup(buttons)
        with _as_ours():
            return (await self._send(piece, chat, file, caption or None, markup)).message_id

    async def _send(
        self, piece: Piece, chat: str, file: InputFile, caption: str | None, markup: Markup
    ) -> Message:
        match piece.shape:
            case "photo":
                return await self._bot.send_photo(chat, file, caption=caption, reply_markup=markup)
            case "voice":
                return await self._bot.send_voice(chat, file, caption=caption, reply_markup=markup)
            case "video":
                return await self._bot.send_video(chat, file, caption=caption, reply_markup=markup)
        return await self._bot.send_document(chat, file, caption=caption, reply_markup=markup)


async def _opened(piece: Piece) -> InputFile:
    return InputFile(await piece.read(), filename=piece.name or None)


async def _in_album(piece: Piece, caption: str) -> InputMediaPhoto | InputMediaVideo | InputMediaDocument:
    data, words, name = await piece.read(), caption or None, piece.name or None
    match piece.shape:
        case "photo":
            return InputMediaPhoto(data, words, filename=name)
        case "video":
            return InputMediaVideo(data, words, filename=name)
    return InputMediaDocument(data, words, filename=name)


def _markup(buttons: Keyboard | None) -> Markup:
    return InlineKeyboardMarkup.de_json(buttons, None) if buttons else None


@contextmanager
def _as_ours() -> Iterator[None]:
    """The library's errors as our calls raise them; its texts stay with it."""
    try:
        yield
    except theirs.TelegramError as error:
        raise _ours(error) from None


def _ours(error: theirs.TelegramError) -> Exception:
    kind = type(error).__name__
    match error:
        case theirs.Forbidden() | theirs.ChatMigrated():
            return Forbidden(403, kind)
        case theirs.BadRequest():
            return Declined(400, error.message)
        case theirs.RetryAfter():
            wait = error.retry_after
            return Flooded(429, kind, wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
        case _ if surely_unsent(error):
            return Unsent(kind)
        case theirs.TimedOut() | ConnectionBroken():
            return InDoubt(kind)
        case _:
            return Refused(500, kind)
