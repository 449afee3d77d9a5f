"""Photos come out upright, small and silent about where they were taken; bombs don't go off."""

import io
import resource
import time
import zlib

import pytest
from PIL import Image, ImageCms

from storage.media import Shelf
from tests.media import samples
from tests.media.conftest import Lying, refusal


def seen(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "GIF"])
async def test_each_form_is_kept_as_jpeg_without_metadata(shelf: Shelf, form: str) -> None:
    sent = samples.photo(form)
    assert samples.SECRET.encode() in sent

    kept = await shelf.take(sent, None, "photo")

    stored = await shelf.open(kept.digest)
    image = seen(stored)
    assert (kept.kind, kept.mime, kept.width, kept.height) == ("photo", "image/jpeg", 60, 40)
    assert kept.bytes == len(stored)
    assert image.size == (60, 40)
    assert not image.getexif()
    assert not {"xmp", "comment", "icc_profile", "exif"} & set(image.info)
    assert samples.SECRET.encode() not in stored


def test_the_samples_do_tell_their_place() -> None:
    for form in ("JPEG", "PNG", "WEBP", "HEIF"):
        assert seen(samples.photo(form)).getexif().get_ifd(0x8825), form


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_photo_taken_sideways_is_turned(shelf: Shelf, form: str, orientation: int) -> None:
    kept = await shelf.take(samples.photo(form, orientation, (160, 80)))

    image = seen(await shelf.open(kept.digest)).convert("RGB")
    corner = image.getpixel((20, 20))
    assert isinstance(corner, tuple)
    assert image.size == ((160, 80) if orientation < 5 else (80, 160))
    # The left half was red: it is now left, right, top or bottom.
    red_at_the_corner = orientation in (1, 4, 5, 6)
    assert (corner[0] > 200) == red_at_the_corner
    assert (corner[2] > 200) != red_at_the_corner


async def test_a_big_photo_is_shrunk_and_the_size_told_is_true(shelf: Shelf) -> None:
    kept = await shelf.take(samples.photo("JPEG", 6, (4000, 1000)))

    assert (kept.width, kept.height) == (640, 2560)
    assert seen(await shelf.open(kept.digest)).size == (640, 2560)


async def test_transparency_stays_where_there_is_some(shelf: Shelf) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 30), (255, 0, 0, 128)).save(out, "WEBP", exif=samples.gps_exif())

    kept = await shelf.take(out.getvalue())

    assert kept.mime == "image/png"
    assert seen(await shelf.open(kept.digest)).getchannel("A").getextrema() == (128, 128)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
async def test_unusual_png_modes_are_kept(shelf: Shelf, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (30, 20), 1 if mode == "1" else None).save(out, "PNG")

    assert (await shelf.take(out.getvalue())).width == 30


async def test_grey_of_sixteen_bits_keeps_its_brightness(shelf: Shelf) -> None:
    out = io.BytesIO()
    Image.new("I;16", (30, 20), 128 * 256).save(out, "PNG")

    kept = await shelf.take(out.getvalue())

    grey = seen(await shelf.open(kept.digest)).getpixel((5, 5))
    assert isinstance(grey, int | float)
    assert abs(grey - 128) <= 2


async def test_print_colours_and_a_profile_that_does_not_fit_are_kept(shelf: Shelf) -> None:
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("CMYK", (30, 20), (0, 255, 255, 0)).save(out, "JPEG", icc_profile=profile)

    kept = await shelf.take(out.getvalue())

    assert seen(await shelf.open(kept.digest)).mode == "RGB"


@pytest.mark.parametrize("side", [(20_000, 20_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
async def test_a_bomb_is_refused_before_it_is_decoded(
    shelf: Shelf, lying: Lying, side: tuple[int, int]
) -> None:
    width, height = side
    bomb = samples.png_header(*side) if width < 30_000 else _header_only(width, height)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()

    refused = await refusal(shelf, bomb, "image/png", "photo")

    assert refused.key == "media.too_big"
    assert refused.params == {
        "kind": "photo",
        "megabytes": 20,
        "megapixels": 51,
    }
    assert time.perf_counter() - begun < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20 * 1024
    assert lying() == []


def _header_only(width: int, height: int) -> bytes:
    small = samples.png_header(1, 1)
    return (
        small[:16]
        + width.to_bytes(4, "big")
        + height.to_bytes(4, "big")
        + _crc(small, width, height)
        + small[33:]
    )


def _crc(png: bytes, width: int, height: int) -> bytes:
    body = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + png[24:29]
    return png[24:29] + zlib.crc32(body).to_bytes(4, "big")


async def test_a_jpeg_header_that_promises_too_much_is_refused(shelf: Shelf) -> None:
    sent = samples.photo("JPEG")
    at = sent.index(b"\xff\xc0") + 5
    bomb = sent[:at] + b"\xff\xff\xff\xff" + sent[at + 4 :]

    assert (await refusal(shelf, bomb)).key == "media.too_big"


async def test_a_webp_header_that_promises_too_much_is_refused(shelf: Shelf) -> None:
    sent = samples.photo("WEBP")
    assert sent[12:16] == b"VP8X"

    assert (await refusal(shelf, sent[:24] + b"\xff\x3e\x00" * 2 + sent[30:])).key == "media.too_big"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of the damage, which is the point
async def test_a_damaged_exif_costs_the_turn_not_the_photo(shelf: Shelf) -> None:
    sent = samples.photo("JPEG", 6)
    at = sent.index(b"Exif\0\0") + 10

    kept = await shelf.take(sent[:at] + b"\xff\xff\xff\x7f" + sent[at + 4 :])

    assert (kept.width, kept.height) == (60, 40)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF"])
async def test_a_polyglot_loses_its_other_half(shelf: Shelf, form: str) -> None:
    tail = samples.archive({"evil.html": b"<script>alert(1)</script>"})

    kept = await shelf.take(samples.photo(form) + tail)

    stored = await shelf.open(kept.digest)
    assert b"PK\x03\x04" not in stored
    assert b"evil.html" not in stored


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
async def test_a_photo_cut_in_the_middle_is_refused(shelf: Shelf, lying: Lying, form: str) -> None:
    sent = samples.photo(form, size=(400, 300))

    assert (await refusal(shelf, sent[: len(sent) * 2 // 3], None, "photo")).key == "media.broken"
    assert lying() == []


async def test_thumbnails_are_small_and_of_few_sizes(shelf: Shelf, lying: Lying) -> None:
    kept = await shelf.take(samples.photo(size=(1000, 500)))

    assert seen(await shelf.thumbnail(kept.digest)).size == (320, 160)
    for edge in (-5, 1, 150, 160):
        assert seen(await shelf.thumbnail(kept.digest, edge)).size == (160, 80)
    assert seen(await shelf.thumbnail(kept.digest, 10**9)).size == (1000, 500)
    assert len(lying()) == 4
