"""What lies on the shelf is found by digest alone, stays as it is, and nothing lies beside it."""

import asyncio
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.media import MEGABYTE, Kept, MediaGone, MediaRefused
from storage.media import Shelf
from storage.media.kinds import Form, recognise
from tests.media import samples
from tests.media.conftest import Lying, refusal


async def test_a_file_lies_under_its_digest_two_folders_deep(
    shelf: Shelf, tmp_path: Path, lying: Lying
) -> None:
    kept = await shelf.take(samples.photo())

    digest = hashlib.sha256(await shelf.open(kept.digest)).hexdigest()
    assert kept.digest == digest
    assert lying() == [tmp_path / "media" / digest[:2] / digest[2:4] / digest] == [shelf.path(digest)]
    assert shelf.path(digest).stat().st_mode & 0o077 == 0


async def test_what_is_kept_is_never_written_again(shelf: Shelf) -> None:
    kept = await shelf.take(samples.PDF)
    before = shelf.path(kept.digest).stat()

    results = await asyncio.gather(*(shelf.take(samples.PDF) for _ in range(10)))

    after = shelf.path(kept.digest).stat()
    assert set(results) == {kept}
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    "digest", ["", "../../etc/passwd", "/etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "..", "a" * 64]
)
async def test_no_digest_leads_outside(shelf: Shelf, digest: str, lying: Lying) -> None:
    with pytest.raises(MediaGone):
        await shelf.open(digest)
    with pytest.raises(MediaGone):
        await shelf.thumbnail(digest)
    with pytest.raises(MediaGone):
        shelf.path(digest)
    assert lying() == []


async def test_a_claim_never_becomes_a_path(shelf: Shelf, tmp_path: Path, lying: Lying) -> None:
    kept = await shelf.take(samples.photo(), "../../../evil.html\x00.jpg")

    assert lying() == [shelf.path(kept.digest)]


@pytest.mark.parametrize(
    "data, claimed, wanted, key",
    [
        (b"", "image/jpeg", "photo", "media.empty"),
        (samples.PDF, "image/jpeg", None, "media.not_a_photo"),
        (samples.PDF, None, "photo", "media.not_a_photo"),
        (samples.voice("ogg"), None, "photo", "media.not_a_photo"),
        (samples.photo(), None, "voice", "media.wrong_kind"),
        (samples.photo(), "application/pdf", None, "media.wrong_kind"),
        (samples.photo(), "audio/ogg", None, "media.wrong_kind"),
        (samples.film(), None, "voice", "media.wrong_kind"),
        (samples.voice("m4a"), None, "video", "media.wrong_kind"),
        (b"   \n", None, None, "media.wrong_kind"),
        (samples.photo() + bytes(20 * MEGABYTE), None, None, "media.too_big"),
        (samples.PDF[:-6] + b" " * 20 * MEGABYTE + samples.PDF[-6:], None, None, "media.too_big"),
        (bytes(60 * MEGABYTE), None, None, "media.too_big"),
    ],
)
async def test_refusals_say_why(
    shelf: Shelf, lying: Lying, data: bytes, claimed: str, wanted: str, key: str
) -> None:
    assert (await refusal(shelf, data, claimed, wanted)).key == key
    assert lying() == []


async def test_a_photo_sent_as_a_file_is_a_photo_all_the_same(shelf: Shelf) -> None:
    kept = await shelf.take(samples.photo(), "application/octet-stream", "document")

    assert kept.kind == "photo"
    assert samples.SECRET.encode() not in await shelf.open(kept.digest)


async def test_only_photos_have_thumbnails(shelf: Shelf) -> None:
    for sent in (samples.PDF, samples.voice("amr")):
        kept = await shelf.take(sent)
        with pytest.raises(MediaRefused, match="not_a_photo"):
            await shelf.thumbnail(kept.digest)


