"""Voice becomes MP3, video is packed anew; neither remembers its place."""

import io
import resource
from pathlib import Path

import av
import pytest
from PIL import Image

from domain.media import Limits, MediaRefused
from storage.media import Shelf
from tests.media import samples
from tests.media.conftest import Lying, refusal


def heard(data: bytes) -> float:
    """Seconds that can be decoded; the sound must not be silence."""
    with av.open(io.BytesIO(data), "r") as container:
        frames = list(container.decode(audio=0))
    assert (
        max(float(abs(sample)) for frame in frames for sample in memoryview(frame.planes[0]).cast("f")[:50])
        > 0.05
    )
    return sum(frame.samples for frame in frames) / frames[0].sample_rate


@pytest.mark.parametrize("name", samples.VOICES)
async def test_each_voice_becomes_mp3_without_tags(shelf: Shelf, name: str) -> None:
    kept = await shelf.take(samples.voice(name), samples.VOICES[name][4], "voice")

    stored = await shelf.open(kept.digest)
    assert (kept.kind, kept.mime) == ("voice", "audio/mpeg")
    assert kept.seconds in (1, 2)
    assert 0.9 < heard(stored) < 1.3
    assert stored[0] == 0xFF
    assert not any(mark in stored for mark in (b"ID3", b"Xing", b"Info", b"Lavf", b"CANARY"))


async def test_the_same_voice_twice_is_one_file(shelf: Shelf, lying: Lying) -> None:
    first, second = await shelf.take(samples.voice("ogg")), await shelf.take(samples.voice("ogg"))

    assert first == second
    assert len(lying()) == 1


@pytest.mark.parametrize("name", ["ogg", "amr", "wav"])
async def test_a_voice_too_long_is_refused(tmp_path: Path, name: str, lying: Lying) -> None:
    shelf = Shelf(tmp_path / "media", Limits(voice_seconds=2))

    refused = await refusal(shelf, samples.voice(name, 4.0), None, "voice")

    shelf.close()
    assert refused.key == "media.too_long"
    assert lying() == []


async def test_a_length_that_the_header_hides_is_found_while_decoding(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "media", Limits(voice_seconds=2))
    live = _without_duration(samples.voice("webm", 4.0))

    assert (await refusal(shelf, live)).key == "media.too_long"
    shelf.close()


def _without_duration(webm: bytes) -> bytes:
    """As browsers record: the Duration element (44 89) turned into a void one."""
    at = webm.index(b"\x44\x89\x88")
    return webm[:at] + b"\xec\x89" + webm[at + 2 : at + 11].replace(b"\x88", b"\x00", 1) + webm[at + 11 :]


@pytest.mark.parametrize("rate", [0, 1, 3999, 192_001, 2**31 - 1, 2**32 - 1])
async def test_a_sample_rate_no_recorder_has_is_refused_cheaply(shelf: Shelf, rate: int) -> None:
    wav = samples.voice("wav")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    refused = await refusal(shelf, wav[:24] + rate.to_bytes(4, "little") + wav[28:], None, "voice")

    assert refused.key in ("media.broken", "media.too_long")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20 * 1024


async def test_a_label_that_claims_half_a_gigabyte_is_not_given_room(shelf: Shelf) -> None:
    wav = samples.voice("wav")
    label = wav.index(b"INAM")
    assert wav[label - 12 : label - 8] == b"LIST"
    huge = wav[: label - 8] + b"\x00\x00\x00\x70INFOINAM" + b"\x0c\x00\x00\x25" + wav[label + 8 :]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(MediaRefused, match="broken"):
        await shelf.take(huge)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20 * 1024


async def test_more_channels_than_ears_are_refused_cheaply(shelf: Shelf) -> None:
    wav = samples.voice("wav")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert (await refusal(shelf, wav[:22] + b"\x4d\x00" + wav[24:])).key == "media.broken"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20 * 1024


async def test_a_film_of_an_unknown_codec_is_refused(shelf: Shelf) -> None:
    unknown = samples.film("mp4").replace(b"avc1", b"zzz1")

    assert (await refusal(shelf, unknown)).key in ("media.wrong_kind", "media.broken")


