"""What the office imports; `present` is false for what vanished from the file."""

import sqlalchemy as sa

from storage.columns import identifier, metadata, points_to

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, T, N, B = sa.String, sa.Text, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table

units = Table(
    "units", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(100), nullable=False),
    Column("kind", S(20), nullable=False),  # district | street | community
    points_to("parent_id", "units", optional=True, index=True),
    Column("present", B, nullable=False, default=True),
)

workrooms = Table(
    "workrooms", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(100), nullable=False),
    Column("kind", S(20), nullable=False),  # rules 1, 3, 4
    Column("address", S(200), nullable=False, default=""),
    Column("latitude", sa.Float), Column("longitude", sa.Float),
    points_to("unit_id", "units", index=True),
    Column("theme", S(200), nullable=False, default=""),
    Column("present", B, nullable=False, default=True),
)

departments = Table(
    "departments", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(100), nullable=False),
    Column("phone", S(40), nullable=False, default=""),
    Column("present", B, nullable=False, default=True),
)

contacts = Table(
    "contacts", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    points_to("department_id", "departments", index=True),
    Column("name", S(60), nullable=False), Column("phone", S(40), nullable=False, default=""),
    Column("present", B, nullable=False, default=True),
)

categories = Table(
    "categories", metadata, identifier(),
    Column("code", S(20), nullable=False, unique=True),
    Column("name", S(60), nullable=False),
    Column("keywords", T, nullable=False, default=""),  # separated by spaces
    points_to("department_id", "departments", optional=True),
    Column("urgent", B, nullable=False, default=False),
    Column("place", N, nullable=False, default=0),  # order in lists
    Column("present", B, nullable=False, default=True),
)

representatives = Table(
    "representatives", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(60), nullable=False),
    Column("level", S(20), nullable=False),  # province | city | district | town
    Column("group", S(100), nullable=False, default=""),
    Column("electing_unit", S(100), nullable=False, default=""),
    points_to("workroom_id", "workrooms", optional=True, index=True),
    Column("post", S(100), nullable=False, default=""),
    Column("contact", S(100), nullable=False, default=""),  # published (rule 17)
    Column("commitment", S(300), nullable=False, default=""),
    Column("helps_with", S(300), nullable=False, default=""),
    Column("status", S(20), nullable=False, default="active"),  # active | leave | suspended | left | military
    Column("present", B, nullable=False, default=True),
)

liaisons = Table(
    "liaisons", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(60), nullable=False), Column("phone", S(40), nullable=False, default=""),
    points_to("workroom_id", "workrooms", index=True),
    Column("status", S(20), nullable=False, default="active"),  # active | left
    Column("present", B, nullable=False, default=True),
)

officers = Table(
    "officers", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(60), nullable=False), Column("phone", S(40), nullable=False, default=""),
    Column("status", S(20), nullable=False, default="active"),
    Column("present", B, nullable=False, default=True),
)

settings = Table(
    "settings", metadata,
    Column("name", S(60), primary_key=True),
    Column("value", T, nullable=False),
)

registry_version = Table(  # one row; triggers count it up with every change of the tables above (r0002)
    "registry_version", metadata,
    Column("number", N, primary_key=True, autoincrement=False),
)
