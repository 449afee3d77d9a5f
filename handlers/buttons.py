"""Which buttons stand under a case for whom: exactly what the table allows them now."""

from domain.cases import STAFF_ORDER, Case, Part, State, may
from domain.casework import Now, may_reopen, may_undo
from domain.messages import Choice, Rows
from domain.tasks import LEADING, is_turn_of, task_of

MAIN = 4
"""So many main buttons; the rest are small (EXPERIENCE 11)."""

ADVICE = ("advise_direct", "advise_route", "advise_escalate", "advise_visit")


def do(action: str, number: str, *, minor: bool = False) -> Choice:
    """The button of one action on one case."""
    return Choice(f"do:{number}:{action}", f"case.do.{action}", minor=minor)


def _possible(case: Case, parts: frozenset[Part]) -> list[str]:
    names = []
    for action in STAFF_ORDER:
        if action == "advise":
            if any(may(advice, case, parts) for advice in ADVICE):
                names.append(action)
        elif may(action, case, parts):
            names.append(action)
    return names


def _ordered(case: Case, parts: frozenset[Part]) -> list[str]:
    """What is waited for first, when it is this person's turn; the rest in the table's order."""
    names = _possible(case, parts)
    due = LEADING.get(task_of(case), ()) if is_turn_of(parts, case) else ()
    leading = [name for name in due if name in names]
    return leading + [name for name in names if name not in leading]


def for_staff(case: Case, parts: frozenset[Part]) -> Rows:
    """Main actions first, two in a row; then the rest, small, three in a row; then the whole case."""
    names = _ordered(case, parts)
    main = [do(name, case.number) for name in names[:MAIN]]
    rest = [do(name, case.number, minor=True) for name in names[MAIN:]]
    show = Choice(f"show:{case.number}", "case.do.show", minor=True)
    return (*_rows(main, 2), *_rows([*rest, show], 3))


def for_filer(case: Case, now: Now) -> Rows:
    """What the resident can do with it now."""
    number = case.number
    if case.state == State.ANSWERED:
        return (
            *rating(case),
            (do("add", number, minor=True), Choice(f"show:{number}", "case.do.show", minor=True)),
        )
    actions = []
    if case.is_open:
        actions.append(do("add", number))
    if may_undo(case, now):
        actions.append(do("undo", number, minor=True))
    if may("withdraw", case, frozenset({Part.FILER})) and not may_undo(case, now):
        actions.append(do("withdraw", number, minor=True))
    if may_reopen(case, now):
        actions.append(do("reopen", number))
    return _rows(actions, 2)


def rating(case: Case) -> Rows:
    """One tap rates; the button carries the round it is about (an old one can't rate a new round)."""
    data = f"rate:{case.number}.{case.round}"
    return tuple((Choice(f"{data}:{name}", f"case.rating.{name}"),) for name in ("very", "basically", "not"))


def _rows(choices: list[Choice], wide: int) -> Rows:
    return tuple([tuple(choices[i : i + wide]) for i in range(0, len(choices), wide)])
