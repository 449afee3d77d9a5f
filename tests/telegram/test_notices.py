"""The loop on Telegram: notices to others, with pictures, by the real postman."""

from collections.abc import Callable

from tests.stubs.bot_api_people import User
from tests.telegram.live import Live

Picture = Callable[..., bytes]


async def filed(service: Live, picture: Picture) -> tuple[User, User]:
    """A resident has filed a request with two pictures; the liaison is bound."""
    liaison = await service.staff(2001, "联络员")
    aunt = await service.resident()
    await aunt.sends_album([picture(300, 200), picture(200, 300)], "三号楼的楼梯一下雨就打滑")
    await service.quiet()
    await aunt.presses("提交")
    await aunt.waits_for(lambda message: "撤销" in message.labels)
    await service.quiet()
    return aunt, liaison


async def test_a_request_with_pictures_reaches_the_liaison_and_comes_back(
    service: Live, picture: Picture
) -> None:
    aunt, liaison = await filed(service, picture)
    before = len(liaison.sees())
    await service.world.deliver()
    notice = liaison.sees()[before:]
    assert [message.kind for message in notice] == ["photo", "photo", "text"]
    assert "三号楼的楼梯" in notice[-1].text and "受理" in notice[-1].labels
    press = await liaison.presses("受理")
    await press.answer()
    await service.quiet()
    await service.world.deliver()
    assert "受理" in aunt.sees()[-1].text


async def test_a_flood_limit_and_a_block_meet_the_postman(service: Live, picture: Picture) -> None:
    aunt, liaison = await filed(service, picture)
    before = len(liaison.sees())
    service.api.limits(40, "sendMediaGroup", chat=liaison.id)
    await service.world.deliver()
    assert len(liaison.sees()) == before
    service.world.clock.on(seconds=39)
    await service.world.deliver()
    assert len(liaison.sees()) == before
    for _ in range(60):  # the letter is due now, and Telegram's own seconds have to pass
        service.world.clock.on(seconds=2)
        await service.world.deliver()
        if len(liaison.sees()) > before:
            break
    assert len(liaison.sees()) == before + 3
    aunt.chat.blocked = True
    await liaison.presses("受理")
    await service.quiet()
    await service.world.deliver()
    async with service.world.unit() as uow:
        rows = await uow.connection.exec_driver_sql("SELECT state FROM outbox WHERE seat LIKE 'person:%'")
        assert "unreachable" in rows.scalars().all()


async def test_a_reply_to_a_notice_belongs_to_its_case(service: Live, picture: Picture) -> None:
    aunt, _ = await filed(service, picture)
    told = next(message for message in reversed(aunt.sees()) if "撤销" in message.labels)
    await aunt.says("四号楼也一样", reply_to=told)
    await aunt.hears("四号楼也一样")
    assert await service.cases() == 1
    assert service.desk.arrived[-1].quoted == told.text
