"""What is kept of followers, over both databases; the windows against the platform's own count."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from domain.allowance import Allowance
from domain.messages import Rendered
from storage.people import People
from tests.stubs.wechat import Follower, WeChat
from tests.stubs.wechat_rules import Refuse
from tests.wechat.ground import ground

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
STEPS = st.lists(st.sampled_from(["message", "tap", "send", "30s", "1h", "47h"]), max_size=40)


@given(STEPS)
def test_we_count_as_the_platform_does(steps: list[str]) -> None:
    at = [START]

    def seconds() -> float:
        return at[0].timestamp()

    platform = WeChat(seconds)
    person, ours = Follower("o", platform), Allowance()
    waits = {"30s": timedelta(seconds=30), "1h": timedelta(hours=1), "47h": timedelta(hours=47)}
    for step in steps:
        at[0] += waits.get(step, timedelta())
        if step == "send":
            try:
                person.spend()
            except Refuse:
                assert ours.left(at[0]) == 0
            else:
                assert ours.left(at[0]) > 0
                ours = ours.spent(at[0])
        elif step in ("message", "tap"):
            person.writes() if step == "message" else person.taps()
            ours = ours.opened(step, at[0])


async def test_a_follower_s_account_over_both_databases(database_url: str, tmp_path: Path) -> None:
    async with ground(database_url, tmp_path) as office:
        await office.agrees("oResident")
        standing = await office.standing("oResident")
        assert standing.allowance is not None and standing.allowance.messages_left == 5
        async with office.world.unit() as uow:
            followers, one = uow.followers, standing.identity
            await followers.agree(one, "A", 2)
            await followers.agree(one, "A", -5)
            await followers.agree(one, "B", 1)
            await followers.refuse(one, "B")
            assert await followers.agreed(one) == {"A": 0, "B": 0}
            now = office.world.clock()
            assert await followers.first_time("x", now) and not await followers.first_time("x", now)
            assert await followers.first_time("x", now + timedelta(days=2))
            assert await followers.call_visitor(one, "v1") == "v1" == await followers.call_visitor(one, "v2")
            await followers.keep_scenes({"w_A": "http://a"})
            await followers.keep_scenes({"w_A": "http://a"})
            assert await followers.scenes() == {"w_A": "http://a"}
        await office.world.house.channels["wechat"].send("oResident", Rendered("您好", language="zh_CN"))
        after = await office.standing("oResident")
        assert after.visitor == "v1" and after.allowance is not None and after.allowance.messages_left == 4
        async with office.world.unit() as uow:  # declined after all: what hangs on the identity goes with it
            await People(uow.connection).forget_newcomer(standing.person)
        async with office.world.unit() as uow:
            assert await uow.followers.standing("oResident") is None


async def test_what_most_messages_cost_is_one_statement(database_url: str, tmp_path: Path) -> None:
    """To look whether their window has to be written down anew: no transaction around it."""
    async with ground(database_url, tmp_path) as office:
        await office.agrees("oResident")
        told: list[str] = []
        office.world.house.database.watch(told.append)
        await office.wechat.channel.heard("oResident", "message")
        assert [words.partition(" ")[0] for words in told] == ["SELECT"]


async def test_nothing_is_kept_of_a_stranger(database_url: str, tmp_path: Path) -> None:
    async with ground(database_url, tmp_path) as office:
        await office.says("oStranger", "你好")
        await office.event("oStranger", "unsubscribe")
        async with office.world.unit() as uow:
            counted = await uow.connection.execute(sa.text("SELECT count(*) FROM wechat_allowances"))
            assert counted.scalar_one() == 0
