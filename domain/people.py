"""Who somebody is here: a resident always, and whatever seats an invite has given."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["liaison", "representative", "contact", "officer"]
ROLES: tuple[Role, ...] = ("liaison", "representative", "contact", "officer")
Consent = Literal["basic", "abroad", "sensitive"]

LANGUAGES = ("zh_CN", "en")
"""What people can be answered in; the first is the default."""

ABROAD = ("telegram",)
"""Channels whose servers stand outside the country: data leaving it needs its own consent (TRUST 25)."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A place that notices are addressed to: `liaison:3`, or `person:9` for a resident."""

    role: str
    id: int

    def __str__(self) -> str:
        return f"{self.role}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Seat":
        """The seat that `str` wrote."""
        role, _, number = text.partition(":")
        return cls(role, int(number))


@dataclass(frozen=True, slots=True)
class Holding:
    """A staff seat somebody is bound to. `workroom` or `department` says where it counts."""

    role: Role
    id: int
    name: str
    workroom: int | None = None
    department: int | None = None

    @property
    def seat(self) -> Seat:
        """As notices name it."""
        return Seat(self.role, self.id)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody we may remember: language, home, seats, consents given and not withdrawn."""

    id: int
    language: str
    name: str = ""
    home: int | None = None
    holdings: tuple[Holding, ...] = ()
    consents: frozenset[str] = frozenset()

    @property
    def seat(self) -> Seat:
        """The resident's own seat."""
        return Seat("person", self.id)

    def holding(self, role: Role) -> tuple[Holding, ...]:
        """The seats of one role."""
        return tuple(h for h in self.holdings if h.role == role)

    @property
    def is_staff(self) -> bool:
        """Whether any seat is held."""
        return bool(self.holdings)


def consents_needed(channel: str) -> tuple[Consent, ...]:
    """What must have been agreed to before anything is remembered, in the order of asking."""
    return ("basic", "abroad") if channel in ABROAD else ("basic",)
