"""Who the bot is to Telegram: its name, and where Telegram delivers; asked within a bounded time."""

import asyncio
from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.transport import AiohttpRequest
from bot.settings import Settings

WITHIN = 6.0
"""Seconds for both questions together."""


class NoAccount(Exception):
    """Telegram doesn't answer, or doesn't know the token; the text says which, without the token."""


@dataclass(frozen=True, slots=True)
class Account:
    """The bot's name without @, the webhook's address ("" for none), and why it last failed."""

    name: str
    webhook: str
    trouble: str = ""


async def account(settings: Settings) -> Account:
    """Ask with the configured token. Raises NoAccount."""
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
