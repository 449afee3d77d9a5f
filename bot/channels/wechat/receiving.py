"""What arrives from WeChat, put together: the address the platform calls, and what answers there."""

from dataclasses import dataclass

from starlette.routing import Route

from bot.channels.wechat.answering import Answering, Door, Patience
from bot.channels.wechat.crypto import Seals
from bot.channels.wechat.ports import Platform
from bot.channels.wechat.replays import Replays
from bot.channels.wechat.route import Gate, route
from bot.settings import Settings
from handlers.house import House
from storage.redis import Redis


@dataclass(frozen=True, slots=True)
class Receiving:
    """The gate and what stands behind it."""

    gate: Gate
    answering: Answering
    house: House

    def routes(self) -> list[Route]:
        """`GET|POST /wechat`."""
        return [route(self.gate, self.answering, self.house.report)]

    async def close(self) -> None:
        """Finish what is in hand."""
        await self.answering.close()


def receiving(
    settings: Settings,
    house: House,
    desk: Door,
    platform: Platform,
    redis: Redis | None = None,
    *,
    page: str = "",
    patience: Patience | None = None,
) -> Receiving:
    """For one account; with Redis a call that was copied is known to all processes.

    `page` is the address at which somebody in WeChat reads what is too long for a message.
    """
    seals = Seals.of(
        settings.wechat_app_id,
        settings.wechat_aes_key.get_secret_value(),
        settings.wechat_previous_aes_key.get_secret_value(),
    )
    token = settings.wechat_token.get_secret_value()
    gate = Gate(token, seals, Replays(house.clock, redis), house.clock)
    answering = Answering(
        desk,
        platform,
        house.words,
        house.report,
        language=house.language,
        page=page or settings.public_url,
        patience=patience,
    )
    return Receiving(gate, answering, house)
