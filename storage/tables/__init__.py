"""Everything that is remembered, one area a file."""

from storage.columns import metadata
from storage.tables.calendar import (
    calendar_changes,
    calendar_feeds,
    holiday_days,
    open_day_exceptions,
    open_day_rules,
    open_day_wishes,
    told_days,
)
from storage.tables.cases import attachments, cases, events, media, questions, rounds, routes
from storage.tables.conversations import drafts, sessions
from storage.tables.delivery import outbox, web_messages
from storage.tables.duty import (
    claims,
    duty_calls,
    duty_events,
    offers,
    rosters,
    shifts,
    slots,
    walk_ins,
)
from storage.tables.operations import leases, restores
from storage.tables.people import bindings, code_tries, consents, identities, invites, moves, persons
from storage.tables.registry import (
    categories,
    contacts,
    departments,
    liaisons,
    officers,
    registry_version,
    representatives,
    settings,
    units,
    workrooms,
)

__all__ = [
    "attachments",
    "bindings",
    "calendar_changes",
    "calendar_feeds",
    "cases",
    "categories",
    "claims",
    "code_tries",
    "consents",
    "contacts",
    "departments",
    "drafts",
    "duty_calls",
    "duty_events",
    "events",
    "holiday_days",
    "identities",
    "invites",
    "leases",
    "liaisons",
    "media",
    "metadata",
    "moves",
    "offers",
    "officers",
    "open_day_exceptions",
    "open_day_rules",
    "open_day_wishes",
    "outbox",
    "persons",
    "questions",
    "registry_version",
    "representatives",
    "restores",
    "rosters",
    "rounds",
    "routes",
    "sessions",
    "settings",
    "shifts",
    "slots",
    "told_days",
    "units",
    "walk_ins",
    "web_messages",
    "workrooms",
]
