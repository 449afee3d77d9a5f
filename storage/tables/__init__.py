"""Everything that is remembered, one area a file."""

from storage.columns import metadata
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
from storage.tables.people import bindings, code_tries, consents, identities, invites, moves, persons
from storage.tables.registry import (
    categories,
    contacts,
    departments,
    liaisons,
    officers,
    representatives,
    settings,
    units,
    workrooms,
)

__all__ = [
    "attachments",
    "bindings",
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
    "identities",
    "invites",
    "liaisons",
    "media",
    "metadata",
    "moves",
    "offers",
    "officers",
    "outbox",
    "persons",
    "questions",
    "representatives",
    "rosters",
    "rounds",
    "routes",
    "sessions",
    "settings",
    "shifts",
    "slots",
    "units",
    "walk_ins",
    "web_messages",
    "workrooms",
]
