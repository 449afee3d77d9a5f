"""Everything that is remembered, one area a file."""

from storage.columns import metadata
from storage.tables.cases import attachments, cases, events, media, questions, rounds, routes
from storage.tables.conversations import drafts, sessions
from storage.tables.delivery import outbox, web_messages
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
from storage.tables.wechat import wechat_allowances, wechat_events, wechat_notices, wechat_scenes

__all__ = [
    "attachments",
    "bindings",
    "cases",
    "categories",
    "code_tries",
    "consents",
    "contacts",
    "departments",
    "drafts",
    "events",
    "identities",
    "invites",
    "liaisons",
    "media",
    "metadata",
    "moves",
    "officers",
    "outbox",
    "persons",
    "questions",
    "registry_version",
    "representatives",
    "rounds",
    "routes",
    "sessions",
    "settings",
    "units",
    "web_messages",
    "wechat_allowances",
    "wechat_events",
    "wechat_notices",
    "wechat_scenes",
    "workrooms",
]
