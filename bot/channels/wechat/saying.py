"""WeChat as a channel: what fits goes out as messages, then as a notice; else nobody is reached now."""

import asyncio
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

from bot.channels.recent import Recent
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.errors import Refused, Trouble
from bot.channels.wechat.files import Files, on_shelf
from bot.channels.wechat.ledger import Ledger
from bot.channels.wechat.notices import Notices
from bot.channels.wechat.ports import Opening, Subscription
from bot.channels.wechat.pushing import Part, Pushing
from domain.media import MediaRefused
from domain.messages import File, Rendered
from handlers.house import House
from handlers.ports import Ambiguous, NotNow, TryLater, Unreachable
from storage.wechat import NAME

CLOSED = frozenset({Trouble.WINDOW, Trouble.COUNT})
LATER = {Trouble.BUSY: 5.0, Trouble.TOKEN: 30.0, Trouble.QUOTA: 1800.0}
"""Seconds until another try; what only the operator can mend waits for MENDED."""

MENDED = 300.0
MOST = 5
"""Messages that one message becomes at most: what a window holds."""

BEGUN = 1000


class WeChatChannel:
    """`bot.channels.wechat.ports.Platform`. An openid is both chat and user; a message has no reference."""

    name = NAME

    def __init__(self, api: WeChatApi, house: House, page: Callable[[], str]) -> None:
        """`page` gives the address of the page that knows whoever opens it inside WeChat, or nothing."""
        self._api = api
        self.ledger = Ledger(house)
        files = Files(api, on_shelf(house.database, house.shelf), house.clock)
        self._pushing = Pushing(api, files, house.words.say, page)
        self._notices = Notices(api, house, page)
        self._one_by_one: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._begun: Recent[tuple[str, Rendered], int] = Recent(BEGUN)

    async def fetch(self, file: File) -> bytes:
        """The bytes of a media id. Raises TooBig, TryLater, MediaRefused when it has expired."""
        try:
            return await self._api.download(file.ref)
        except LookupError:
            raise MediaRefused("media.broken", kind=file.kind) from None

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Push it, however it fits. Raises Unreachable, TryLater, Ambiguous.

        Nothing in WeChat can be changed once it is there, and what would be changed (somebody else has
        taken the case) is not worth one of the few messages: an edit says nothing.
        """
        if edit is not None:
            return edit
        lock = self._one_by_one.setdefault(chat, asyncio.Lock())
        async with lock:
            await self._push(chat, message)
        return ""

    # --- what they did -----------------------------------------------------------------------------------

    async def heard(self, openid: str, how: Opening) -> None:
        """They did something that opens a window; what waited for one is delivered."""
        await self.ledger.heard(openid, how)

    async def room(self, openid: str) -> int:
        """How many customer-service messages may go to them now."""
        return await self.ledger.room(openid)

    async def left(self, openid: str) -> None:
        """They have unfollowed: what names them is deleted. Twice is once."""
        await self.ledger.forget(openid)

    async def subscribed(self, openid: str, told: Sequence[Subscription]) -> None:
        """What they decided about notices. Twice is once."""
        await self.ledger.subscribed(openid, told)

    async def delivered(self, openid: str, message: str, status: str) -> None:
        """What became of a template message: one that was blocked has reached nobody. Twice is once."""
        if status != "success":
            await self.ledger.refused(openid)

    # --- pushing -----------------------------------------------------------------------------------------

    async def _push(self, openid: str, message: Rendered) -> None:
        room = await self.ledger.room(openid, unknown=MOST)
        done = self._begun.take((openid, message)) or 0
        parts = (await self._pushing.parts(message, min(MOST, room + done)))[done:] if room or done else []
        sent = doubtful = 0
        try:
            for part in parts[:room]:
                await self._one(openid, part)
                sent += 1
        except Refused as refused:
            await self._refused(openid, message, refused, done + sent)
        except (TryLater, Ambiguous) as trouble:
            self._begun.put((openid, message), done + sent)
            doubtful = int(isinstance(trouble, Ambiguous))  # most likely it went out, and was counted
            raise
        finally:
            await self._spend(openid, message, sent, doubtful)
        if not parts:
            await self._otherwise(openid, message)

    async def _one(self, openid: str, part: Part) -> None:
        try:
            await part.send(openid)
        except Refused as refused:
            if refused.trouble != Trouble.TOO_LONG or part.shorter is None:
                raise
            await part.shorter(openid)

    async def _spend(self, openid: str, message: Rendered, sent: int, doubtful: int) -> None:
        """A number means a choice that was seen: of what is in doubt nobody knows."""
        if sent or doubtful:
            seen = [button.data for row in message.buttons for button in row] if sent else ()
            await self.ledger.spent(openid, sent + doubtful, seen)

    async def _refused(self, openid: str, message: Rendered, refused: Refused, sent: int) -> None:
        """What an error of the platform means for a message of which so many parts are out."""
        if refused.trouble == Trouble.GONE:
            raise Unreachable(str(refused)) from None
        if refused.trouble in CLOSED:
            await self.ledger.closed(openid)
        elif refused.trouble not in (Trouble.QUOTA, Trouble.FORBIDDEN) or sent:
            self._begun.put((openid, message), sent)
            raise TryLater(LATER.get(refused.trouble, MENDED), str(refused)) from None
        if not sent:  # its words are out, or nothing is
            await self._otherwise(openid, message, refused)

    async def _otherwise(self, openid: str, message: Rendered, refused: Refused | None = None) -> None:
        """No message may go out now: a notice, if there is one for it. Raises Unreachable, TryLater."""
        try:
            if await self._notices.send(openid, message):
                return
        except Refused as second:
            if second.trouble == Trouble.GONE:
                raise Unreachable(str(second)) from None
            if second.trouble in LATER:
                raise TryLater(LATER[second.trouble], str(second)) from None
        if refused is not None and refused.trouble in (Trouble.QUOTA, Trouble.FORBIDDEN):
            raise TryLater(LATER.get(refused.trouble, MENDED), str(refused)) from None
        await self.ledger.missed(openid)
        raise NotNow("WeChat's window is closed and no notice is left")
