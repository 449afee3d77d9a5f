"""The triggers by which the database counts the registry's changes (decision 0012).

SQLite rebuilds a table to change it and forgets its triggers: they are made again after every walk.
"""

import sqlalchemy as sa

TABLES = (
    "units", "workrooms", "departments", "contacts", "categories", "representatives", "liaisons", "officers",
    "settings", "open_day_rules", "open_day_exceptions",
)  # fmt: skip
COUNT = "UPDATE registry_version SET number = number + 1"
WHEN = ("INSERT", "UPDATE", "DELETE")


def count_changes(connection: sa.Connection) -> None:
    """Have every change of the registry's tables counted; what is counted already stays so."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION registry_changed() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {COUNT}; RETURN NULL; END $$"
        )
        for table in _there(connection):
            connection.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER registry_changed AFTER {' OR '.join(WHEN)} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION registry_changed()"
            )
        return
    for table in _there(connection):
        for event in WHEN:
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_{event.lower()}_counted AFTER {event} ON {table} "
                f"BEGIN {COUNT}; END"
            )


def stop_counting(connection: sa.Connection) -> None:
    """Take the triggers away."""
    if connection.dialect.name == "postgresql":
        for table in _there(connection):
            connection.exec_driver_sql(f"DROP TRIGGER registry_changed ON {table}")
        connection.exec_driver_sql("DROP FUNCTION registry_changed()")
        return
    for table in _there(connection):
        for event in WHEN:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_{event.lower()}_counted")


def _there(connection: sa.Connection) -> list[str]:
    """Those of the tables that have been made so far."""
    known = set(sa.inspect(connection).get_table_names())
    return [table for table in TABLES if table in known]
