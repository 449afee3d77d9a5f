"""Signatures and safe mode against the vectors of others, byte for byte, and against a library of others."""

import base64
import json
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.channels.wechat.crypto import Seal, Seals, Unreadable, is_signed, signature
from tests.wechat.platform import APP_ID, KEY, TOKEN

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "vectors.json").read_text())
OLD = "Z" * 43
SEAL = Seal.of(KEY, APP_ID)
FIXED = b"0123456789abcdef"


@pytest.mark.parametrize("vector", VECTORS["signature"], ids=lambda v: v["src"])
def test_a_signature_of_the_platforms_own(vector: dict[str, str]) -> None:
    parts = (vector["token"], vector["timestamp"], vector["nonce"])
    assert signature(*parts) == vector["signature"]
    assert is_signed(vector["signature"], *reversed(parts))
    assert not is_signed(vector["signature"].upper(), *parts)
    assert not is_signed("", *parts) and not is_signed("签", *parts)


@pytest.mark.parametrize("vector", VECTORS["safe_mode"], ids=lambda v: v["id"])
def test_a_vector_of_others_both_ways(vector: dict[str, str]) -> None:
    seal = Seal.of(vector["key"], vector["appid"])
    assert seal.open(vector["encrypt"]) == vector["plain"].encode()
    assert seal.close(vector["plain"].encode(), vector["random"].encode()) == vector["encrypt"]
    if told := vector.get("msg_signature"):
        assert signature(vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"]) == told


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=700))
def test_a_library_of_others_reads_what_we_close_and_closes_what_we_read(words: str) -> None:
    other = WeChatCrypto(TOKEN, KEY, APP_ID)
    closed = SEAL.close(words.encode())
    told = {"Encrypt": closed}
    assert other.decrypt_message(told, signature(TOKEN, "1", "2", closed), "1", "2") == words
    sealed = other.encrypt_message(words, "2", "1")
    encrypted = sealed.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    assert SEAL.open(encrypted).decode() == words


def sealed(plain: bytes) -> str:
    """Any bytes under our key."""
    worker = Cipher(AES(SEAL.key), CBC(SEAL.key[:16])).encryptor()
    return base64.b64encode(worker.update(plain) + worker.finalize()).decode()


def framed(message: bytes, length: int, app_id: bytes, pad: bytes | None = None) -> str:
    """A frame with the length, the account and the padding a test wants."""
    plain = b"r" * 16 + length.to_bytes(4, "big") + message + app_id
    fill = 32 - len(plain) % 32
    return sealed(plain + (bytes([fill]) * fill if pad is None else pad))


def cut(encrypted: str, length: int) -> str:
    """So many bytes of a ciphertext."""
    return base64.b64encode(base64.b64decode(encrypted)[:length]).decode()


@pytest.mark.parametrize(
    "encrypted, reason",
    [
        ("", "not_whole_blocks"),
        ("####", "not_base64"),
        ("签", "not_base64"),
        (base64.b64encode(b"x" * 31).decode(), "not_whole_blocks"),
        (SEAL.close(b"<xml/>", FIXED)[:-4], "not_whole_blocks"),
        (cut(SEAL.close(b"<xml/>" * 20, FIXED), 64), "padding"),
        (Seal.of(OLD, APP_ID).close(b"<xml/>", FIXED), "padding"),
        (sealed(b"\0" * 64), "padding"),
        (sealed(b"x" * 31 + b"\x21" + b"\x21" * 32), "padding"),
        (sealed(b"x" * 48 + b"\x0f" * 15 + b"\x10"), "padding"),
        (sealed(b"\x20" * 32), "length"),
        (framed(b"<xml/>", 2**32 - 1, APP_ID.encode()), "length"),
        (framed(b"<xml/>", 25, APP_ID.encode()), "length"),
        (framed(b"<xml/>", 5, APP_ID.encode()), "app_id"),
        (framed(b"<xml/>", 6, b"wx0000000000000000"), "app_id"),
        (framed(b"<xml/>", 6, b""), "app_id"),
    ],
)
def test_what_is_not_ours_is_refused_with_a_fixed_word(encrypted: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        SEAL.open(encrypted)
    assert refused.value.reason == reason
    with pytest.raises(Unreadable):
        Seals((SEAL, Seal.of(OLD, APP_ID))).open(framed(b"<xml/>", 6, b"wx0000000000000000"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.randoms(use_true_random=False))
def test_no_bytes_raise_anything_else(noise: bytes, dice: random.Random) -> None:
    whole = bytearray(base64.b64decode(SEAL.close(noise)))
    whole[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
    for data in (noise, bytes(whole), bytes(whole[: len(whole) // 16 * 16 - 16])):
        with suppress(Unreadable):
            SEAL.open(base64.b64encode(data).decode())


def test_the_key_before_is_read_during_rotation_and_answered_under() -> None:
    seals = Seals.of(APP_ID, KEY, OLD)
    for key in (KEY, OLD):
        message, seal = seals.open(Seal.of(key, APP_ID).close(b"<xml>1</xml>"))
        assert (message, seal) == (b"<xml>1</xml>", Seal.of(key, APP_ID))
    with pytest.raises(Unreadable):
        Seals.of(APP_ID, KEY, "").open(Seal.of(OLD, APP_ID).close(b"<xml/>"))
    assert not Seals.of(APP_ID, "", "")


def test_nothing_is_encrypted_twice_alike() -> None:
    assert SEAL.close(b"<xml/>") != SEAL.close(b"<xml/>")
