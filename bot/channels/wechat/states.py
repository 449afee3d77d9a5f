"""What travels to WeChat's own page and back with whoever opens ours: signed, for one browser, once."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from handlers.ports import Clock

GOOD = timedelta(minutes=10)
"""How long somebody may take between the two."""

NONCE, MOMENT, MARK = 32, 8, 64
"""Characters of a state: the platform takes 128 letters and digits, and no others."""

_STATE = re.compile(f"[0-9a-f]{{{NONCE + MOMENT + MARK}}}")
_BINDING = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser keeps (a cookie) and what travels (the state)."""

    binding: str
    state: str


class States:
    """Makes and checks them; nothing is stored until one has come back."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret, self._clock = secret, clock

    def begin(self) -> Begun:
        """A fresh pair."""
        binding = secrets.token_hex(32)
        nonce = hashlib.sha256(binding.encode()).hexdigest()[:NONCE]
        moment = f"{int(self._clock().timestamp()):0{MOMENT}x}"
        return Begun(binding, nonce + moment + self._mark(nonce + moment))

    def nonce_of(self, state: str, binding: str) -> str | None:
        """The name of a state that is ours, of this browser and fresh; None for any other."""
        if not _STATE.fullmatch(state) or not _BINDING.fullmatch(binding):
            return None
        said, mark = state[: NONCE + MOMENT], state[NONCE + MOMENT :]
        bound = hashlib.sha256(binding.encode()).hexdigest()[:NONCE]
        signed = hmac.compare_digest(mark, self._mark(said))
        if not signed or not hmac.compare_digest(said[:NONCE], bound):
            return None
        age = self._clock().timestamp() - int(said[NONCE:], 16)
        return said[:NONCE] if 0 <= age <= GOOD.total_seconds() else None

    def _mark(self, said: str) -> str:
        return hmac.new(self._secret, f"wechat enter {said}".encode(), hashlib.sha256).hexdigest()
