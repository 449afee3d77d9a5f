"""WeChat put together: the platform's API, what is said through it, what arrives, the page inside it."""

from starlette.routing import BaseRoute

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.door import Desk, Door
from bot.channels.wechat.entrance import Entrance
from bot.channels.wechat.errors import Refused
from bot.channels.wechat.receiving import Receiving, receiving
from bot.channels.wechat.saying import WeChatChannel
from bot.settings import Settings
from handlers.house import House
from handlers.ports import Ambiguous, TryLater
from storage.redis import Redis


class WeChat:
    """The running channel."""

    def __init__(self, api: WeChatApi, channel: WeChatChannel, entrance: Entrance, taken: Receiving) -> None:
        self.api, self.channel, self.entrance, self.receiving = api, channel, entrance, taken

    def routes(self) -> list[BaseRoute]:
        """`GET|POST /wechat`, and the page's two addresses inside WeChat."""
        return [*self.receiving.routes(), *self.entrance.routes()]

    async def ready(self) -> bool:
        """Whether the platform gives us its token: without one nothing can be pushed."""
        try:
            await self.api.tokens.token()
        except (Refused, TryLater, Ambiguous):
            return False
        return True

    async def close(self) -> None:
        """Finish what is in hand and give back the connections."""
        await self.receiving.close()
        await self.api.__aexit__()


async def open_wechat(settings: Settings, house: House, desk: Desk, redis: Redis | None = None) -> WeChat:
    """The account of the settings. Nothing is asked of the platform until something is to be said."""
    api = await WeChatApi.of(settings, house.clock, redis).__aenter__()
    entrance = Entrance(settings, house, api)
    channel = WeChatChannel(api, house, entrance.page)
    door = Door(desk, channel.ledger, house.words, entrance.offer)
    taken = receiving(settings, house, door, channel, redis, page=entrance.page())
    return WeChat(api, channel, entrance, taken)
