"""`workroom serve`, `postman`, `planner`: the processes of the service."""

from importlib import import_module
from typing import Annotated, Any

import typer

from bot import workers as bot_workers
from bot.settings import BadSettings, Settings, settings
from storage.migrations import file_of


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    _serving(app)
    _apart(app)


def _serving(app: typer.Typer) -> None:
    @app.command("serve")
    def serve_(
        port: Annotated[int | None, typer.Option(help="Port to listen on; otherwise PORT.")] = None,
        alone: Annotated[bool, typer.Option(help="Postman and planner run in this process too.")] = True,
        sample: Annotated[
            bool,
            typer.Option("--sample", help="Fill an empty database that you named with the sample district."),
        ] = False,
        workers: Annotated[
            int, typer.Option(min=1, help="So many processes behind the port; needs PostgreSQL.")
        ] = 1,
        reuse_port: Annotated[
            bool, typer.Option("--reuse-port", help="Let several processes of yours listen on the port.")
        ] = False,
    ) -> None:
        """Serve the web chat and the channels whose tokens are set."""
        given = settings() if port is None else settings(PORT=port)
        if workers > 1:
            raise typer.Exit(_several(given, workers, alone, sample))
        duties = _serve().Duties(posts=alone, plans=alone)
        raise typer.Exit(_serve().run(given, duties=duties, sample=sample, reuse_port=reuse_port))


def _apart(app: typer.Typer) -> None:
    @app.command("postman")
    def postman() -> None:
        """Deliver what waits in the outbox, beside other processes."""
        raise typer.Exit(_serve().work(settings(), _serve().Duties(serves=False, plans=False)))

    @app.command("planner")
    def planner() -> None:
        """Do what is due by the calendar, beside other processes."""
        raise typer.Exit(_serve().work(settings(), _serve().Duties(serves=False, posts=False)))


def _serve() -> Any:
    """The service; what only watches over several processes needs nothing of it."""
    return import_module("bot.serve")


def _several(given: Settings, workers: int, alone: bool, sample: bool) -> int:
    """A file has one writer: more processes would only wait for each other."""
    if file_of(given.database) is not None:
        raise BadSettings("WORKROOM_DATABASE_URL: several processes need PostgreSQL (postgresql+asyncpg://…)")
    if not given.port:
        raise BadSettings("PORT: several processes need a port that is known beforehand")
    words = (*(() if alone else ("--no-alone",)), *(("--sample",) if sample else ()))
    return bot_workers.run(given, workers, words)
