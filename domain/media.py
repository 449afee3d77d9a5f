"""What people may send as photo, voice, video or document, and how a refusal is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from domain.errors import Retry

Kind = Literal["photo", "voice", "video", "document"]

RefusalKey = Literal[
    "media.too_big",
    "media.not_a_photo",
    "media.wrong_kind",
    "media.broken",
    "media.too_long",
    "media.empty",
]

MEGABYTE = 1024 * 1024

JPEG = "image/jpeg"
PNG = "image/png"
MP3 = "audio/mpeg"
MP4 = "video/mp4"
WEBM = "video/webm"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "text/plain; charset=utf-8"

SUFFIXES: Mapping[str, str] = {
    JPEG: ".jpg",
    PNG: ".png",
    MP3: ".mp3",
    MP4: ".mp4",
    WEBM: ".webm",
    PDF: ".pdf",
    DOCX: ".docx",
    XLSX: ".xlsx",
    TEXT: ".txt",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much: sizes in bytes as they arrive, lengths in seconds, surfaces in pixels."""

    photo_bytes: int = 20 * MEGABYTE
    photo_pixels: int = 51_000_000  # the 50-megapixel phones of today, just
    photo_edge: int = 2560  # the longest edge that is kept
    png_bytes: int = 4 * MEGABYTE  # a kept picture with transparency; beyond it loses the transparency
    voice_bytes: int = 20 * MEGABYTE
    voice_seconds: int = 300
    video_bytes: int = 50 * MEGABYTE
    video_seconds: int = 180
    video_pixels: int = 9_000_000  # 4K, a frame
    document_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 100 * MEGABYTE  # all parts of a DOCX or XLSX together
    unpacked_ratio: int = 100  # counts from unpacked_free on: small repetitive tables pack well
    unpacked_free: int = 10 * MEGABYTE
    unpacked_parts: int = 2000

    def bytes_of(self, kind: Kind) -> int:
        """The size in bytes above which something of this kind is refused."""
        sizes: dict[Kind, int] = {
            "photo": self.photo_bytes,
            "voice": self.voice_bytes,
            "video": self.video_bytes,
            "document": self.document_bytes,
        }
        return sizes[kind]

    def seconds_of(self, kind: Kind) -> int:
        """The length in seconds above which a voice message or a video is refused."""
        return self.voice_seconds if kind == "voice" else self.video_seconds


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing on the shelf, found again by its digest (sha256, hex, of what is kept)."""

    digest: str
    kind: Kind
    mime: str
    bytes: int
    width: int | None = None  # pixels, for photo and video
    height: int | None = None
    seconds: int | None = None  # rounded up, for voice and video

    @property
    def download_name(self) -> str:
        """A file name that tells nothing about its sender (TRUST 24)."""
        return self.digest[:12] + SUFFIXES[self.mime]

    @property
    def shown_inline(self) -> bool:
        """Whether a browser may show it; what we did not make ourselves is only downloaded."""
        return self.kind != "document"


class MediaRefused(Retry):
    """What was sent can't be kept; `key` is a locale key and `params` are its words' numbers."""

    def __init__(self, key: RefusalKey, **params: str | int) -> None:
        super().__init__(key, **params)


class MediaGone(LookupError):
    """Nothing with this digest is on the shelf (never kept, or forgotten)."""


def too_big(kind: Kind, limits: Limits) -> MediaRefused:
    """Refusal of too many bytes or pixels; `megapixels` is 0 where only bytes count."""
    pixels = {"photo": limits.photo_pixels, "video": limits.video_pixels}.get(kind, 0)
    return MediaRefused(
        "media.too_big",
        kind=kind,
        megabytes=limits.bytes_of(kind) // MEGABYTE,
        megapixels=pixels // 1_000_000,
    )


def too_long(kind: Kind, limits: Limits) -> MediaRefused:
    """Refusal of a recording that lasts too long."""
    return MediaRefused("media.too_long", kind=kind, minutes=limits.seconds_of(kind) // 60)


def wrong_kind(wanted: str | None) -> MediaRefused:
    """Refusal of a file that is not of the wanted kind, or of no kind that is taken at all."""
    if wanted == "photo":
        return MediaRefused("media.not_a_photo")
    return MediaRefused("media.wrong_kind", wanted=wanted or "")
