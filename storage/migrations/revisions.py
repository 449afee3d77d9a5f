"""Which revisions there are, which one a database has: asked at every start, so without Alembic (9 MiB)."""

import re
from pathlib import Path

import sqlalchemy as sa

VERSIONS = Path(__file__).parent / "versions"

_ITS_OWN = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_THE_ONE_BELOW = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)
_KEPT = sa.table("alembic_version", sa.column("version_num"))


def newest(versions: Path = VERSIONS) -> str | None:
    """The revision that an up-to-date database has: the one that none stands upon."""
    texts = _texts(versions)
    below = {found for text in texts for found in _THE_ONE_BELOW.findall(text)}
    tops = {found for text in texts for found in _ITS_OWN.findall(text)} - below
    return max(tops, default=None)


def is_known(revision: str, versions: Path = VERSIONS) -> bool:
    """Whether this program has that revision; one of a newer program it hasn't."""
    return any(revision in _ITS_OWN.findall(text) for text in _texts(versions))


def revision_of(connection: sa.Connection) -> str | None:
    """The revision a database has; None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.select(_KEPT.c.version_num)).scalar()
    return found


def _texts(versions: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(versions.glob("*.py"))]
