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
from storage.tables.reminders import mutes, quiet_hours, reminders
from storage.tables.visits import activities, activity_cases, activity_decisions, activity_files, visited
from storage.tables.wechat import wechat_allowances, wechat_events, wechat_notices, wechat_scenes

__all__ = [
    "activities",
    "activity_cases",
    "activity_decisions",
    "activity_files",
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
    "mutes",
    "offers",
    "officers",
    "open_day_exceptions",
    "open_day_rules",
    "open_day_wishes",
    "outbox",
    "persons",
    "questions",
    "quiet_hours",
    "registry_version",
    "reminders",
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
    "visited",
    "walk_ins",
    "web_messages",
    "wechat_allowances",
    "wechat_events",
    "wechat_notices",
    "wechat_scenes",
    "workrooms",
]
