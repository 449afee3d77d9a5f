"""Documents are what they seem, or are not taken."""

import io

import pytest
from openpyxl import Workbook

from domain.media import DOCX, TEXT, XLSX
from storage.media import Shelf
from tests.media import samples
from tests.media.conftest import Lying, refusal


def workbook() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.create_sheet("表").append(["代码", "名称"])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "data, mime",
    [(samples.PDF, "application/pdf"), (samples.docx(), DOCX), (workbook(), XLSX)],
)
async def test_a_document_is_kept_byte_for_byte_and_only_downloaded(
    shelf: Shelf, data: bytes, mime: str
) -> None:
    kept = await shelf.take(data, mime, "document")

    assert (kept.kind, kept.mime) == ("document", mime)
    assert not kept.shown_inline
    assert await shelf.open(kept.digest) == data
    assert kept.download_name.startswith(kept.digest[:12])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
async def test_a_text_is_kept_in_utf8(shelf: Shelf, encoding: str) -> None:
    words = "三号楼的楼梯一下雨就打滑。\r\nBMW停在消防通道。"

    kept = await shelf.take(words.encode(encoding), "text/plain")

    assert kept.mime == TEXT
    assert (await shelf.open(kept.digest)).decode() == words


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><!DOCTYPE svg><svg/>',
        b"\xef\xbb\xbf \n<!DOCTYPE html><html></html>",
        "<html>".encode("utf-16"),
        b"hello <script>alert(1)</script>",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200),
        b"\x7fELF\x02\x01\x01" + bytes(200),
        b"{\\rtf1 hello}",
        b"Rar!\x1a\x07\x01\x00",
        b"\x1f\x8b\x08\x00" + bytes(50),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1" + bytes(100),
        samples.archive({"a.txt": b"x"}),
        samples.archive({"META-INF/MANIFEST.MF": b"x", "classes.dex": b"x"}),
    ],
)
async def test_pages_programs_and_archives_are_refused(shelf: Shelf, lying: Lying, data: bytes) -> None:
    for claimed in (None, "application/pdf", "image/png", "application/octet-stream"):
        refused = await refusal(shelf, data, claimed)
        assert refused.key == ("media.not_a_photo" if claimed == "image/png" else "media.wrong_kind")
    assert (await refusal(shelf, data, None, "photo")).key == "media.not_a_photo"
    assert lying() == []


@pytest.mark.parametrize(
    "data",
    [
        samples.docx(word__vbaProject=b"x"),
        samples.docx(**{"word__vbaProject.bin": b"x"}),
        samples.docx(**{"word__activeX__activeX1.xml": b"x"}),
        samples.docx(**{"xl__macrosheets__sheet1.xml": b"x"}),
        samples.docx(**{"..__..__evil.txt": b"x"}),
        samples.docx(__etc__passwd=b"x"),
        samples.docx(**{"word\\..\\evil": b"x"}),
        samples.docx(**{"word__embeddings__run.exe": b"x"}),
        samples.docx(xl__workbook=b"x").replace(b"xl/workbook", b"xl:workbook"),
        samples.archive(
            {"[Content_Types].xml": b"ms-word.document.macroEnabled.main+xml", "word/document.xml": b"x"}
        ),
    ],
)
async def test_programs_in_documents_and_ways_out_are_refused(
    shelf: Shelf, lying: Lying, data: bytes
) -> None:
    assert (await refusal(shelf, data, DOCX, "document")).key == "media.wrong_kind"
    assert lying() == []


async def test_zip_bombs_are_refused(shelf: Shelf, lying: Lying) -> None:
    packed = samples.docx(word__a=bytes(30_000_000))
    many = samples.docx(**{f"word__{number}": b"" for number in range(2001)})
    # The table of contents promises little, the part holds much.
    size = (30_000_000).to_bytes(4, "little")
    lying_sizes = packed.replace(size, (1000).to_bytes(4, "little"))

    assert (await refusal(shelf, packed)).key == "media.too_big"
    assert (await refusal(shelf, many)).key == "media.too_big"
    assert (await refusal(shelf, lying_sizes)).key == "media.broken"
    assert lying() == []


@pytest.mark.parametrize(
    "data",
    [
        samples.PDF[:-10],
        samples.docx()[:-30],
        samples.docx() + b"<script>alert(1)</script>",
        workbook()[:2000],
    ],
)
async def test_cut_and_lengthened_documents_are_refused(shelf: Shelf, lying: Lying, data: bytes) -> None:
    assert (await refusal(shelf, data)).key == "media.broken"
    assert lying() == []


async def test_a_damaged_part_is_noticed(shelf: Shelf) -> None:
    sent = bytearray(samples.docx(word__a=b"0123456789" * 3))
    sent[sent.index(b"word/a") + 8] ^= 0xFF

    assert (await refusal(shelf, bytes(sent))).key == "media.broken"
