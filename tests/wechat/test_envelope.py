"""XML is read without trusting it and written so that nobody's words break out of it."""

import xml.etree.ElementTree as ET
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.envelope import LIMIT, Malformed, cdata, read, text_reply

LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))


def reason(body: bytes) -> str:
    """Why it is refused."""
    with pytest.raises(Malformed) as refused:
        read(body)
    return refused.value.reason


@pytest.mark.parametrize(
    "body, why",
    [
        (b"<!DOCTYPE xml [" + LAUGHS + b"]><xml><Content>&l9;</Content></xml>", "forbidden_xml"),
        (b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>', "forbidden_xml"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/">]><xml><A>&e;</A></xml>', "forbidden_xml"),
        (b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><xml/>', "forbidden_xml"),
        (b"<!DOCTYPE xml><xml/>", "forbidden_xml"),
        (b"<xml><A>&e;</A></xml>", "not_xml"),
        (b"<xml>" + b"<a>" * 20_000, "too_deep"),
        (b"<xml>" + b"<a>" * 8 + b"</a>" * 8 + b"</xml>", "too_deep"),
        (b"<html><xml/></html>", "another_root"),
        (b"<xml><A>1</xml>", "not_xml"),
        (b"<xml/><xml/>", "not_xml"),
        (b"", "not_xml"),
        (b'{"ToUserName":"gh"}', "not_xml"),
        (b"\xff\xfe<\0x\0m\0l\0/\0>\0", "not_xml"),
        (b"<xml>" + b"x" * LIMIT + b"</xml>", "too_big"),
    ],
)
def test_what_is_no_message_is_refused_in_no_time(body: bytes, why: str) -> None:
    assert reason(body) == why


def test_fields_and_lists_are_read() -> None:
    found = read(
        '<?xml version="1.0" encoding="gb2312"?><!-- x --><xml><A><![CDATA[一 & <b>]]></A><B>1</B><B>2</B>'
        "<L><List><Id>1</Id></List><List><Id>2</Id><S>是</S></List></L><Empty/></xml>".encode()
    )
    assert dict(found.fields) == {"A": "一 & <b>", "B": "1", "Empty": ""}
    assert [(name, dict(group)) for name, group in found.groups] == [
        ("List", {"Id": "1"}),
        ("List", {"Id": "2", "S": "是"}),
    ]


def test_what_xml_can_not_hold_costs_only_itself() -> None:
    assert read("<xml><Content><![CDATA[路灯\x0b\x00不亮\ufffe😀]]></Content></xml>".encode()).text(
        "Content"
    ) == ("路灯不亮😀")
    assert read(b"<xml><Content>\xf0\x9f</Content></xml>").text("Content")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_words_stay_words(words: str) -> None:
    """A resident's `]]>` must not become elements of the answer."""
    written = text_reply("o-1", "gh_1", 1, words + "]]><MsgType>x</MsgType>" + words)
    found = ET.fromstring(written.encode("utf-8", "surrogatepass"))  # noqa: S314 - our own
    assert [child.tag for child in found] == [
        "ToUserName", "FromUserName", "CreateTime", "MsgType", "Content",
    ]  # fmt: skip
    assert "]]><MsgType>x</MsgType>" in (found.findtext("Content") or "")
    assert found.findtext("MsgType") == "text"
    assert cdata("]]>") == "<![CDATA[]]]]><![CDATA[>]]>"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_no_body_raises_anything_else(body: bytes) -> None:
    for one in (body, b"<xml>" + body + b"</xml>", b"<xml><A><![CDATA[" + body + b"]]></A></xml>"):
        with suppress(Malformed):
            read(one)