async def test_half_a_voice_is_still_heard(shelf: Shelf) -> None:
    sent = samples.voice("ogg", 4.0)

    kept = await shelf.take(sent[: len(sent) * 2 // 3])

    assert kept.seconds is not None
    assert 1 <= kept.seconds <= 4


@pytest.mark.parametrize(
    "container, codec, mime",
    [("mov", "libx264", "video/mp4"), ("mp4", "libx264", "video/mp4"), ("webm", "libvpx", "video/webm")],
)
async def test_a_video_keeps_its_picture_and_loses_its_place(
    shelf: Shelf, container: str, codec: str, mime: str
) -> None:
    sent = samples.film(container, codec)
    assert samples.SECRET.encode() in sent

    kept = await shelf.take(sent, "video/quicktime", "video")

    stored = await shelf.open(kept.digest)
    assert (kept.kind, kept.mime, kept.width, kept.height) == ("video", mime, 64, 48)
    assert kept.seconds in (
        1,
        2,
    )
    for trace in (b"CANARY", b"+31.2", b"2026-11", b"\xa9xyz", b"x264"):
        assert trace not in stored, trace
    with av.open(io.BytesIO(stored), "r") as film:
        assert len(list(film.decode(video=0))) == 10
    with av.open(io.BytesIO(stored), "r") as film:
        assert len(list(film.decode(audio=0))) > 10
        assert not film.streams.video[0].metadata.get("creation_time")


def test_the_sample_film_does_tell_its_place() -> None:
    assert b"+31.2304+121.4737" in samples.film("mov")


async def test_a_film_held_upright_stays_upright(shelf: Shelf) -> None:
    sent = _turned(samples.film("mp4", sound=False))

    kept = await shelf.take(sent)

    with av.open(io.BytesIO(await shelf.open(kept.digest)), "r") as film:
        assert abs(next(film.decode(video=0)).rotation) == 90
    assert (kept.width, kept.height) == (48, 64)
    poster = Image.open(io.BytesIO(await shelf.thumbnail(kept.digest, 160)))
    top, bottom = poster.getpixel((24, 10)), poster.getpixel((24, 54))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert poster.size == (48, 64)
    assert top[0] > 200 > 100 > top[2]
    assert bottom[2] > 200 > 100 > bottom[0]


def _turned(mp4: bytes) -> bytes:
    """The unit matrix of the track header replaced by a quarter turn, as phones write it."""
    at = mp4.index(b"tkhd") + 4 + 40
    one, none, end = (65536).to_bytes(4, "big"), bytes(4), (0x40000000).to_bytes(4, "big")
    turn = none + one + none + (-65536).to_bytes(4, "big", signed=True) + none * 4 + end
    return mp4[:at] + turn + mp4[at + 36 :]


async def test_a_video_too_long_or_of_old_codecs_is_refused(tmp_path: Path, lying: Lying) -> None:
    shelf = Shelf(tmp_path / "media", Limits(video_seconds=2))

    long = await refusal(shelf, samples.film("mp4", seconds=4, sound=False), None, "video")
    old = await refusal(shelf, samples.film("mp4", "mpeg4", sound=False), None, "video")

    shelf.close()
    assert long.key == "media.too_long"
    assert old.key in ("media.wrong_kind", "media.broken")
    assert lying() == []


async def test_a_frame_too_large_is_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "media", Limits(video_pixels=1000))

    assert (await refusal(shelf, samples.film("mp4"))).key in ("media.too_big", "media.broken")
    shelf.close()


@pytest.mark.parametrize("container", ["mov", "webm"])
async def test_a_film_cut_off_is_refused_or_kept_shorter(shelf: Shelf, lying: Lying, container: str) -> None:
    sent = samples.film(container, "libvpx" if container == "webm" else "libx264")
    cut = sent[: len(sent) // 2]

    if container == "mov":
        assert (await refusal(shelf, cut)).key == "media.broken"
        assert lying() == []
    else:
        assert (await shelf.take(cut)).kind == "video"
