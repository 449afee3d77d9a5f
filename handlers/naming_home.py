"""A community's name after 「还不知道您住哪个社区」 is the answer, not the beginning of a request."""

from conversations.checks import tidy
from handlers.visit import Visit

LONGEST = 20
"""Characters; whoever writes more tells something."""

FOUND = 16
"""Workrooms that are looked at."""


async def is_named(visit: Visit, text: str) -> bool:
    """Whether they were offered to choose their community and the text is the name of one, or a part of it.

    「我住滨河社区」 is one, 「滨河社区停电了」 is a request.
    """
    offered = any(data == "go:home" and key == "command.home" for data, key, _ in visit.session.shown)
    words = tidy(text)
    if not offered or visit.person.home is not None or not 1 < len(words) <= LONGEST:
        return False
    around = frozenset(visit.house.words.say(visit.language, "link_home.around"))
    for room in await visit.uow.registry.workrooms_named(words, FOUND):
        unit = await visit.uow.registry.unit(room.unit_id) if room.unit_id else None
        if any(_names(words, name, around) for name in (room.name, unit.name if unit else "") if name):
            return True
    return False


def _names(words: str, name: str, around: frozenset[str]) -> bool:
    """The words are a part of the name, or the name with nothing beside it but 我住…."""
    return words in name or (name in words and around.issuperset(words.replace(name, "", 1)))
