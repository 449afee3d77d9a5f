"""Invites as they are handed out: the code made, its deep links, its QR picture, why one can't be made."""

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import segno

from bot.settings import Settings
from domain.casework import Now
from domain.codes import INVITE_LENGTH, digest, draw
from domain.errors import DomainError
from domain.people import Role
from storage.seats import Place, Seats
from storage.unit import UnitOfWork

DAYS = 7
"""An unused code is good for so long."""

ROLES: Mapping[str, Role] = {
    "liaison": "liaison",
    "representative": "representative",
    "department": "contact",
    "office": "officer",
}
"""Roles as the office says them, and the seats they mean."""


@dataclass(frozen=True, slots=True)
class Made:
    """A fresh invite: the code is nowhere else, only its digest is kept."""

    place: Place
    code: str
    until: datetime
    replaced: bool
    """Whether an earlier unused code of this seat has become void."""

    @property
    def grouped(self) -> str:
        """The code as it is read aloud and typed."""
        return "-".join(self.code[i : i + 4] for i in range(0, len(self.code), 4))

    def links(self, settings: Settings, bot: str) -> dict[str, str]:
        """Where a tap or a scan leads, by channel; Telegram's only where the bot's name is known."""
        base = settings.public_url or f"http://127.0.0.1:{settings.port}"
        found = {"web": f"{base}/?start=i_{self.code}"}
        if bot:
            found["telegram"] = f"https://t.me/{bot}?start=i_{self.code}"
        return found

    def as_json(self, links: Mapping[str, str]) -> dict[str, Any]:
        """The invite for programs."""
        place = self.place
        return {
            "code": self.grouped, "role": place.seat.role, "of": place.code, "name": place.name,
            "where": place.where, "until": self.until.isoformat(), "links": dict(links),
        }  # fmt: skip


async def make(uow: UnitOfWork, now: Now, secret: bytes, place: Place) -> Made:
    """Invite to this seat; an earlier code for it that nobody has used is void from now on."""
    code = draw(INVITE_LENGTH, secrets.randbelow)
    void = await Seats(uow.connection).revoke_invites(place.seat, now.moment)
    await uow.codes.invite(digest(secret, code), place.seat, now.moment, DAYS)
    return Made(place, code, now.moment + timedelta(days=DAYS), bool(void))


async def find(uow: UnitOfWork, role: Role, code: str) -> Place:
    """The seat of that code. Raises DomainError: unknown, of another role, no longer in service."""
    seats = Seats(uow.connection)
    place = await seats.by_code(role, code)
    if place is None:
        others = await seats.roles_of_code(code)
        if others:
            raise DomainError("program.invite.wrong_role", code=code, role=role, other=others[0])
        raise DomainError("program.invite.unknown_seat", code=code, role=role)
    if not place.serves:
        raise DomainError("program.invite.not_serving", name=place.name)
    return place


async def liaison_of(uow: UnitOfWork, workroom: str) -> Place:
    """The seat of a workroom's liaison. Raises DomainError."""
    found = await Seats(uow.connection).listed("liaison", workroom)
    if not found:
        room = await uow.registry.workroom_by_code(workroom)
        key = "program.invite.no_liaison" if room else "program.invite.no_workroom"
        raise DomainError(key, code=workroom)
    return found[0]


async def revoke(uow: UnitOfWork, now: Now, secret: bytes, code: str) -> str:
    """Make a code void and say whose it was. Raises DomainError: unknown, used, revoked, expired."""
    seats, known = Seats(uow.connection), digest(secret, code)
    invite = await seats.invite(known)
    if invite is None:
        raise DomainError("program.invite.unknown_code")
    if invite.used_at:
        raise DomainError("program.invite.used", on=invite.used_at.isoformat())
    if invite.revoked_at:
        raise DomainError("program.invite.revoked_before", on=invite.revoked_at.isoformat())
    if invite.expires_at <= now.moment:
        raise DomainError("program.invite.expired", on=invite.expires_at.isoformat())
    await uow.codes.revoke(known, now.moment)
    return await uow.registry.name_of_seat(str(invite.seat))


def in_terminal(link: str) -> str:
    """The link as a QR picture of block characters."""
    out = io.StringIO()
    segno.make(link, error="m", micro=False).terminal(out, compact=True, border=2)
    return out.getvalue().rstrip("\n")


def as_picture(link: str, file: Path) -> None:
    """The link as a QR picture in a PNG file. Raises OSError."""
    segno.make(link, error="m", micro=False).save(str(file), kind="png", scale=10, border=4)
