"""What is pushed in WeChat fits its windows and counts; what doesn't, waits, and somebody calls."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stubs.wechat import Follower
from tests.wechat.ground import Ground, ground
from tests.world import copy_of

FORMS = (
    "notice.answer.filer subscribe T_ANSWER thing1:about character_string2:number time3:now phrase4=已答复; "
    "notice.ask.filer template T_ASK thing1:text"
)


@pytest.fixture
async def office(filled: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    """The service; what is kept of windows is tested over both databases in test_followers."""
    async with ground(copy_of(filled, tmp_path), tmp_path) as made:
        yield made


@pytest.fixture
async def filed(office: Ground) -> tuple[Ground, str]:
    """A liaison and a resident in WeChat, and a request accepted."""
    return office, await office.accepted()


async def answer(office: Ground, number: str, words: str = "楼梯已铺上防滑条,周三复查。") -> None:
    """The liaison answers the request."""
    await office.taps("oLiaison", f"do:{number}:answer")
    await office.says("oLiaison", words)
    await office.says("oLiaison", "发给居民")


def texts(person: Follower) -> str:
    """All that reached them."""
    return "\n".join(said.text for said in person.said)


async def test_a_request_is_a_list_of_numbers_and_a_number_acts(office: Ground) -> None:
    liaison = await office.sits("oLiaison", "联络员")
    await office.agrees("oResident", "w_LJ01")
    number = await office.files("oResident")
    told = liaison.said[-1]
    assert told.kind == "text" and f"{number[:4]}-{number[4:]}" in told.text
    assert (place := re.search(r"^(\d) 受理$", told.text, re.MULTILINE))
    assert "已受理" in await office.says("oLiaison", place[1])
    assert "已经受理" in texts(office.api.person("oResident"))


async def test_an_answer_is_a_menu_whose_choice_is_tapped_or_written(filed: tuple[Ground, str]) -> None:
    office, number = filed
    await answer(office, number)
    resident = office.api.person("oResident")
    told = resident.said[-1]
    assert told.kind == "msgmenu" and "防滑条" in told.text
    assert [label for _, label in told.choices][:3] == ["1 非常满意", "2 基本满意", "3 不满意"]
    assert told.choices[0][0].startswith(f"rate:{number}")
    await office.says("oResident", "1")
    async with office.world.unit() as uow:
        case = await uow.cases.by_number(number)
    assert case is not None and case.rating == "very"


async def test_a_number_after_ones_own_word_means_the_answer_to_that(filed: tuple[Ground, str]) -> None:
    office, number = filed
    await answer(office, number)
    assert "1. " in await office.says("oResident", "我的诉求")
    shown = await office.says("oResident", "1")
    assert "打滑" in shown
    async with office.world.unit() as uow:
        case = await uow.cases.by_number(number)
    assert case is not None and case.rating is None


async def test_every_message_counts_and_a_new_word_fills_the_window(filed: tuple[Ground, str]) -> None:
    office, number = filed
    before = (await office.standing("oResident")).allowance
    assert before is not None and before.messages_left == 4  # one told that it was accepted
    await answer(office, number)
    after = (await office.standing("oResident")).allowance
    assert after is not None and after.messages_left == 3
    await office.says("oResident", "帮助")
    full = (await office.standing("oResident")).allowance
    assert full is not None and full.messages_left == 5


async def test_after_two_days_the_liaison_is_asked_to_call_and_the_letter_waits(
    filed: tuple[Ground, str],
) -> None:
    office, number = filed
    office.world.clock.on(hours=49)
    await answer(office, number)
    assert office.said("oResident") == []
    assert await office.letters("notice.answer.filer") == ["unreachable"]
    assert "没能送到居民手机上" in texts(office.api.person("oLiaison"))
    answered = await office.says("oResident", "在吗")
    assert answered
    assert await office.letters("notice.answer.filer") == ["sent"]
    [told] = [said for said in office.said("oResident") if "防滑条" in said.text]
    assert told.kind == "msgmenu"


async def test_the_platform_counts_not_we(filed: tuple[Ground, str]) -> None:
    office, number = filed
    office.api.person("oResident").windows.clear()
    await answer(office, number)
    assert await office.letters("notice.answer.filer") == ["unreachable"]
    allowance = (await office.standing("oResident")).allowance
    assert allowance is not None and allowance.left(office.world.clock()) == 0


async def test_an_agreed_notice_goes_out_once_and_leads_to_the_page(filed: tuple[Ground, str]) -> None:
    office, number = filed
    await office.set(wechat_notices=FORMS)
    office.api.notices["T_ANSWER"] = ("thing1", "character_string2", "time3", "phrase4")
    resident = office.api.person("oResident")
    resident.agrees("T_ANSWER")
    agreed = (
        "<SubscribeMsgPopupEvent><List><TemplateId>T_ANSWER</TemplateId>"
        "<SubscribeStatusString>accept</SubscribeStatusString><PopupScene>1</PopupScene></List></SubscribeMsgPopupEvent>"
    )
    await office.event("oResident", "subscribe_msg_popup_event", agreed)
    office.world.clock.on(hours=49)
    await answer(office, number)
    [told] = resident.said
    assert told.via == "notice" and told.link == "http://workroom.test/wechat/enter"
    assert told.fields["character_string2"] == number and told.fields["phrase4"] == "已答复"
    assert await office.letters("notice.answer.filer") == ["sent"]
    assert await office.letters("notice.unreached") == []
    assert await office.agreed("oResident") == {"T_ANSWER": 0}


async def test_the_same_telling_counts_once_and_a_refusal_ends_it(filed: tuple[Ground, str]) -> None:
    office, _ = filed
    raw = (
        "<SubscribeMsgPopupEvent><List><TemplateId>T</TemplateId>"
        "<SubscribeStatusString>{}</SubscribeStatusString><PopupScene>1</PopupScene></List></SubscribeMsgPopupEvent>"
    )

    async def left() -> dict[str, int]:
        return await office.agreed("oResident")

    office._number = 900
    await office.event("oResident", "subscribe_msg_popup_event", raw.format("accept"))
    office._number = 900  # brought again: the same moment, the same words
    await office.event("oResident", "subscribe_msg_popup_event", raw.format("accept"))
    assert await left() == {"T": 1}
    await office.event("oResident", "subscribe_msg_popup_event", raw.format("accept"))
    assert await left() == {"T": 2}
    await office.event("oResident", "subscribe_msg_popup_event", raw.format("reject"))
    assert await left() == {"T": 0}


async def test_a_template_message_goes_to_followers_outside_the_window(filed: tuple[Ground, str]) -> None:
    office, number = filed
    await office.set(wechat_notices=FORMS)
    office.api.templates["T_ASK"] = ("thing1",)
    office.world.clock.on(hours=49)
    await office.taps("oLiaison", f"do:{number}:ask")
    await office.says("oLiaison", "是哪一个单元的楼梯?")
    await office.says("oLiaison", "发给居民")
    [told] = office.said("oResident")
    assert told.via == "template" and len(told.fields["thing1"]) <= 20


async def test_the_tap_is_offered_with_the_receipt_until_it_was_given(office: Ground) -> None:
    await office.set(wechat_notices=FORMS)
    await office.agrees("oResident", "w_LJ01")
    await office.says("oResident", "反映诉求")
    await office.says("oResident", "路灯不亮")
    receipt = await office.says("oResident", "提交")
    assert "http://workroom.test/wechat/notices" in receipt
    standing = await office.standing("oResident")
    async with office.world.unit() as uow:
        await uow.followers.agree(standing.identity, "T_ANSWER", 1)
    await office.says("oResident", "反映诉求")
    await office.says("oResident", "井盖松了")
    assert "/wechat/notices" not in await office.says("oResident", "提交")


@pytest.mark.parametrize(
    "forms, agreed, hint",
    [
        ("", 0, True),
        (FORMS, 1, False),
        (FORMS.replace("subscribe", "template"), 0, False),
        ("notice.accept.filer template T thing1:about", 0, True),
    ],
)
async def test_the_receipt_says_how_the_outcome_is_had_after_two_days(
    office: Ground, forms: str, agreed: int, hint: bool
) -> None:
    """Who will be told by a notice needs to do nothing."""
    await office.set(wechat_notices=forms)
    await office.agrees("oResident", "w_LJ01")
    standing = await office.standing("oResident")
    async with office.world.unit() as uow:
        await uow.followers.agree(standing.identity, "T_ANSWER", agreed)
    await office.says("oResident", "反映诉求")
    await office.says("oResident", "路灯不亮")
    receipt = await office.says("oResident", "提交")
    assert ("到时您随便发一句，就能收到。" in receipt) is hint
    assert "/wechat/notices" not in receipt


async def test_somebody_who_unfollowed_meanwhile_is_not_reached(filed: tuple[Ground, str]) -> None:
    office, number = filed
    office.api.person("oResident").follows = False
    await answer(office, number)
    assert await office.letters("notice.answer.filer") == ["unreachable"]
    assert "没能送到居民手机上" in texts(office.api.person("oLiaison"))


@pytest.mark.parametrize("code", [-1, 45009, 40164, 48001, 50002, 99999])
async def test_what_will_pass_is_tried_again(filed: tuple[Ground, str], code: int) -> None:
    office, number = filed
    office.api.fails(code, "custom/send")
    await answer(office, number)
    assert await office.letters("notice.answer.filer") == ["waiting"]
    office.world.clock.on(minutes=31)
    await office.world.deliver()
    assert await office.letters("notice.answer.filer") == ["sent"]
    assert len([said for said in office.said("oResident") if "防滑条" in said.text]) == 1


async def test_what_may_have_gone_out_is_said_once_more(filed: tuple[Ground, str]) -> None:
    """And says so itself. It isn't tried often: the platform counts what may still be said."""
    office, number = filed
    office.api.drops("custom/send", times=2)
    await answer(office, number)
    assert await office.letters("notice.answer.filer") == ["waiting"]
    office.world.clock.on(minutes=1)
    await office.world.deliver()
    assert await office.letters("notice.answer.filer") == ["in_doubt"]
    assert "可能没送到居民" in texts(office.api.person("oLiaison"))
    told = [said.text for said in office.said("oResident") if "防滑条" in said.text]
    assert ["可能给您发过了" in text for text in told] == [False, True]


