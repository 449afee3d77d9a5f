"""Notices outside the windows, leading to the page: one agreed to, or a template of the account's."""

from collections.abc import Callable

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.errors import Refused, Trouble
from domain.messages import Rendered
from domain.notice_forms import Form, form_for, read_forms
from domain.terms import read
from handlers.house import House
from storage.unit import UnitOfWork


class Notices:
    """Fills the district's forms. Which message goes out as which form is a setting of the district."""

    def __init__(self, api: WeChatApi, house: House, page: Callable[[], str]) -> None:
        self._api, self._house, self._page = api, house, page

    async def send(self, openid: str, message: Rendered) -> bool:
        """Whether it went out. Raises Refused, TryLater, Ambiguous."""
        form, agreed = await self._form(openid, message.key)
        if form is None or (form.kind == "subscribe" and not agreed):
            return False
        now = self._house.clock().astimezone(self._house.zone)
        fields = form.filled(message.params, message.text, now)
        if form.kind == "template":
            await self._api.template(openid, form.template, fields, self._page())
            return True
        return await self._notify(openid, form, fields)

    async def _notify(self, openid: str, form: Form, fields: dict[str, str]) -> bool:
        try:
            await self._api.notify(openid, form.template, fields, self._page())
        except Refused as refused:
            if refused.trouble == Trouble.NO_SUBSCRIPTION:  # the platform counts, not we
                await self._count(openid, form.template, refused=True)
                return False
            raise
        await self._count(openid, form.template)
        return True

    async def _form(self, openid: str, key: str) -> tuple[Form | None, int]:
        async with self._house.database.reading() as connection:
            uow = UnitOfWork(connection)
            form = form_for(read_forms(read(await uow.registry.settings()).wechat_notices), key)
            if form is None or form.kind == "template":
                return form, 0
            standing = await uow.followers.standing(openid)
            agreed = await uow.followers.agreed(standing.identity) if standing else {}
        return form, agreed.get(form.template, 0)

    async def _count(self, openid: str, template: str, *, refused: bool = False) -> None:
        async with self._house.database.writing() as connection:
            followers = UnitOfWork(connection).followers
            standing = await followers.standing(openid, hold=True)
            if standing is None:
                return
            if refused:
                await followers.refuse(standing.identity, template)
            else:
                await followers.agree(standing.identity, template, -1)
