"""Asks Telegram who the bot is."""

import asyncio

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.account import Account, NoAccount
from bot.channels.telegram.transport import AiohttpRequest
from bot.settings import Settings

WITHIN = 6.0
"""Seconds for both questions together."""


async def ask(settings: Settings) -> Account:
    """Who the configured token belongs to. Raises NoAccount."""
    request = AiohttpRequest(connect_timeout=WITHIN, read_timeout=WITHIN)
    token = settings.telegram_token.get_secret_value()
    bot = Bot(
        token, base_url=f"{settings.telegram_api_url}/bot", request=request, get_updates_request=request
    )
    try:
        async with asyncio.timeout(WITHIN), request:
            me = await bot.get_me()
            hook = await bot.get_webhook_info()
    except (TelegramError, TimeoutError) as trouble:
        raise NoAccount(type(trouble).__name__) from None
    return Account(me.username or "", hook.url, hook.last_error_message or "")
