"""A step leaves nothing behind that holds itself: nobody waits for the collector, no memory is kept."""

from domain.messages import Text
from handlers.visit import Visit
from tests.rubbish import left, without_collector
from tests.trust.town import Town


async def test_a_whole_request_leaves_no_visit(town: Town) -> None:
    resident = await town.person("居民")
    with without_collector():
        assert await town.filed(resident, "路灯坏了")
        await town.send(resident, Text("我的诉求"))
        assert left(Visit) == 0
