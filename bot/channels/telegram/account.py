"""Who the bot is to Telegram: its name, and where Telegram delivers; asked within a bounded time."""

from dataclasses import dataclass
from importlib import import_module

from bot.settings import Settings


class NoAccount(Exception):
    """Telegram doesn't answer, or doesn't know the token; the text says which, without the token."""


@dataclass(frozen=True, slots=True)
class Account:
    """The bot's name without @, the webhook's address ("" for none), and why it last failed."""

    name: str
    webhook: str
    trouble: str = ""


async def account(settings: Settings) -> Account:
    """Ask with the configured token. Raises NoAccount.

    Telegram's library is loaded only now: every command imports this module, few ask.
    """
    found: Account = await import_module("bot.channels.telegram.asking").ask(settings)
    return found
