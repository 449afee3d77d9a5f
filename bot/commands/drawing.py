"""`workroom flows`: the case table and every conversation, drawn from the code."""

import typer

from conversations.catalogue import ALL
from conversations.diagram import drawn
from domain import diagram

HEAD = """# Flows

Drawn from the code by `workroom flows > docs/flows.md`; a test keeps it true.

## A case's life

```mermaid
{states}
```

A rating of `not` and reopening begin a new round: the case goes back to `assigned` when a representative had
taken it, otherwise to `accepted`. The route to a department (sent, acknowledged, returned, answered, relayed,
recalled) lives inside `handling`.

{table}

## Conversations

Parallelograms ask for words, diamonds for a choice, boxes are cards to check, rounded ones are effects.
Under every question stand the ways out: back or begin again, and cancel.
"""


def markdown() -> str:
    """The whole page."""
    parts = [HEAD.format(states=diagram.drawn(), table=diagram.tabled())]
    parts += [f"### {flow.name}\n\n```mermaid\n{drawn(flow)}\n```\n" for flow in ALL]
    return "\n".join(parts)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command("flows")
    def flows() -> None:
        """Print the case table and every conversation as diagrams (Markdown, Mermaid)."""
        typer.echo(markdown(), nl=False)
