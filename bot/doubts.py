"""Which letters may be said twice, when nobody knows whether the first time arrived (docs/decisions/0020)."""

from bot.bundles import Bundle

REMINDERS = frozenset({"notice.digest"})
"""Letters that only repeat what stands in one's list."""


def may_repeat(bundle: Bundle) -> bool:
    """Whether hearing it twice does no harm.

    Staff hear of work: the second notice shows the same case, and its buttons are judged anew at each press.
    Danger is better told twice than never. Anything else that a resident reads twice looks like two things
    that happened. (What changes an earlier letter in place is repeated by its channel.)
    """
    letter = bundle.first
    to_staff = letter.seat.role != "person"
    return to_staff or letter.urgent or bundle.message.key in REMINDERS
