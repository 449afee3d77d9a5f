"""Telegram as a channel: what is said goes out in as few messages as it fits, what was sent is fetched."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bot import sends
from bot.channels.recent import Recent
from bot.channels.telegram.calls import Calls
from bot.channels.telegram.content import FETCH_LIMIT
from bot.channels.telegram.errors import FAULT_WAIT, Declined, TooMany, meaning
from bot.channels.telegram.limits import LimitsAway, Want
from bot.channels.telegram.media import Media, Piece, albums
from bot.channels.telegram.pace import Pace, Still
from bot.channels.telegram.parse import NAME, caption_ref
from bot.channels.telegram.speak import CAPTION_LIMIT, TEXT_LIMIT, Keyboard, keyboard, split, units
from domain.media import Limits, MediaRefused
from domain.messages import File, Rendered
from handlers.ports import Ambiguous, TooBig, TryLater

if TYPE_CHECKING:
    from bot.channels.telegram.uploads import Uploads

Part = Callable[[], Awaitable[str]]
"""Sends one message and gives its reference."""

BEGUN = 1000
"""Half-sent messages remembered, so that a second try goes on where the first was interrupted."""

_QUIET = {"is_disabled": True}


@dataclass(frozen=True, slots=True)
class Call:
    """One method with its parameters, to be carried out now or to ride on the webhook's answer."""

    method: str
    params: dict[str, Any]


