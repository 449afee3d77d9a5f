"""The database itself counts the registry's changes, so that processes may remember it (decision 0012)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    "units", "workrooms", "departments", "contacts", "categories", "representatives", "liaisons", "officers",
    "settings",
)  # fmt: skip
COUNT = "UPDATE registry_version SET number = number + 1"
WHEN = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    """A row that counts, and triggers that count it up."""
    version = op.create_table(
        "registry_version", sa.Column("number", sa.Integer, primary_key=True, autoincrement=False)
    )
    op.bulk_insert(version, [{"number": 1}])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION registry_changed() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {COUNT}; RETURN NULL; END $$"
        )
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER registry_changed AFTER {' OR '.join(WHEN)} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION registry_changed()"
            )
        return
    for table in TABLES:
        for event in WHEN:
            op.execute(
                f"CREATE TRIGGER {table}_{event.lower()}_counted AFTER {event} ON {table} BEGIN {COUNT}; END"
            )


def downgrade() -> None:
    """Nobody counts."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP TRIGGER registry_changed ON {table}")
        op.execute("DROP FUNCTION registry_changed()")
    else:
        for table in TABLES:
            for event in WHEN:
                op.execute(f"DROP TRIGGER {table}_{event.lower()}_counted")
    op.drop_table("registry_version")
