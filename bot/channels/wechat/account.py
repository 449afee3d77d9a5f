"""How it stands with the account, for `workroom doctor`: does the platform know us, is the menu shown."""

import asyncio
from datetime import UTC, datetime

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.entrance import ENTER
from bot.channels.wechat.errors import Refused, Trouble
from bot.channels.wechat.menu import menu, same
from bot.finding import Finding
from bot.settings import Settings
from handlers.ports import Ambiguous, TooBig, TryLater
from locales.catalogue import Catalogue

WITHIN = 8.0
"""Seconds for all questions together."""

CREDENTIALS = (Trouble.CREDENTIALS, Trouble.TOKEN)


async def findings(settings: Settings) -> list[Finding]:
    """Asks the platform with the configured account; changes nothing there."""
    api = WeChatApi.of(settings, lambda: datetime.now(UTC))
    try:
        async with asyncio.timeout(WITHIN), api:
            await api.tokens.token()
            known = Finding("wechat", "ok", "program.doctor.wechat.ok", {"app": settings.wechat_app_id})
            return [known, await _menu(api, settings), _page(settings)]
    except Refused as refused:
        return [_refused(refused)]
    except (TryLater, Ambiguous, TooBig, TimeoutError) as away:
        return [Finding("wechat", "bad", "program.doctor.wechat.away", {"reason": type(away).__name__})]


def _refused(refused: Refused) -> Finding:
    if refused.trouble == Trouble.ADDRESS:
        return Finding("wechat", "bad", "program.doctor.wechat.address")
    if refused.trouble in CREDENTIALS:
        return Finding("wechat", "bad", "program.doctor.wechat.secret")
    return Finding("wechat", "bad", "program.doctor.wechat.refused", {"code": refused.code})


async def _menu(api: WeChatApi, settings: Settings) -> Finding:
    words = Catalogue.load()
    try:
        shown = await api.menu()
    except Refused as refused:
        return Finding("wechat menu", "warn", "program.doctor.wechat.refused", {"code": refused.code})
    if not same(menu(lambda key: words.say(settings.locale, key), page_of(settings)), list(shown)):
        return Finding("wechat menu", "warn", "program.doctor.wechat.menu", mend="workroom wechat menu")
    return Finding("wechat menu", "ok", "program.doctor.wechat.menu_ok")


def _page(settings: Settings) -> Finding:
    """Without an address of its own the service can send nobody to the page."""
    if not settings.public_url:
        return Finding("wechat page", "warn", "program.doctor.wechat.page")
    return Finding("wechat page", "ok", "program.doctor.wechat.page_ok")


def page_of(settings: Settings) -> str:
    """The page's address inside WeChat, or nothing."""
    return f"{settings.public_url}{ENTER}" if settings.public_url else ""
