"""Photos are looked at before they are decoded, then turned, shrunk and written anew without metadata."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pillow_heif
from PIL import Image, ImageCms, UnidentifiedImageError

from domain.media import JPEG, PNG, Limits, MediaRefused, too_big
from storage.media.kinds import Form
from storage.media.made import Made

pillow_heif.register_heif_opener(thumbnails=False)

QUALITY = 85
PAPER = (255, 255, 255)  # what shows through where transparency is given up
# What Pillow and its plugins are known to raise at damaged files; anything else is a bug of ours.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    EOFError,
    RuntimeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Warning,  # where warnings are errors
)


def make_photo(data: bytes, form: Form, limits: Limits) -> Made:
    """The photo as it is kept: upright, at most `photo_edge` pixels long, sRGB, nothing beside the picture.

    Raises MediaRefused `media.too_big` (pixels, before anything is decoded) or `media.broken`.
    EXPERIENCE 20, TRUST 14, 24.
    """
    with _measured(data, form, limits) as image, _damage_refused():
        upright = _plain(image, limits.photo_edge)
    return _written(upright, limits)


def make_thumbnail(data: bytes, form: Form, edge: int) -> bytes:
    """A smaller JPEG of a kept photo, its longest edge at most `edge` pixels."""
    with Image.open(io.BytesIO(data), formats=[form.value]) as image:
        return _jpeg(_plain(image, edge))


def shrink(image: Image.Image, edge: int) -> bytes:
    """A decoded picture as JPEG, its longest edge at most `edge` pixels."""
    image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    return _jpeg(image)


@contextmanager
def _measured(data: bytes, form: Form, limits: Limits) -> Iterator[Image.Image]:
    """The picture with only its header read, refused when that promises too many pixels."""
    try:
        if form is Form.WEBP:
            _check_webp(data, limits)
        image = Image.open(io.BytesIO(data), formats=[form.value])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise too_big("photo", limits) from bomb
    except (UnidentifiedImageError, *_DAMAGE) as damage:
        raise MediaRefused("media.broken", kind="photo") from damage
    with image:
        if image.width * image.height > limits.photo_pixels:
            raise too_big("photo", limits)
        yield image


def _check_webp(data: bytes, limits: Limits) -> None:
    """Pillow makes room for a whole WebP as soon as it opens one, so its header is read here."""
    if data[12:16] == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif data[12:16] == b"VP8L":
        sizes = int.from_bytes(data[21:25], "little")
        width, height = (sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1
    else:
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    if width * height > limits.photo_pixels:
        raise too_big("photo", limits)


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as damage:
        raise MediaRefused("media.broken", kind="photo") from damage


def _plain(image: Image.Image, edge: int) -> Image.Image:
    """Decoded, shrunk, turned, in sRGB: a picture in mode L, RGB or RGBA."""
    # A JPEG is decoded at a fraction of its size where that is enough: less memory, less time.
    image.draft(None, (edge, edge))
    image.load()
    profile = image.info.get("icc_profile")
    turn = _orientation(image)
    plain = _in_srgb(_eight_bits(image), profile)
    plain.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    return plain if turn is None else plain.transpose(turn)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112


def _orientation(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held; a damaged EXIF block costs the turn, not the photo."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return None


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if image.mode in ("L", "RGB", "CMYK"):
        return image if "transparency" not in image.info else image.convert("RGBA")
    clear = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if clear else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Phones photograph in wider colours; without their profile they would look faded."""
    if image.mode == "L":
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(image, source, target, outputMode=mode)
        except (ImageCms.PyCMSError, *_DAMAGE):
            turned = None  # a profile that does not fit its picture is left aside
        if turned is not None:
            return turned
    return image.convert(mode)


def _written(image: Image.Image, limits: Limits) -> Made:
    """PNG where something shows through (WeChat takes no WebP), JPEG for all else."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255):
        kept = _png(image)
        if len(kept) <= limits.png_bytes:
            return Made(kept, "photo", PNG, image.width, image.height)
    return Made(_jpeg(image), "photo", JPEG, image.width, image.height)


def _bare(image: Image.Image) -> Image.Image:
    """A copy that takes nothing along but its pixels: what is not there can't be written."""
    copy = image.copy()
    copy.info = {}
    return copy


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    _bare(image).save(out, "PNG", optimize=False)
    return out.getvalue()


def _jpeg(image: Image.Image) -> bytes:
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, PAPER)
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    out = io.BytesIO()
    _bare(image).save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue()
