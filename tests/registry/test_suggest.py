"""What a resident's words are taken for: category, kind, danger to life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sample import DISTRICT
from domain.registry import Category
from domain.suggest import Guide, Lexicon, danger, folded, kind
from locales.lexicon import lexicon
from tests.registry.district import understood

LEXICON: Lexicon = lexicon()


def sample() -> list[Category]:
    """The sample district's categories, without a database."""
    records = understood(DISTRICT).book.of("categories").values()
    return [
        Category(
            n, str(r["code"]), str(r["name"]), tuple(str(r["keywords"]).split()), None, bool(r["urgent"])
        )
        for n, r in enumerate(records, 1)
    ]


CATEGORIES = sample()


@pytest.mark.parametrize(
    "words,code",
    [
        ("门口的路灯坏了三天，晚上太黑", "light"),
        ("小区门前马路有个大坑，电动车摔了好几个", "road"),
        ("楼下广场舞太吵，孩子睡不着", "noise"),
        ("我家天花板一直渗水，墙皮都掉了", "house"),
        ("今早开始停水，自来水一滴没有", "water"),
        ("变压器老是跳闸停电", "power"),
        ("厨房有煤气味，怕漏气", "gas"),
        ("楼道堆杂物把消防通道堵了", "fire"),
        ("有人乱停车，把我的停车位占了", "parking"),
        ("邻居遛狗不拴绳，差点咬人", "pet"),
        ("独居老人想办助餐", "care"),
        ("孩子上学的学区怎么划", "school"),
        ("老板拖欠工资三个月", "work"),
        ("电梯坏了物业不管", "property"),
        ("垃圾桶没人清，臭味很大", "clean"),
        ("楼下饭店油烟直往家里灌", "clean"),
        ("烧烤摊油烟大，开不了窗", "clean"),
        ("有人高空抛物", "civil"),
    ],
)
def test_category(words: str, code: str) -> None:
    found = Guide(CATEGORIES).category(words)
    assert found is not None and found.code == code


@pytest.mark.parametrize("words", ["", "您好", "😀😀", "<b>{{7*7}}</b>"])
def test_no_category_is_better_than_a_wrong_one(words: str) -> None:
    assert Guide(CATEGORIES).category(words) is None


@pytest.mark.parametrize(
    "words,expected",
    [
        ("建议在公园门口增设座椅", "suggestion"),
        ("能不能增设一个公交站", "suggestion"),
        ("希望尽快修好路灯", "problem"),
        ("水管爆了", "problem"),
        ("我对停车收费有意见，觉得不合理", "opinion"),
        ("I suggest a bench in the park", "suggestion"),
        ("", "problem"),
    ],
)
def test_kind(words: str, expected: str) -> None:
    assert kind(words, LEXICON) == expected


@pytest.mark.parametrize(
    "words,expected",
    [
        ("3栋燃气泄漏，快来人", "gas"),
        ("楼道里有很重的煤气味", "gas"),
        ("对面楼着火了！", "fire"),
        ("着 火 了", "fire"),
        ("配电箱冒烟", "fire"),
        ("没有人管，楼上着火了", "fire"),
        ("着火还没扑灭", "fire"),
        ("不知道是否已排除，刚才着火", "fire"),
        ("是不是着火了", "fire"),
        ("火车站旁边着火", "fire"),
        ("上火是小事，家里冒烟了", "fire"),
        ("着火车辆还在路上", "fire"),
        ("厂房突发火灾", "fire"),
        ("着火爆炸了", "fire"),
        ("燃气泄漏报警器一直响", "gas"),
        ("不会着火吧", "fire"),
        ("路灯杆漏电", "electricity"),
        ("有人溺水", "drowning"),
        ("有人要跳楼", "despair"),
        ("我妈困在电梯里了", "trapped"),
        ("围墙塌了，压着人", "collapse"),
        ("工地有人受伤", "medical"),
        ("老人晕倒在楼下", "medical"),
        ("有人持刀打架", "crime"),
        ("漏电，而且煤气泄漏", "gas"),
        ("There is a gas leak", "gas"),
        ("The house is on FIRE", "fire"),
        ("I think I smell gas", "gas"),
    ],
)
def test_danger_is_seen(words: str, expected: str) -> None:
    assert danger(words, LEXICON) == expected


@pytest.mark.parametrize(
    "words",
    [
        "最近上火，嗓子疼",
        "火车站出租车太少",
        "着火点已排除，请来验收",
        "火已经没有了，没有着火",
        "昨天的火灾已扑灭，谢谢",
        "没有发现燃气泄漏",
        "想参加急救培训",
        "消防演练什么时候办",
        "请装燃气泄漏报警器",
        "商场跳楼价太吵",
        "轮胎漏气没地方补",
        "等着火车开动",
        "三楼的落水管坏了",
        "休息总被打扰",
        "没有人受伤，只是护栏坏了",
        "路灯不亮",
        "The fire station is ugly",
        "fireworks are too loud",
        "",
    ],
)
def test_no_alarm_without_danger(words: str) -> None:
    assert danger(words, LEXICON) is None


@given(st.text(max_size=300))
def test_any_words_can_be_judged(words: str) -> None:
    assert kind(words, LEXICON) in ("problem", "opinion", "suggestion")
    assert danger(words, LEXICON) in (None, *LEXICON.danger)
    assert folded(folded(words)) == folded(words)


@given(
    st.text(alphabet="的了在我家楼下小区今天请快来人。,!?", max_size=30),
    st.sampled_from(["煤气泄漏", "起火", "触电", "溺水"]),
)
def test_plain_words_around_never_hide_a_danger(words: str, sign: str) -> None:
    assert danger(words + sign + words, LEXICON) is not None


@given(st.sampled_from(CATEGORIES[:-1]), st.text(alphabet="请问您好谢", max_size=10))
def test_a_categorys_own_name_leads_to_it(one: Category, words: str) -> None:
    assert Guide([one]).category(words + one.name) == one


def test_harmless_phrases_hold_a_danger() -> None:
    """A phrase that holds no danger's word would be dead weight, or one too many."""
    signs = [sign for words in LEXICON.danger.values() for sign in words]
    assert all(any(sign in phrase for sign in signs) for phrase in LEXICON.harmless)
