"""Words outside any conversation, greetings, strange input, danger: each is answered, nothing is lost."""

import pytest
import sqlalchemy as sa

from storage.tables import cases, drafts
from tests.chat import Chat


async def test_free_words_are_offered_as_a_card(resident: Chat) -> None:
    await resident("""
        居民: 小区门口井盖松了
        机器人: 请核对：小区门口井盖松了 [提交]
        居民: 取消
        机器人: 已取消
    """)
    async with resident.world.unit() as uow:
        assert (await uow.connection.execute(sa.select(cases.c.id))).all() == []
        assert (await uow.connection.execute(sa.select(drafts.c.flow))).all() == []


@pytest.mark.parametrize("words", ["你好", "您好！", "在吗？"])
async def test_greetings_are_greeted(resident: Chat, words: str) -> None:
    await resident(f"""
        居民: {words}
        机器人: 您的工作室是 [反映诉求]
    """)


@pytest.mark.parametrize(
    "words, answer", [("谢谢你们", "不客气"), ("再见", "不客气"), ("嗯嗯", "好的。有事")]
)
async def test_thanks_are_not_greeted_and_file_nothing(resident: Chat, words: str, answer: str) -> None:
    await resident(f"""
        居民: {words}
        机器人: {answer} [反映诉求]
    """)


async def test_small_talk_in_the_middle_is_no_part_of_the_request(resident: Chat) -> None:
    await resident("""
        居民: 楼道灯不亮
        居民: 谢谢
        机器人: 不客气 [提交]
        居民: 改地点
        居民: 在吗
        机器人: 在的 [返回]
        居民: 3号楼
        机器人: 地点：3号楼 [提交]
        居民: 好的
        联络员 < {号}…楼道灯不亮
    """)
    async with resident.world.unit() as uow:
        filed = (await uow.connection.execute(sa.select(cases.c.words, cases.c.place))).all()
    assert [tuple(row) for row in filed] == [("楼道灯不亮", "3号楼")]


async def test_back_with_nothing_open_cancels_nothing(resident: Chat) -> None:
    await resident("""
        居民: 返回
        机器人: 您的工作室是 [反映诉求]
    """)


async def test_the_other_language_by_its_name_in_the_middle(resident: Chat) -> None:
    await resident("""
        居民: 楼道灯不亮
        居民: English
        机器人: English from now on
        机器人: 楼道灯不亮 [Submit]
        居民: 中文
        机器人: 楼道灯不亮 [提交]
    """)


@pytest.mark.parametrize(
    "words, answer",
    [
        ("😀😀😀", "只看到符号"),
        ("？！……", "只看到符号"),
        ("漏", "太短了，请至少写2个字"),
        ("\u202e\u200f\u2067", "这条是空的"),
        ("\x00\x07", "这条是空的"),
    ],
)
async def test_what_says_nothing_is_asked_for_again(resident: Chat, words: str, answer: str) -> None:
    resident_actor = await resident.actor("居民")
    await resident.says("居民", words)
    assert any(answer in message.text for message in resident_actor.answer)
    await resident("""
        居民: 井盖松了
        机器人: 请核对：井盖松了
    """)


async def test_ten_thousand_characters_are_answered_and_the_draft_stays(resident: Chat) -> None:
    await resident("居民: 井盖松了")
    await resident.says("居民", "很长" * 5000)
    await resident("""
        机器人: 最多能收2000个 [提交]
        居民: 提交
        机器人: {号}
        联络员 < {号}…井盖松了
    """)


@pytest.mark.parametrize("words", ["<b>井盖</b>松了", "{{7*7}}井盖", "{% raw %}井盖", "井盖 & <script>"])
async def test_markup_is_only_words(resident: Chat, words: str) -> None:
    await resident.says("居民", words)
    await resident(f"""
        机器人: 请核对：{words} [提交]
        居民: 提交
        机器人: {{号}}
        联络员 < {{号}}…{words}
    """)


async def test_direction_and_control_marks_are_taken_out(resident: Chat) -> None:
    await resident.says("居民", "井盖\u202e松\x07了\u2066\r\n\n\n\n\n南门")
    await resident("居民: 提交")
    async with resident.world.unit() as uow:
        assert (await uow.connection.execute(sa.select(cases.c.words))).scalar_one() == "井盖松了\n\n南门"


async def test_a_sticker_is_answered_and_the_question_stands(resident: Chat) -> None:
    await resident("""
        居民: (贴纸)
        机器人: 表情收到了
        居民: 井盖松了
        居民: (贴纸)
        机器人: 用不上这种内容 [提交]
        居民: 提交
        机器人: {号}
    """)


async def test_danger_is_answered_at_once_and_urgent(resident: Chat) -> None:
    await resident("""
        居民: 3号楼燃气泄漏
        机器人: 119
        机器人: 请核对：3号楼燃气泄漏 [提交]
        居民: 提交
        机器人: {号}
        联络员 < 【急】…{号}
    """)


async def test_danger_in_the_middle_of_another_conversation(resident: Chat) -> None:
    await resident("""
        居民: 井盖松了
        居民: 提交
        机器人: {号}
        居民: 改称呼
        居民: 楼下着火了
        机器人: 119
    """)


async def test_danger_in_what_is_added_makes_the_case_urgent(resident: Chat) -> None:
    await resident("""
        居民: 厨房有怪味
        居民: 提交
        机器人: {号}
        居民: 补充
        居民: 是煤气泄漏
        机器人: 119
        机器人: 补充到 {号}
        居民: 提交
        机器人: {号}
        居民: {号}
        机器人: {号}…紧急
        联络员: 待办
        机器人: 【急】{号}
    """)
