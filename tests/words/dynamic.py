"""Keys that are put together while running: their fixed head, the place that makes them, what they can be.

Add a line when a module makes keys (`f"notice.{action}.{part}"`); leave `keys` empty only where the
registry or the planner decides.
"""

from dataclasses import dataclass
from typing import get_args

from bot.channels.wechat.entrance import WORDS
from bot.channels.wechat.menu import MENU
from bot.posters.content import WAYS
from domain.cases import ACTIONS, RATINGS, STAFF_ORDER, Part
from domain.duty import OfferState
from domain.duty_presence import Where
from domain.people import consents_needed
from handlers.duty import PRESSES
from locales.lexicon import lexicon

MENU_DOES = tuple(one for name, below in MENU for one in below or (name,))


@dataclass(frozen=True, slots=True)
class Made:
    """`prefix` is what stands before the first `{` in the code of `where`; all of `keys` must have words."""

    prefix: str
    where: str
    keys: tuple[str, ...] = ()


FILERS_OWN = ("add", "tell", "undo", "withdraw", "reopen")
"""What stands as a button under a case for the resident."""

DONE = tuple(
    name for name, row in ACTIONS.items() if name != "submit" and row.by != frozenset({Part.PLANNER})
)
"""Actions that somebody does by hand and sees confirmed; a new request has its receipt."""

NOTICES = tuple(f"notice.{name}.{part}" for name, row in ACTIONS.items() for part in row.tells)

OFFERS_OVER = tuple(state for state in OfferState if state != OfferState.WAITING)
LINES = ("everywhere",)
"""Buttons about shifts that have words of their own, not those of `duty.do`."""
DUTY_DO = tuple(name for name in PRESSES if name not in LINES)
SCREEN = ("title", "now", "who", "code", "code_for", "next", "later")
PROBLEMS = (
    "wrong_code",
    "too_many",
    "forwarded",
    *(name for name in get_args(Where) if name != "here"),
)

DYNAMIC: tuple[Made, ...] = (
    Made("flow.", "conversations/questions.py", ("flow.back", "flow.again", "flow.cancel")),
    Made("calendar.", "bot/ics.py", ("calendar.cancelled", "calendar.tentative")),
    Made("case.do.", "handlers/buttons.py", tuple(f"case.do.{name}" for name in STAFF_ORDER)),
    Made("case.do.", "handlers/conversation.py", tuple(f"case.do.{name}" for name in FILERS_OWN)),
    Made("case.rating.", "handlers/buttons.py", tuple(f"case.rating.{name}" for name in RATINGS)),
    Made("command.", "handlers/desk.py"),
    Made("command.", "handlers/people.py", ("command.check_in", "command.check_out")),
    Made("command.", "handlers/commands.py", ("command.file", "command.mine", "command.todo")),
    Made(
        "consent.",
        "handlers/people.py",
        tuple(
            key
            for kind in consents_needed("telegram")
            for key in (f"consent.{kind}", f"consent.agree_{kind}")
        ),
    ),
    Made("danger.", "handlers/desk.py", tuple(f"danger.{kind}" for kind in lexicon().danger)),
    Made("duty.", "domain/duty.py", tuple(f"duty.offer_{state}" for state in OFFERS_OVER)),
    Made("duty.do.", "handlers/duty_brief.py", tuple(f"duty.do.{name}" for name in DUTY_DO)),
    Made(
        "duty.done.", "handlers/duty_afterwards.py", ("duty.done.was", "duty.done.wasnt", "duty.done.early")
    ),
    Made("duty.proof.", "handlers/duty_presence.py", tuple(f"duty.proof.{name}" for name in PROBLEMS)),
    Made("notice.submit.", "handlers/duty_routing.py"),
    Made("done.", "handlers/actions.py", tuple(f"done.{name}" for name in DONE)),
    Made(
        "holidays.",
        "handlers/holiday_desk.py",
        tuple(f"holidays.{name}" for name in ("first", "last", "kind", "name", "work", "free")),
    ),
    Made(
        "list.",
        "handlers/screens.py",
        (
            "list.mine_empty",
            "list.waiting",
            "list.waiting_empty",
            "list.to_waiting",
            "list.others",
            "list.others_empty",
            "list.to_others",
        ),
    ),
    Made("notice.", "handlers/notices.py", NOTICES),
    Made("open_days.", "handlers/open_days.py", ("open_days.wish", "open_days.unwish")),
    Made(
        "other.",
        "handlers/conversation.py",
        ("other.sticker", "other.group", "other.contact", "other.unknown"),
    ),
    Made("reminder.", "handlers/reminder_settings.py", ("reminder.turn_off", "reminder.turn_on")),
    Made("visits.do.", "handlers/labels.py"),
    Made("change_open_days.what.", "handlers/labels.py"),
    Made(
        "visits.",
        "handlers/visits.py",
        (
            "visits.confirmed",
            "visits.returned",
            "visits.done_confirmed",
            "visits.done_returned",
            "visits.done_withdrawn",
        ),
    ),
    Made(
        "visits.do.",
        "handlers/visits.py",
        tuple(f"visits.do.{what}" for what in ("show", "confirm", "return", "case", "withdraw", "again")),
    ),
    Made("screen.", "bot/channels/web/screen.py", tuple(f"screen.{name}" for name in SCREEN)),
    # The words of the import have their own sheet names, columns and problems; this one makes them all.
    Made("registry.", "bot/registry_words.py"),
    Made("registry.choice.", "bot/registry_words.py"),
    Made("registry.column.", "bot/registry_words.py"),
    Made("registry.sheet.", "bot/registry_words.py"),
    Made("registry.problem.", "bot/commands/registry.py"),
    Made("registry.problem.", "domain/registry_binding.py"),
    Made("registry.problem.", "domain/registry_cells.py"),
    Made("registry.problem.", "domain/registry_reading.py"),
    Made("wechat.menu.", "bot/channels/wechat/menu.py", tuple(f"wechat.menu.{name}" for name in MENU_DOES)),
    Made("wechat.menu.top.", "bot/channels/wechat/menu.py", ("wechat.menu.top.mine", "wechat.menu.top.help")),
    Made("wechat.notices.", "bot/channels/wechat/entrance.py", tuple(f"wechat.notices.{w}" for w in WORDS)),
    Made("wechat.poster.", "bot/posters/content.py", tuple(f"wechat.poster.by_{way}" for way in WAYS)),
    Made("choice.", "bot/registry_template.py"),  # the tail of registry.choice.…
)