class TelegramChannel:
    """`handlers.ports.Channel` for Telegram. A reference is a message's number, with `c` for a caption.

    `wants` is not shown: an inline keyboard and one that asks for the position can't ride on one message, and
    a second message just for a button is noise; the words of the question say how to send what is wanted.
    """

    name = NAME

    def __init__(
        self, calls: Calls, uploads: "Callable[[], Awaitable[Uploads]]", media: Media, pace: Pace
    ) -> None:
        self.pace = pace
        self._calls = calls
        self._uploads = uploads
        self._media = media
        self._begun: Recent[tuple[str, Rendered], list[str]] = Recent(BEGUN)

    async def fetch(self, file: File) -> bytes:
        """The file's bytes. Raises TooBig, TryLater, MediaRefused when Telegram has lost it.

        Telegram gives out 20 MB at most; a server of the operator's own whatever we take.
        """
        limit = Limits().bytes_of(file.kind) if self._calls.own_server else FETCH_LIMIT
        if (file.size or 0) > limit:
            raise TooBig(limit)
        try:
            with meaning():
                found = await self._calls.call("getFile", {"file_id": file.ref})
                data = await self._calls.download(str(found["file_path"]), limit)
        except Declined as refused:
            if "too big" in refused.words:
                raise TooBig(FETCH_LIMIT) from None
            raise MediaRefused("media.broken", kind=file.kind) from None
        except Ambiguous as unknown:  # fetching twice does no harm
            raise TryLater(1, str(unknown)) from None
        if len(data) > limit:
            raise TooBig(limit)
        return data

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Say it there, or put it in the place of the message `edit`, and give the reference to its buttons.

        An edit changes words and buttons; pictures stay as they are. What can't be edited is sent anew.
        A try after TryLater or Ambiguous goes on with that part. Raises Unreachable, TryLater, Ambiguous.
        """
        return await self._heeding(chat, message, edit, letter=False)

    async def turn(self, chat: str, message: Rendered, still: Still, *, bulk: bool) -> bool:
        """Wait until this letter may go out, if it `still` shall; not in `bulk`, only for its chat.

        Raises NotYet.
        """
        pictures = len(message.media)
        return await self.pace.turn(Want(chat, max(1, pictures + (pictures > 1)), bulk), still)

    async def deliver(
        self, chat: str, message: Rendered, *, edit: str | None = None, bulk: bool = True
    ) -> str:
        """Send a letter whose turn it is; raises as `send`, and NotYet."""
        async with self.pace.going(bulk=bulk):
            return await self._heeding(chat, message, edit, letter=True)

    async def _heeding(self, chat: str, message: Rendered, edit: str | None, *, letter: bool) -> str:
        """Send it, unless Telegram wants this chat left alone; if it says so now, everybody hears of it."""
        limits = self.pace.limits
        if wait := limits.left_alone(chat):
            raise TooMany(wait, "asked to wait")
        try:
            return await self._send(chat, message, edit)
        except TooMany as flood:
            sends.FLOODS.labels("letter" if letter else "answer").inc()
            if letter:
                sends.letter("limited")
            with suppress(LimitsAway):
                await limits.refused(chat, flood.seconds, bulk=letter)
            raise

    async def _send(self, chat: str, message: Rendered, edit: str | None) -> str:
        if edit is not None and (change := edited(chat, message, edit)) and await self._changed(change):
            return edit
        if not message.media and (said := in_one(chat, message)):
            with meaning():
                return str(await self._calls.sent(said.method, said.params))
        sent = self._begun.take((chat, message)) or []
        try:
            for part in (await self._parts(chat, message))[len(sent) :]:
                with meaning():
                    sent.append(await part())
        except (TryLater, Ambiguous):
            if sent:
                self._begun.put((chat, message), sent)
            raise
        return sent[-1]

    async def acknowledge(self, query: str) -> None:
        """Tell the person's client that the press arrived; that it is too old to be told does not matter."""
        with suppress(Declined), meaning():
            await self._calls.call("answerCallbackQuery", {"callback_query_id": query})

    async def _changed(self, change: Call) -> bool:
        try:
            with meaning():
                await self._calls.call(change.method, change.params)
        except Declined as refused:  # gone, too old, or of another kind
            return "not modified" in refused.words
        except Ambiguous as doubt:  # the same change twice is one change
            sends.RETRIES.labels("edit").inc()
            raise TryLater(FAULT_WAIT, str(doubt)) from None
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

    async def _text(self, chat: str, text: str, buttons: Keyboard | None) -> str:
        said = _said(chat, text, buttons)
        return str(await self._calls.sent(said.method, said.params))

    async def _files(
        self, chat: str, pieces: Sequence[Piece], caption: str = "", buttons: Keyboard | None = None
    ) -> str:
        uploads = await self._uploads()
        if len(pieces) == 1:
            return await self._file(uploads, chat, pieces[0], caption, buttons)
        try:
            return caption_ref(await uploads.album(chat, pieces, caption))
        except Declined:  # one of them is no picture to Telegram: each by itself then
            first, *others = pieces
            ref = await self._file(uploads, chat, first, caption, None)
            for piece in others:
                await self._file(uploads, chat, piece, "", None)
            return ref

    async def _file(
        self, uploads: "Uploads", chat: str, piece: Piece, caption: str, buttons: Keyboard | None
    ) -> str:
        try:
            return caption_ref(await uploads.shown(chat, piece, caption, buttons))
        except Declined:  # its proportions, or this person takes no voice messages: it goes as a document
            return caption_ref(await uploads.document(chat, piece, caption, buttons))


def in_one(chat: str, message: Rendered) -> Call | None:
    """The one call that says it; None when it takes several, or files."""
    text = message.text.strip()
    if message.media or not 0 < units(text) <= TEXT_LIMIT:
        return None
    return _said(chat, text, keyboard(message.buttons))


def edited(chat: str, message: Rendered, ref: str) -> Call | None:
    """The call that puts it in the place of the message `ref`; None when it doesn't fit there."""
    number, captioned = ref.removesuffix("c"), ref.endswith("c")
    limit = CAPTION_LIMIT if captioned else TEXT_LIMIT
    if not (number.isascii() and number.isdecimal()) or not 0 < units(message.text) <= limit:
        return None
    params: dict[str, Any] = {"chat_id": chat, "message_id": int(number)}
    if buttons := keyboard(message.buttons):
        params["reply_markup"] = buttons
    if captioned:
        return Call("editMessageCaption", params | {"caption": message.text})
    return Call("editMessageText", params | {"text": message.text, "link_preview_options": _QUIET})


def _said(chat: str, text: str, buttons: Keyboard | None) -> Call:
    params: dict[str, Any] = {"chat_id": chat, "text": text, "link_preview_options": _QUIET}
    if buttons:
        params["reply_markup"] = buttons
    return Call("sendMessage", params)
