"""What every line about a case can say: the facts that screens and notices share."""

from typing import Any

from domain.cases import Case, State


def brief(case: Case) -> dict[str, Any]:
    """What every line about a case can say; nothing of who filed it."""
    return {
        "number": case.number,
        "state": str(case.state),
        "kind": case.kind,
        "about": case.words,
        "urgent": case.urgent,
        "place": case.place,
        "accept_by": case.accept_by.isoformat(),
        "opinion_by": case.opinion_by.isoformat(),
        "answer_by": case.answer_by.isoformat(),
        "filed_at": case.filed_at.isoformat(),
        "round": case.round,
        "rating": case.rating or ("unrated" if case.state == State.CLOSED else ""),
        "waits_for": str(case.waits_for) if case.waits_for else "",
        "wait_until": case.wait_until.isoformat() if case.wait_until else "",
    }
