"""Photos, voice and position before, with or after the words; a position only with its own consent."""

from typing import Any

import sqlalchemy as sa

from storage.tables import attachments, cases, drafts
from tests.chat import Chat


async def rows(chat: Chat, query: Any) -> list[Any]:
    async with chat.world.unit() as uow:
        return list((await uow.connection.execute(query)).all())


async def test_a_photo_alone_asks_for_one_sentence(resident: Chat) -> None:
    await resident("""
        居民: (照片)
        机器人: 已收到1个附件…请再说一句
        居民: 楼梯打滑
        机器人: 请核对…楼梯打滑…附件：1个 [提交]
        居民: 提交
        机器人: {号}
    """)
    assert len(await rows(resident, sa.select(attachments.c.id))) == 1


async def test_an_album_is_one_request(resident: Chat) -> None:
    await resident("""
        居民: 楼梯打滑
        居民: (照片 4)
        机器人: 楼梯打滑…附件：4个
        居民: 下雨天更滑
        机器人: 楼梯打滑…下雨天更滑…附件：4个
        居民: 提交
        机器人: {号}
    """)
    assert len(await rows(resident, sa.select(cases.c.id))) == 1
    assert len(await rows(resident, sa.select(attachments.c.id))) == 4


async def test_an_album_that_comes_first_is_one_request(resident: Chat) -> None:
    await resident("""
        居民: (照片 3)
        机器人: 已收到3个附件
        居民: 楼梯打滑
        机器人: 附件：3个
        居民: 提交
        机器人: {号}
    """)
    assert len(await rows(resident, sa.select(cases.c.id))) == 1


async def test_words_beside_a_photo_are_the_words(resident: Chat) -> None:
    await resident("""
        居民: (照片) 楼梯打滑
        机器人: 请核对…楼梯打滑…附件：1个 [提交]
    """)


async def test_nine_at_most_and_the_tenth_is_told(resident: Chat) -> None:
    await resident("""
        居民: 楼梯打滑
        居民: (照片 9)
        机器人: 附件：9个
        居民: (照片)
        机器人: 最多收9个附件，这一个没有收下 [提交]
        居民: 提交
        机器人: {号}
    """)
    assert len(await rows(resident, sa.select(attachments.c.id))) == 9


async def test_a_voice_alone_is_enough(resident: Chat) -> None:
    await resident("""
        居民: (语音)
        机器人: 请核对…附件：1个 [提交]
        居民: 提交
        机器人: {号}
        联络员 < {号}
    """)


async def test_words_instead_of_the_consent_do_not_lose_the_position(resident: Chat) -> None:
    await resident("""
        居民: 路灯不亮
        居民: (位置 30.31234,119.08765)
        居民: 就在桥头
        机器人: 路灯不亮 就在桥头 [提交]
        机器人: 同意保存位置吗 [同意保存位置] [不发位置]
        居民: 同意
        机器人: 就在桥头…已发位置 [提交]
    """)


async def test_a_position_waits_for_its_own_consent(resident: Chat) -> None:
    await resident("""
        居民: 路灯不亮
        居民: (位置 30.31234,119.08765)
        机器人: 同意保存位置吗 [同意保存位置] [不发位置]
    """)
    kept = [str(row) for row in await rows(resident, sa.select(drafts.c.data))]
    kept.append(await resident.world.sessions())
    assert not any("30.31" in row for row in kept)
    await resident("""
        居民: 同意保存位置
        机器人: 路灯不亮…已发位置 [提交]
        居民: (位置 30.31299,119.08765)
        机器人: 已发位置 [提交]
        居民: 提交
        机器人: {号}
    """)
    assert await rows(resident, sa.select(cases.c.latitude)) == [(30.31299,)]


async def test_without_that_consent_the_place_is_written(resident: Chat) -> None:
    await resident("""
        居民: (位置 30.31234,119.08765)
        机器人: 同意保存位置吗
        居民: 不发位置
        机器人: 位置没有留下
        居民: 路灯不亮
        机器人: 路灯不亮…没有写 [改地点]
        居民: 改地点
        机器人: 什么地方
        居民: (位置 30.31234,119.08765)
        机器人: 同意保存位置吗
        居民: 不发位置
        机器人: 位置没有留下 [返回]
        居民: 南门口
        机器人: 地点：南门口
        居民: 提交
        机器人: {号}
    """)
    assert await rows(resident, sa.select(cases.c.latitude, cases.c.place)) == [(None, "南门口")]


async def test_a_position_alone_opens_a_draft(resident: Chat) -> None:
    await resident("""
        居民: (位置 30.31234,119.08765)
        居民: 同意保存位置
        机器人: 位置记好了。请再说一句
        居民: 路灯不亮
        机器人: 路灯不亮…已发位置
    """)


async def test_a_position_can_be_added_to_a_case(resident: Chat) -> None:
    await resident("""
        居民: 路灯不亮
        居民: 提交
        机器人: {号} [补充]
        居民: 补充
        机器人: 补充什么…{号}
        居民: (位置 30.31234,119.08765)
        居民: 同意保存位置
        机器人: 补充到 {号}…位置：已发 [提交]
        居民: 提交
        机器人: {号}…补充
    """)
    async with resident.world.unit() as uow:
        case = await uow.cases.by_number(resident.numbers["0"].replace("-", ""))
        assert case is not None
        added = (await uow.timeline.of_case(case.id, staff=False))[-1]
    assert added.data["position"] == "30.31234,119.08765"


async def test_an_edited_message_corrects_the_draft(resident: Chat) -> None:
    await resident("""
        居民: 路灯不亮
        居民: (编辑) 5号楼路灯不亮
        机器人: 请核对…5号楼路灯不亮
    """)


async def test_each_field_of_the_card_has_its_own_change(resident: Chat) -> None:
    """EXPERIENCE 12: files too can be taken away or added at the card."""
    await resident("""
        居民: (照片 2)
        居民: 楼道里的扶手松了
        机器人: 附件…2 [改内容] [改类型] [改分类] [改地点] [改附件] [改谁可见]
        居民: 改附件
        机器人: 2个附件 [去掉最后一个] [全部去掉]
        居民: (照片)
        机器人: 3个附件
        居民: 去掉最后一个
        机器人: 楼道里的扶手松了…附件…2
        居民: 改附件
        居民: 全部去掉
        机器人: 楼道里的扶手松了 [提交]
        居民: 改地点
        居民: 滨江花园3号楼
        机器人: 滨江花园3号楼 [提交]
    """)


async def test_the_receipt_of_what_is_urgent_says_so(resident: Chat) -> None:
    await resident("""
        居民: 楼道里有煤气味，像是燃气泄漏
        机器人: …打119
        居民: 提交
        机器人: {号}…急事，联络员马上会收到
    """)
