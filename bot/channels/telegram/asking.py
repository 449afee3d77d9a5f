"""Asks Telegram who the bot is."""

import asyncio

from bot.channels.telegram.account import Account, NoAccount
from bot.channels.telegram.calls import Calls
from bot.channels.telegram.errors import UNAUTHORISED, Refused, Trouble
from bot.channels.telegram.wire import Wire
from bot.settings import Settings

WITHIN = 6.0
"""Seconds for both questions together."""


async def ask(settings: Settings) -> Account:
    """Who the configured token belongs to. Raises NoAccount."""
    wire = Wire()
    token = settings.telegram_token.get_secret_value()
    calls = Calls(wire, settings.telegram_api_url, token, read_timeout=WITHIN)
    await wire.open()
    try:
        async with asyncio.timeout(WITHIN):
            me, hook = await calls.call("getMe", {}), await calls.call("getWebhookInfo", {})
    except (*Trouble, TimeoutError) as trouble:
        raise NoAccount(_kind(trouble)) from None
    finally:
        await wire.close()
    return Account(me.get("username", ""), hook["url"], hook.get("last_error_message", ""))


def _kind(trouble: Exception) -> str:
    unknown = isinstance(trouble, Refused) and trouble.status in UNAUTHORISED
    return "InvalidToken" if unknown else type(trouble).__name__
