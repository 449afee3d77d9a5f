"""Draws a case's life from its table: a Mermaid diagram and the table itself."""

from collections.abc import Iterator

from domain.cases import ACTIONS, Action, State


def drawn() -> str:
    """The states with the actions that lead from one to another."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in ACTIONS.values():
        for start, end in _arrows(row):
            arrows.setdefault((start, end), []).append(row.name)
    lines = ["stateDiagram-v2"]
    lines += [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in arrows.items()]
    return "\n".join(lines)


def _arrows(row: Action) -> Iterator[tuple[str, str]]:
    if not row.since and row.to:
        yield "[*]", str(row.to)
    for state in State:
        if state in row.since and row.to and row.to != state:
            yield str(state), str(row.to)


def tabled() -> str:
    """Every row: who may, in which states, what follows, who is told, who sees it."""
    lines = ["| action | who may | in | becomes | tells | seen by |", "| --- | --- | --- | --- | --- | --- |"]
    for row in ACTIONS.values():
        since = (
            "any"
            if row.since == frozenset(State)
            else ", ".join(s for s in State if s in row.since) or "(new)"
        )
        lines.append(
            f"| {row.name} | {', '.join(sorted(row.by))} | {since} | {row.to or '(stays)'} "
            f"| {', '.join(row.tells) or '—'} | {row.visible} |"
        )
    return "\n".join(lines)
