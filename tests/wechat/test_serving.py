"""`workroom serve` with WeChat's settings: the address is there, and readiness asks the platform."""

from pathlib import Path

import httpx
import pytest

from bot import serve
from bot.settings import settings
from tests.stubs.wechat import APP, SECRET, WeChat
from tests.wechat.platform import TOKEN, settings_for, signed
from tests.world import copy_of


@pytest.mark.parametrize("secret", [SECRET, "another-secret"])
async def test_the_service_answers_the_platform_and_knows_whether_it_may_push(
    filled: Path, tmp_path: Path, secret: str
) -> None:
    async with WeChat() as stub:
        account = {"wechat_app_id": APP, "wechat_app_secret": secret, "wechat_api_url": stub.url}
        given = settings_for(home=tmp_path, database_url=copy_of(filled, tmp_path), **account)
        app = serve.application(given)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://workroom.test") as http,
        ):
            now = str(int(stub.clock()))
            query = {"timestamp": now, "nonce": "1", "signature": signed(TOKEN, now, "1"), "echostr": "7"}
            assert (await http.get("/wechat", params=query)).text == "7"
            assert (await http.post("/wechat", params=query, content=b"<xml/>")).status_code == 403
            ready = await http.get("/readyz")
            assert ready.json()["wechat"] is (secret == SECRET)
            assert ready.status_code == (200 if secret == SECRET else 503)


async def test_without_the_settings_there_is_no_such_address(filled: Path, tmp_path: Path) -> None:
    given = settings(home=tmp_path, database_url=copy_of(filled, tmp_path), _env_file=None)
    async with serve.opened(given) as opened:
        assert "/wechat" not in {getattr(route, "path", "") for route in opened.routes}
        assert "wechat" not in opened.probes
