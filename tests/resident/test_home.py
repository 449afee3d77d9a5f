"""Finding the workroom that looks after one's home: by list, by name, by position; and changing it."""

import sqlalchemy as sa

from storage.tables import drafts, units, workrooms
from tests.chat import Chat


async def test_by_street_and_community(resident: Chat) -> None:
    await resident("""
        居民: 换社区
        机器人: 您现在的工作室是临江街道党代表工作室…哪个街道 [临江街道] [取消]
        居民: 临江街道
        机器人: 临江街道…哪个社区 [滨河社区] [返回]
        居民: 滨河社区
        机器人: 您的工作室是滨河社区党代表工作室…滨河二路9号
        机器人: 您的工作室是滨河社区党代表工作室 [反映诉求]
    """)


async def test_a_community_without_its_own_is_looked_after_by_the_street(resident: Chat) -> None:
    await resident("""
        居民: 换社区
        居民: 2
        机器人: 松涛街道…哪个社区
        居民: 松涛社区
        机器人: 您的工作室是松涛街道党代表工作室
    """)


async def test_several_workrooms_are_asked_for(resident: Chat) -> None:
    async with resident.world.unit() as uow:
        room = await uow.registry.workroom_by_code("WJ01")
        assert room is not None
        moved = sa.update(workrooms).where(workrooms.c.code == "BH01").values(unit_id=room.unit_id)
        await uow.connection.execute(moved)
    await resident("""
        居民: 换社区
        居民: 临江街道
        居民: 望江社区
        机器人: 望江社区有几个工作室 [滨河社区党代表工作室] [望江社区党代表工作室]
        居民: 返回
        机器人: 临江街道…哪个社区
        居民: 望江社区
        居民: 1
        机器人: 您的工作室是
    """)


async def test_a_name_typed_at_any_step_finds_it(resident: Chat) -> None:
    await resident("""
        居民: 换社区
        居民: 书院
        机器人: 找到这些工作室…书院社区党代表工作室 [书院社区党代表工作室]
        居民: 火星社区
        机器人: 没有找到这个名字 [书院社区党代表工作室]
        居民: 我住望江社区3栋
        机器人: 望江社区党代表工作室
        居民: 返回
        机器人: 哪个街道
        居民: 青石镇
        居民: 柳溪
        机器人: 柳溪村党代表工作室
        居民: 1
        机器人: 您的工作室是柳溪村党代表工作室
    """)


async def test_a_position_finds_the_nearest_and_is_not_kept(resident: Chat) -> None:
    await resident("""
        居民: 换社区
        居民: (位置 30.3100,119.0890)
        机器人: 离您最近的工作室…滨河社区党代表工作室，约30米，滨河二路9号 [滨河社区党代表工作室]
    """)
    async with resident.world.unit() as uow:
        rows = [str(row.data) for row in await uow.connection.execute(sa.select(drafts.c.data))]
    rows.append(await resident.world.sessions())
    assert not any("30.31" in row or "119.08" in row for row in rows)
    await resident("""
        居民: 滨河社区党代表工作室
        机器人: 您的工作室是滨河社区党代表工作室
    """)


async def test_a_position_far_away_is_explained(resident: Chat) -> None:
    await resident("""
        居民: 换社区
        居民: 临江街道
        居民: (位置 31.9,118.2)
        机器人: 最近的工作室也很远。位置对吗…公里 [取消]
    """)


async def test_an_empty_registry_is_explained(resident: Chat) -> None:
    async with resident.world.unit() as uow:
        await uow.connection.execute(sa.update(units).values(present=False))
        await uow.connection.execute(sa.update(workrooms).values(present=False))
    await resident("""
        居民: 换社区
        机器人: 这里还没有登记街道 [取消]
        居民: (位置 30.31,119.08)
        机器人: 还没有工作室登记了位置
        居民: 临江
        机器人: 没有找到这个名字
        居民: 取消
        机器人: 已取消
    """)


async def test_without_any_workroom_a_request_is_refused_politely(chat: Chat) -> None:
    async with chat.world.unit() as uow:
        await uow.connection.execute(sa.update(workrooms).values(present=False))
    await chat.agree(await chat.actor("居民"))
    await chat("""
        居民: 3号楼漏水
        机器人: 还没有登记工作室，暂时收不了诉求
    """)


async def test_a_name_is_asked_for_and_kept(resident: Chat) -> None:
    await resident("""
        居民: 改称呼
        机器人: 怎么称呼您
        居民: 王阿姨
        机器人: 以后称呼您「王阿姨」
        居民: 改称呼
        机器人: 现在称呼您「王阿姨」
        居民: 返回
        机器人: 已取消
    """)
