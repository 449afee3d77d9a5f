"""Telegram as a channel: what is said goes out in as few messages as it fits, what was sent is fetched."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message
from telegram.error import BadRequest

from bot.channels.recent import Recent
from bot.channels.telegram.content import FETCH_LIMIT
from bot.channels.telegram.errors import meaning
from bot.channels.telegram.media import Media, Piece, albums
from bot.channels.telegram.parse import NAME, caption_ref
from bot.channels.telegram.speak import CAPTION_LIMIT, TEXT_LIMIT, keyboard, split, units
from domain.media import MediaRefused
from domain.messages import File, Rendered
from handlers.ports import Ambiguous, TooBig, TryLater

Buttons = InlineKeyboardMarkup | None
Part = Callable[[], Awaitable[str]]
"""Sends one message and gives its reference."""

BEGUN = 1000
"""Half-sent messages remembered, so that a second try goes on where the first was interrupted."""

_QUIET = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """`handlers.ports.Channel` for Telegram. A reference is a message's number, with `c` for a caption.

    `wants` is not shown: an inline keyboard and one that asks for the position can't ride on one message, and
    a second message just for a button is noise; the words of the question say how to send what is wanted.
    """

    name = NAME

    def __init__(self, bot: Bot, media: Media) -> None:
        self._bot = bot
        self._media = media
        self._begun: Recent[tuple[str, Rendered], list[str]] = Recent(BEGUN)

    async def fetch(self, file: File) -> bytes:
        """The file's bytes. Raises TooBig beyond 20 MB, TryLater, MediaRefused when Telegram has lost it."""
        if (file.size or 0) > FETCH_LIMIT:
            raise TooBig(FETCH_LIMIT)
        try:
            with meaning():
                found = await self._bot.get_file(file.ref)
                return bytes(await found.download_as_bytearray())
        except BadRequest as refused:
            if "too big" in refused.message.lower():
                raise TooBig(FETCH_LIMIT) from None
            raise MediaRefused("media.broken") from None
        except Ambiguous as unknown:  # fetching twice does no harm
            raise TryLater(1, str(unknown)) from None

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Say it there, or put it in the place of the message `edit`, and give the reference to its buttons.

        An edit changes words and buttons; pictures stay as they are. What can't be edited is sent anew.
        A try after TryLater goes on with the part that failed. Raises Unreachable, TryLater, Ambiguous.
        """
        if edit is not None and await self._edited(chat, message, edit):
            return edit
        sent = self._begun.take((chat, message)) or []
        try:
            for part in (await self._parts(chat, message))[len(sent) :]:
                with meaning():
                    sent.append(await part())
        except TryLater:
            if sent:
                self._begun.put((chat, message), sent)
            raise
        return sent[-1]

    async def acknowledge(self, query: str) -> None:
        """Tell the person's client that the press arrived; that it is too old to be told does not matter."""
        with suppress(BadRequest), meaning():
            await self._bot.answer_callback_query(query)

    # --- changing ----------------------------------------------------------------------------------------

    async def _edited(self, chat: str, message: Rendered, ref: str) -> bool:
        number, captioned = ref.removesuffix("c"), ref.endswith("c")
        limit = CAPTION_LIMIT if captioned else TEXT_LIMIT
        if not (number.isascii() and number.isdecimal()) or not 0 < units(message.text) <= limit:
            return False
        buttons = keyboard(message.buttons)
        try:
            with meaning():
                if captioned:
                    await self._bot.edit_message_caption(
                        chat, int(number), caption=message.text, reply_markup=buttons
                    )
                else:
                    await self._bot.edit_message_text(
                        message.text, chat, int(number), reply_markup=buttons, link_preview_options=_QUIET
                    )
        except BadRequest as refused:  # gone, too old, or of another kind
            return "not modified" in refused.message.lower()
        return True

    # --- sending -----------------------------------------------------------------------------------------

    async def _parts(self, chat: str, message: Rendered) -> list[Part]:
        pieces = await self._media(message.media) if message.media else []
        groups, buttons = albums(pieces), keyboard(message.buttons)
        captioned = units(message.text) <= CAPTION_LIMIT and (len(pieces) == 1 or buttons is None)
        if len(groups) == 1 and captioned:
            return [partial(self._files, chat, groups[0], message.text, buttons)]
        files: list[Part] = [partial(self._files, chat, group) for group in groups]
        texts = split(message.text) if message.text.strip() or not files else []
        words: list[Part] = [partial(self._text, chat, text, None) for text in texts[:-1]]
        last: list[Part] = [partial(self._text, chat, texts[-1], buttons)] if texts else []
        return [*files, *words, *last]

    async def _text(self, chat: str, text: str, buttons: Buttons) -> str:
        sent = await self._bot.send_message(chat, text, reply_markup=buttons, link_preview_options=_QUIET)
        return str(sent.message_id)

    async def _files(
        self, chat: str, pieces: Sequence[Piece], caption: str = "", buttons: Buttons = None
    ) -> str:
        if len(pieces) == 1:
            return await self._file(chat, pieces[0], caption, buttons)
        words = [caption, *[""] * (len(pieces) - 1)]
        album = [await piece.in_album(said) for piece, said in zip(pieces, words, strict=True)]
        try:
            sent = await self._bot.send_media_group(chat, album)
        except BadRequest:  # one of them is no picture to Telegram: each by itself then
            first, *others = pieces
            ref = await self._file(chat, first, caption, None)
            for piece in others:
                await self._file(chat, piece, "", None)
            return ref
        return caption_ref(sent[0].message_id)

    async def _file(self, chat: str, piece: Piece, caption: str, buttons: Buttons) -> str:
        try:
            sent = await self._shown(chat, piece, caption or None, buttons)
        except BadRequest:  # its proportions, or this person takes no voice messages: it goes as a document
            sent = await self._bot.send_document(
                chat, await piece.opened(), caption=caption or None, reply_markup=buttons
            )
        return caption_ref(sent.message_id)

    async def _shown(self, chat: str, piece: Piece, caption: str | None, buttons: Buttons) -> Message:
        file: InputFile = await piece.opened()
        match piece.shape:
            case "photo":
                return await self._bot.send_photo(chat, file, caption=caption, reply_markup=buttons)
            case "voice":
                return await self._bot.send_voice(chat, file, caption=caption, reply_markup=buttons)
            case "video":
                return await self._bot.send_video(chat, file, caption=caption, reply_markup=buttons)
        return await self._bot.send_document(chat, file, caption=caption, reply_markup=buttons)
