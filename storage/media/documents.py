"""Documents are kept as they are, once it is certain that they are what they seem and hide no programs."""

import io
import re
import struct
import zipfile
import zlib

from domain.media import DOCX, PDF, TEXT, XLSX, Limits, MediaRefused, too_big, wrong_kind
from storage.media.kinds import Form, read_text
from storage.media.made import Made

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
    struct.error,
)
_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_CONTENTS = "[Content_Types].xml"
_PROGRAMS = re.compile(
    r"vbaproject|vbadata|macrosheets|activex|\.(exe|dll|js|vbs|bat|ps1|scr)$", re.IGNORECASE
)
_CHUNK = 64 * 1024
_ENCRYPTED = 0x1


def make_document(data: bytes, form: Form, limits: Limits) -> Made:
    """The checked document; texts are brought to UTF-8, the others stay byte for byte.

    Raises MediaRefused `media.wrong_kind` (programs inside, or another archive), `media.too_big` (what it
    unpacks to) or `media.broken`. TRUST 14.
    """
    if form is Form.PDF:
        return _pdf(data)
    if form is Form.OFFICE:
        return _office(data, limits)
    return Made((read_text(data) or "").encode(), "document", TEXT)


def _pdf(data: bytes) -> Made:
    if b"%%EOF" not in data[-2048:]:
        raise _broken()
    return Made(data, "document", PDF)


def _office(data: bytes, limits: Limits) -> Made:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive.infolist(), data, limits)
            mime = _mime_of(archive)
            _unpack(archive, limits)
    except _DAMAGE as damage:
        raise _broken() from damage
    return Made(data, "document", mime)


def _check_parts(parts: list[zipfile.ZipInfo], data: bytes, limits: Limits) -> None:
    """What the table of contents alone tells, before a byte is unpacked."""
    names = [part.filename for part in parts]
    if len(parts) > limits.unpacked_parts:
        raise too_big("document", limits)
    if any(map(_leads_outside, names)) or len(set(names)) != len(names) or any(map(_PROGRAMS.search, names)):
        raise wrong_kind("document")
    if any(part.flag_bits & _ENCRYPTED for part in parts) or not _whole(parts, data):
        raise _broken()
    total = sum(part.file_size for part in parts)
    if total > limits.unpacked_bytes or total > max(limits.unpacked_free, limits.unpacked_ratio * len(data)):
        raise too_big("document", limits)


def _leads_outside(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _whole(parts: list[zipfile.ZipInfo], data: bytes) -> bool:
    """Nothing glued before the first part or behind the table of contents."""
    end = data.rfind(b"PK\x05\x06")
    return bool(parts) and min(part.header_offset for part in parts) == 0 and end == len(data) - 22


def _mime_of(archive: zipfile.ZipFile) -> str:
    """DOCX or XLSX; an archive that is neither, or that announces macros, is not taken."""
    names = set(archive.namelist())
    found = [mime for part, mime in _MAIN_PARTS.items() if part in names]
    if len(found) != 1 or _CONTENTS not in names:
        raise wrong_kind("document")
    with archive.open(_CONTENTS) as part:
        if b"macroenabled" in part.read(1024 * 1024).lower():
            raise wrong_kind("document")
    return found[0]


def _unpack(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpacks into nothing: the sizes in the table of contents may lie, and the checksums are proven."""
    unpacked = 0
    for part in archive.infolist():
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > limits.unpacked_bytes:
                    raise too_big("document", limits)


def _broken() -> MediaRefused:
    return MediaRefused("media.broken", kind="document")
