"""Writes revision 0001 anew from storage/tables.py; only until the first release, never after.

    python -m storage.migrations.renew

Later revisions are files of their own beside it (`r0002.py`, `down_revision = "0001"`), with
`op.batch_alter_table` so that SQLite can follow; `workroom migrate --check` says what is still missing.
"""

import ast
from pathlib import Path

from storage import tables
from storage.migrations.scripts import VERSIONS

HEAD = '''"""The first schema, as storage/tables.py stood; written by `python -m storage.migrations.renew`."""
# fmt: off

import sqlalchemy as sa
from alembic import op

from storage.migrations.frozen import NAMES, Instant, Number, identifier, points_to

revision = "0001"
down_revision = None
metadata = sa.MetaData(naming_convention=NAMES)

'''
TAIL = '''

def upgrade() -> None:
    """Make every table."""
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    """Drop every table."""
    metadata.drop_all(op.get_bind(), checkfirst=False)
'''


def first_revision(source: str) -> str:
    """The revision's text for a text of tables.py: its definitions, without imports and lines of comment."""
    body = ast.parse(source).body
    imports = max(node.end_lineno or 0 for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    lines = source.splitlines()[imports:]
    kept = [line for line in lines if line.strip() and not line.startswith("#")]
    return HEAD + "\n".join(kept) + "\n" + TAIL


def main() -> None:
    """Write it."""
    VERSIONS.mkdir(exist_ok=True)
    text = first_revision(Path(tables.__file__).read_text("utf-8"))
    (VERSIONS / "r0001.py").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
