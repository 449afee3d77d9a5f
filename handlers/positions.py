"""Where somebody is, is kept only with a consent of its own, asked for once (TRUST 25)."""

from dataclasses import replace

from domain.messages import Choice, Message, Press, Text
from handlers.visit import Visit

AGREE = "agree:sensitive:"
"""The button that agrees; the position it is about waits in memory until then."""

DECLINE = "position:no"

_ONLY_LOOK = ("link_home", "check_in")
"""Conversations that use a position to look around, and don't keep it."""


def needs_consent(visit: Visit) -> bool:
    """Whether a position sent now would be kept without their having agreed to that."""
    looking = visit.talk is not None and visit.talk.flow in _ONLY_LOOK
    return not looking and "sensitive" not in visit.person.consents


def ask() -> Message:
    """The question in plain words."""
    agree = Choice(AGREE, "consent.agree_sensitive")
    return Message("consent.sensitive", {}, ((agree,), (Choice(DECLINE, "consent.no_position", minor=True),)))


def as_press(visit: Visit) -> None:
    """「同意」 as a typed word is the button, while this is what was asked last."""
    what = visit.inbound.what
    if not isinstance(what, Text):
        return
    shown = [data for data, _, _ in visit.session.shown]
    chosen = visit.chosen(what.text) if AGREE in shown or DECLINE in shown else None
    if chosen is not None and chosen.data in (AGREE, DECLINE):
        visit.inbound = replace(visit.inbound, what=Press(chosen.data))


async def decline(visit: Visit, answer: str) -> list[Message]:
    """No position then: it is forgotten, and what was under way goes on."""
    return [await visit.beside(Message("consent.position_declined"))]
