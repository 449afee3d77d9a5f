"""Files by their media id, both ways through the platform's server: fetched at once, put there once."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest
import sqlalchemy as sa
from PIL import Image

from domain.messages import Rendered
from storage.tables import media
from tests.media import samples
from tests.wechat.ground import Ground, ground
from tests.world import copy_of

SENT = {
    "image": (samples.photo(orientation=6), "image/jpeg"),
    "voice": (samples.voice("amr"), "audio/amr"),
    "video": (samples.film(), "video/mp4"),
}


@pytest.fixture
async def office(filled: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(copy_of(filled, tmp_path), tmp_path) as made:
        yield made


async def sends(office: Ground, kind: str, data: bytes, mime: str) -> str:
    """The resident sends a file; gives the answer."""
    office.api.person("oResident").writes()
    name = office.api.put(data, mime)
    return await office._brings("oResident", MsgType=kind, MediaId=name, Format="amr", ThumbMediaId="T")


async def kept(office: Ground) -> list[int]:
    """The numbers of the files on the shelf."""
    async with office.world.unit() as uow:
        return list((await uow.connection.execute(sa.select(media.c.id).order_by(media.c.id))).scalars())


@pytest.mark.parametrize("kind", SENT)
async def test_a_file_is_fetched_kept_and_put_there_again_for_who_works_on_it(
    office: Ground, kind: str
) -> None:
    liaison = await office.sits("oLiaison", "联络员")
    await office.agrees("oResident", "w_LJ01")
    await office.says("oResident", "3号楼室外楼梯一下雨就打滑")
    assert "附件：1个" in await sends(office, kind, *SENT[kind])
    await office.says("oResident", "提交")
    await office.says("oLiaison", "帮助")
    liaison.said.clear()
    for _ in range(2):
        number = (await kept(office))[-1]
        message = Rendered("请看", media=(number,), language="zh_CN")
        await office.wechat.channel.send("oLiaison", message)
    first, shown, _, again = liaison.said
    assert (first.text, shown.kind, again.media) == ("请看", kind, shown.media)
    assert len(office.api.calls_of("media/upload")) == 1, "within three days it is still there"
    _readable(kind, shown.media)


def _readable(kind: str, data: bytes) -> None:
    if kind == "image":
        found = Image.open(io.BytesIO(data))
        assert found.format == "JPEG" and not found.getexif() and found.size == (40, 60), "turned upright"
        return
    with av.open(io.BytesIO(data)) as opened:
        assert [stream.type for stream in opened.streams][:1] == [{"voice": "audio"}.get(kind, kind)]


async def test_after_three_days_it_is_put_there_anew(office: Ground) -> None:
    liaison = await office.sits("oLiaison", "联络员")
    await office.agrees("oResident", "w_LJ01")
    await sends(office, "image", *SENT["image"])
    message = Rendered("请看", media=tuple(await kept(office)), language="zh_CN")
    for _ in range(2):
        office.world.clock.on(days=3)
        await office.says("oLiaison", "帮助")
        await office.wechat.channel.send("oLiaison", message)
    assert len(office.api.calls_of("media/upload")) == 2
    office.api.media.clear()  # the platform has lost it before its time
    await office.wechat.channel.send("oLiaison", message)
    assert len(office.api.calls_of("media/upload")) == 3
    assert [said.kind for said in liaison.said[-2:]] == ["text", "image"]


@pytest.mark.parametrize("kind", SENT)
async def test_a_file_that_is_gone_is_answered_politely_and_nothing_is_kept(
    office: Ground, kind: str
) -> None:
    await office.agrees("oResident", "w_LJ01")
    data, mime = SENT[kind]
    office.api.person("oResident").writes()
    name = office.api.put(data, mime)
    office.world.clock.on(days=3, seconds=1)
    answer = await office._brings("oResident", MsgType=kind, MediaId=name, Format="amr")
    assert "再发一次" in answer or "重新发" in answer, answer
    assert await kept(office) == []


@pytest.mark.parametrize("code, times", [(-1, 1), (45009, 1), (40001, 2), (48001, 1)])
async def test_trouble_while_fetching_asks_for_it_again(office: Ground, code: int, times: int) -> None:
    await office.agrees("oResident", "w_LJ01")
    office.api.fails(code, "media/get", times)
    answer = await sends(office, "image", *SENT["image"])
    assert "再发一次" in answer, answer
    assert await kept(office) == []
    assert "附件" in await sends(office, "image", *SENT["image"])


async def test_somebody_else_s_media_id_opens_nothing_that_is_kept(office: Ground) -> None:
    """Whatever a media id names is a file of the account's own chats; ours are never asked for by it."""
    await office.agrees("oResident", "w_LJ01")
    await sends(office, "image", *SENT["image"])
    async with office.world.unit() as uow:
        digest = (await uow.connection.execute(sa.select(media.c.digest))).scalar_one()
    await office.agrees("oThief")
    for name in (digest, f"../{digest}", "1", "media-0000", "x" * 500, "&access_token=1", "字"):
        answer = await office._brings("oThief", MsgType="image", MediaId=name)
        assert "附件" not in answer, answer
    assert len(await kept(office)) == 1
