"""Tells what a file is by its bytes alone; names and claimed types only ever contradict."""

from enum import Enum

import puremagic

from domain.media import DOCX, PDF, XLSX, Kind


class Form(Enum):
    """The forms of file that are taken, each with the name its decoder goes by."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    GIF = "GIF"
    HEIF = "HEIF"
    OGG = "ogg"
    MATROSKA = "matroska"
    MP4 = "mp4"
    AMR = "amr"
    MP3 = "mp3"
    AAC = "aac"
    WAV = "wav"
    PDF = "pdf"
    OFFICE = "zip"
    TEXT = "text"


PICTURES = frozenset({Form.JPEG, Form.PNG, Form.WEBP, Form.GIF, Form.HEIF})
RECORDINGS = frozenset({Form.OGG, Form.MATROSKA, Form.MP4, Form.AMR, Form.MP3, Form.AAC, Form.WAV})

_STARTS = (
    (b"\xff\xd8\xff", Form.JPEG),
    (b"\x89PNG\r\n\x1a\n", Form.PNG),
    (b"GIF87a", Form.GIF),
    (b"GIF89a", Form.GIF),
    (b"OggS\x00", Form.OGG),
    (b"\x1a\x45\xdf\xa3", Form.MATROSKA),
    (b"#!AMR\n", Form.AMR),
    (b"#!AMR-WB\n", Form.AMR),
    (b"ID3", Form.MP3),
    (b"%PDF-", Form.PDF),
    (b"PK\x03\x04", Form.OFFICE),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
# Boxes with which QuickTime files older than the ftyp box begin.
_OLD_MOVIE_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
# Anything a browser could be talked into running, and containers made of text.
_NOT_PLAIN = ("<?xml", "<!doctype", "<html", "<svg", "<script", "<iframe", "<body")
_NOT_PLAIN_STARTS = ("<", "#!", "{\\rtf", "%!", "MIME-Version:")
_CALENDAR = "begin:vcalendar"  # a notice of holidays: plain lines, though they have a signature of their own
_SURE_MAGIC = 4  # bytes: shorter signatures ("BM", "MZ") are also how honest texts begin


def recognise(data: bytes) -> Form | None:
    """The form of this file, or None when it is none that is taken."""
    for start, form in _STARTS:
        if data.startswith(start):
            return form
    if data[:4] == b"RIFF":
        return {b"WEBP": Form.WEBP, b"WAVE": Form.WAV}.get(data[8:12])
    if data[4:8] == b"ftyp" or data[4:8] in _OLD_MOVIE_BOXES:
        return _boxed(data)
    return _framed(data) or (Form.TEXT if read_text(data) is not None else None)


def _boxed(data: bytes) -> Form | None:
    """HEIF pictures and MP4 films share one container; its brands tell them apart."""
    if data[4:8] != b"ftyp":
        return Form.MP4
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12]} | {data[at : at + 4] for at in range(16, length, 4)}
    if brands & _AVIF_BRANDS:
        return None
    return Form.HEIF if brands & _HEIF_BRANDS else Form.MP4


def _framed(data: bytes) -> Form | None:
    """MP3 and AAC have no header, only frames: sync bits, then layer, rate and bit rate in range."""
    if len(data) < 4 or data[0] != 0xFF:
        return None
    if data[1] & 0xF6 == 0xF0 and (data[2] >> 2) & 0x0F < 13:
        return Form.AAC
    layer_three = data[1] & 0xE6 == 0xE2 and (data[1] >> 3) & 3 != 1
    in_range = 0 < data[2] >> 4 < 15 and (data[2] >> 2) & 3 != 3
    return Form.MP3 if layer_three and in_range else None


def read_text(data: bytes) -> str | None:
    """The words of a plain text file (UTF-8, UTF-16 with its mark, or GB18030), or None if it is none."""
    text = _decoded(data)
    if text is None or not text.strip() or _has_control(text):
        return None
    head = text[:4096].lstrip().lower()
    if head.startswith(tuple(start.lower() for start in _NOT_PLAIN_STARTS)):
        return None
    if any(mark in head for mark in _NOT_PLAIN):
        return None
    if not head.startswith(_CALENDAR) and _known_otherwise(data):
        return None
    return text


def _decoded(data: bytes) -> str | None:
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _has_control(text: str) -> bool:
    """Control characters, private use and stray surrogates do not occur in a text for people."""
    return any(
        (mark < " " and mark not in "\t\n\r\f") or "\x7f" <= mark <= "\x9f" or "\ue000" <= mark <= "\uf8ff"
        for mark in set(text)
    )


def _known_otherwise(data: bytes) -> bool:
    """A second opinion: a long signature of some other format at the very start."""
    try:
        found = puremagic.magic_string(data[:65536])
    except (puremagic.PureError, ValueError):
        return False
    return any(
        len(one.byte_match) >= _SURE_MAGIC and data.startswith(one.byte_match) and "text" not in one.mime_type
        for one in found
    )


_CLAIMS: dict[str, frozenset[Kind]] = {
    "image": frozenset({"photo"}),
    # Browsers call a recorded voice video/webm, phones call it audio/3gpp or video/3gpp.
    "audio": frozenset({"voice", "video"}),
    "video": frozenset({"voice", "video"}),
    "text": frozenset({"document"}),
    PDF: frozenset({"document"}),
    DOCX: frozenset({"document"}),
    XLSX: frozenset({"document"}),
}


def contradicts(claimed: str | None, kind: Kind) -> bool:
    """Whether the sender's MIME type names another kind than the bytes do; an unknown type claims nothing."""
    name = (claimed or "").partition(";")[0].strip().lower()
    allowed = _CLAIMS.get(name) or _CLAIMS.get(name.partition("/")[0])
    return allowed is not None and kind not in allowed


def fits(wanted: str | None, kind: Kind) -> bool:
    """Whether this kind is what was asked for; 'document' is what channels call any file sent as a file."""
    return wanted in (None, "document", kind)