async def test_a_token_that_was_refused_is_changed_and_the_message_goes_out(
    filed: tuple[Ground, str],
) -> None:
    office, number = filed
    office.api.changes_token()
    await answer(office, number)
    assert await office.letters("notice.answer.filer") == ["sent"]


async def test_what_the_platform_finds_too_long_goes_out_shortened(filed: tuple[Ground, str]) -> None:
    office, number = filed
    office.api.fails(45002, "custom/send")
    await answer(office, number, "很长的答复。" * 60)
    [told] = [said for said in office.said("oResident") if "很长的答复" in said.text]
    assert len(told.text.encode()) <= 600 and told.choices


async def test_a_long_answer_comes_in_parts_with_its_choices_at_the_end(filed: tuple[Ground, str]) -> None:
    office, number = filed
    await answer(office, number, "答复的一句话。" * 140)
    told = [said for said in office.said("oResident") if "一句话" in said.text]
    assert [said.kind for said in told] == ["text", "msgmenu"]
    assert "".join(said.text for said in told).count("一句话") == 140


async def test_an_edit_says_nothing(filed: tuple[Ground, str]) -> None:
    office, number = filed
    other = await office.sits("oDelegate", "党代表")
    count = len(other.said)
    await office.taps("oLiaison", f"do:{number}:categorise")
    assert len(other.said) == count
    assert await office.letters("notice.now") == ["sent"]
