"""Alembic, configured in code: where the revisions lie, how to walk them, what a comparison finds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import storage.tables  # noqa: F401  (fills the metadata)
from storage.columns import metadata
from storage.migrations.counting import count_changes
from storage.migrations.revisions import VERSIONS

HERE = Path(__file__).parent
BASE, HEAD = "base", "head"

_ALONE = 7_260_001
"""PostgreSQL's advisory lock: of several programs that start at once, one migrates."""


def scripts(versions: Path = VERSIONS) -> ScriptDirectory:
    """The revisions in a folder."""
    return ScriptDirectory(str(HERE), version_locations=[str(versions)])


def walk(connection: sa.Connection, target: str, versions: Path = VERSIONS) -> None:
    """Take the database up (`head`, a revision) or down (`base`), within the connection's transaction."""
    directory, down = scripts(versions), target == BASE

    def steps(revision: Any, context: MigrationContext) -> Any:
        way = directory._downgrade_revs if down else directory._upgrade_revs
        return way(target, revision)

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ALONE)))
    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(
            connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True
        )
        environment.run_migrations()
    if not down:
        count_changes(connection)


def differences(connection: sa.Connection) -> list[str]:
    """What the database has otherwise than storage/tables says, a line each."""
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    return [line for found in compare_metadata(context, metadata) for line in _told(found)]


def _told(found: Any) -> Sequence[str]:
    """Alembic's finding in words; changes of one column come as a list."""
    if isinstance(found, list):
        return [line for one in found for line in _told(one)]
    kind, *what = found
    verb, _, thing = str(kind).partition("_")
    if verb == "modify":
        return [f"differs: {thing} of {what[1]}.{what[2]}: {what[-2]!r}, the tables say {what[-1]!r}"]
    return [f"{'missing' if verb == 'add' else 'superfluous'}: {thing} {_name(what)}"]


def _name(what: Sequence[Any]) -> str:
    thing = what[-1]
    table = what[-2] if isinstance(thing, sa.Column) else None
    if isinstance(thing, sa.Constraint | sa.Index) and thing.table is not None:
        table = thing.table.name
    return ".".join(str(part) for part in (table, getattr(thing, "name", thing)) if part)
