"""`workroom serve`, `postman`, `planner`: the processes of the service."""

import asyncio
from typing import Annotated

import typer

from bot import serve
from bot.settings import settings


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""

    @app.command("serve")
    def serve_(
        port: Annotated[
            int | None, typer.Option(help="Port to listen on; PORT in the environment otherwise.")
        ] = None,
        alone: Annotated[
            bool, typer.Option(help="Run the postman and the planner in this process too (the default).")
        ] = True,
        sample: Annotated[
            bool,
            typer.Option("--sample", help="Fill an empty database that you named with the sample district."),
        ] = False,
    ) -> None:
        """Serve the web chat and the channels whose tokens are set."""
        given = settings() if port is None else settings(PORT=port)
        raise typer.Exit(serve.run(given, alone=alone, sample=sample))

    @app.command("postman")
    def postman() -> None:
        """Deliver what waits in the outbox, beside other processes."""
        raise typer.Exit(asyncio.run(serve.work(settings(), "postman")))

    @app.command("planner")
    def planner() -> None:
        """Do what is due by the calendar, beside other processes."""
        raise typer.Exit(asyncio.run(serve.work(settings(), "planner")))
