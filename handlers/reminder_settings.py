"""提醒设置: what somebody is reminded of, and what they want to hear no more of."""

from domain.errors import DomainError, NotFound
from domain.messages import Choice, Message, Rows
from domain.reminders import KINDS, mutable, required
from handlers import quiet_hours
from handlers.visit import Visit


async def screen(visit: Visit) -> list[Message]:
    """Each kind with its state; its button says what pressing it does."""
    return [await _screen(visit)]


async def _screen(visit: Visit, changed: str = "", *, replaces: bool = False) -> Message:
    off = await visit.uow.reminders.muted(visit.person.id)
    kinds = [{"kind": kind.name, "on": kind.name not in off} for kind in mutable(visit.person)]
    own = await visit.uow.quiet_hours.of(visit.person.id)
    params = {
        "kinds": kinds,
        "duty": [kind.name for kind in required(visit.person)],
        "changed": changed,
        **quiet_hours.as_told(visit, own),
    }
    return Message("reminder.settings", params, _rows(kinds), replaces=replaces)


def _rows(kinds: list[dict[str, object]]) -> Rows:
    rows = []
    for kind in kinds:
        turn = "off" if kind["on"] else "on"
        rows.append((Choice(f"remind:{kind['kind']}:{turn}", f"reminder.turn_{turn}", kind),))
    rows.append((Choice("go:quiet_hours", "command.quiet_hours"),))
    return tuple(rows)


async def press(visit: Visit, kind: str, turn: str) -> list[Message]:
    """Switch one kind off or on. The button names the state it leads to: pressed twice it stays there."""
    if kind not in KINDS or turn not in ("off", "on"):
        raise NotFound
    if KINDS[kind].duty:
        raise DomainError("reminder.duty")
    if turn == "off":
        await visit.uow.reminders.mute(visit.person.id, kind, visit.now.moment)
    else:
        await visit.uow.reminders.unmute(visit.person.id, kind)
    return [await _screen(visit, f"{kind}.{turn}", replaces=True)]