async def test_what_is_forgotten_is_gone_with_its_thumbnails(shelf: Shelf, lying: Lying) -> None:
    kept = await shelf.take(samples.photo())
    await shelf.thumbnail(kept.digest, 160)
    await shelf.thumbnail(kept.digest, 640)

    assert await shelf.forget(kept.digest) is True
    assert lying() == []
    assert await shelf.forget(kept.digest) is False


async def test_half_written_files_are_swept_after_an_hour(shelf: Shelf, tmp_path: Path, lying: Lying) -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    old, young = tmp_path / "media" / "arriving" / "old", tmp_path / "media" / "arriving" / "young"
    for file, age in ((old, 61), (young, 5)):
        file.write_bytes(b"half")
        moment = (now - timedelta(minutes=age)).timestamp()
        os.utime(file, (moment, moment))

    assert await shelf.tidy(now) == 1
    assert lying() == [young]


async def test_a_disk_that_refuses_leaves_nothing_behind(shelf: Shelf, tmp_path: Path, lying: Lying) -> None:
    digest = hashlib.sha256(samples.PDF).hexdigest()
    (tmp_path / "media" / digest[:2]).write_bytes(b"in the way")

    with pytest.raises(NotADirectoryError):
        await shelf.take(samples.PDF)
    assert [file.name for file in lying()] == [digest[:2]]


async def test_the_loop_goes_on_while_a_photo_is_made(shelf: Shelf) -> None:
    task = asyncio.create_task(shelf.take(samples.photo(size=(3000, 3000))))
    turns = 0
    while not task.done():
        turns += 1
        await asyncio.sleep(0)
    assert isinstance(task.result(), Kept)
    assert turns > 50


SEEDS = {
    Form.JPEG: samples.photo("JPEG"),
    Form.PNG: samples.photo("PNG"),
    Form.WEBP: samples.photo("WEBP"),
    Form.GIF: samples.photo("GIF"),
    Form.HEIF: samples.photo("HEIF"),
    Form.OGG: samples.voice("ogg", 0.3),
    Form.MATROSKA: samples.voice("webm", 0.3),
    Form.MP4: samples.film("mov"),
    Form.AMR: samples.voice("amr", 0.3),
    Form.MP3: samples.voice("mp3", 0.3),
    Form.AAC: samples.voice("aac", 0.3),
    Form.WAV: samples.voice("wav", 0.3),
    Form.PDF: samples.PDF,
    Form.OFFICE: samples.docx(),
    Form.TEXT: "楼梯打滑".encode(),
}


@pytest.mark.parametrize("form", Form)
def test_every_form_is_recognised_by_its_bytes(form: Form) -> None:
    assert recognise(SEEDS[form]) is form


async def kept_or_refused(shelf: Shelf, data: bytes) -> None:
    try:
        kept = await shelf.take(data)
    except MediaRefused:
        return
    assert len(await shelf.open(kept.digest)) == kept.bytes


CALM = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@CALM
@given(data=st.binary(max_size=400), start=st.sampled_from([b"", *(seed[:12] for seed in SEEDS.values())]))
async def test_random_bytes_are_kept_or_refused(shelf: Shelf, data: bytes, start: bytes) -> None:
    await kept_or_refused(shelf, start + data)


@CALM
@given(seed=st.sampled_from(list(SEEDS.values())), part=st.floats(0, 1))
async def test_files_cut_anywhere_are_kept_or_refused(shelf: Shelf, seed: bytes, part: float) -> None:
    await kept_or_refused(shelf, seed[: int(len(seed) * part)])


@CALM
@given(
    seed=st.sampled_from(list(SEEDS.values())),
    hits=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=20),
)
async def test_files_with_damaged_bytes_are_kept_or_refused(
    shelf: Shelf, seed: bytes, hits: list[tuple[float, int]]
) -> None:
    damaged = bytearray(seed)
    for place, value in hits:
        damaged[int(len(damaged) * place)] = value
    await kept_or_refused(shelf, bytes(damaged))
