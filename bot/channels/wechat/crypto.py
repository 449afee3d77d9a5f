"""Signatures and the safe mode's encryption, as the platform defines them (CHANNELS §3)."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32
"""Bytes that the padding fills up to: twice AES's own block, as the platform wants it."""

RANDOM, LENGTH = 16, 4
"""Bytes before the message: random ones, then its length."""


class Unreadable(Exception):
    """Not encrypted with our key, or not for us; `reason` is a fixed word, never what was in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def signature(*parts: str) -> str:
    """The platform's signature of a token, a timestamp, a nonce and, in safe mode, the ciphertext."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether this is the signature, compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


@dataclass(frozen=True, slots=True)
class Seal:
    """One EncodingAESKey (43 characters) of one account."""

    key: bytes
    app_id: bytes

    @classmethod
    def of(cls, encoding_key: str, app_id: str) -> "Seal":
        """The key as the platform's console shows it."""
        return cls(base64.b64decode(encoding_key + "="), app_id.encode())

    def close(self, message: bytes, random: bytes = b"") -> str:
        """The message encrypted, in base64; `random` are 16 bytes, drawn when none are given."""
        random = random or secrets.token_bytes(RANDOM)
        plain = random + len(message).to_bytes(LENGTH, "big") + message + self.app_id
        fill = BLOCK - len(plain) % BLOCK
        worker = self._cipher().encryptor()
        return base64.b64encode(worker.update(plain + bytes([fill]) * fill) + worker.finalize()).decode()

    def open(self, encrypted: str) -> bytes:
        """The message. Raises Unreadable: no ciphertext, another key, wrong padding, another account."""
        try:
            data = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("not_base64") from None
        if not data or len(data) % (AES.block_size // 8):
            raise Unreadable("not_whole_blocks")
        worker = self._cipher().decryptor()
        return self._checked(worker.update(data) + worker.finalize())

    def _checked(self, plain: bytes) -> bytes:
        fill = plain[-1]
        if not 1 <= fill <= BLOCK or plain[-fill:] != bytes([fill]) * fill:
            raise Unreadable("padding")
        body = plain[RANDOM + LENGTH : -fill]
        length = int.from_bytes(plain[RANDOM : RANDOM + LENGTH], "big")
        if len(plain) < RANDOM + LENGTH + fill or length > len(body):
            raise Unreadable("length")
        if not hmac.compare_digest(body[length:], self.app_id):
            raise Unreadable("app_id")
        return body[:length]

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self.key), CBC(self.key[: AES.block_size // 8]))


@dataclass(frozen=True, slots=True)
class Seals:
    """The key in use and, while it is being changed, the one before it."""

    seals: tuple[Seal, ...]

    @classmethod
    def of(cls, app_id: str, *encoding_keys: str) -> "Seals":
        """The keys in order, the empty ones left out."""
        return cls(tuple(Seal.of(key, app_id) for key in encoding_keys if key))

    def __bool__(self) -> bool:
        return bool(self.seals)

    def open(self, encrypted: str) -> tuple[bytes, Seal]:
        """The message and the key it came under: the answer goes back under the same. Raises Unreadable."""
        trouble = Unreadable("no_key")
        for seal in self.seals:
            try:
                return seal.open(encrypted), seal
            except Unreadable as unreadable:
                trouble = unreadable if trouble.reason == "no_key" else trouble
        raise trouble
