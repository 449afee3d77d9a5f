"""What people say beside the matter: greetings, thanks, a nod, a rating in words; none of it is a request."""

from domain.cases import Case, State
from domain.messages import Message
from handlers import actions, belonging, buttons, people, screens
from handlers.brief import brief
from handlers.visit import Visit

WRITING = (
    "file_request",
    "add_to_case",
    "reopen_case",
    "withdraw_case",
    "link_home",
    "set_name",
    "belongs_to",
)
"""Conversations in which neither a greeting nor thanks can be what was asked for."""

ANSWERING = ("reply_question", "comment_rating")
"""Conversations in which thanks are an answer; a greeting is none."""

RATINGS = ("case.rating.very", "case.rating.basically", "case.rating.not")


TONGUES = ("language.zh_CN", "language.en")

_BETWEEN = {"people.greeting": "people.greeting_between", "people.thanks": "people.thanks_between"}
_ANSWER = {"people.thanks": "people.thanks_answer", "people.nod": "people.nod_answer"}
_RATE = {"people.thanks": "people.thanks_rate", "people.nod": "people.nod_rate"}


async def in_between(visit: Visit, text: str) -> list[Message] | None:
    """A greeting or thanks in the middle: answered kindly, and no part of what is being written.

    「English」 to somebody who is answered in Chinese: the question that stands is asked again in English.
    """
    if (language := _other_language(visit, text)) is not None:
        said, *first = await people.set_language(visit, language)
        return [Message(said.key), *(await visit.take_up(visit.talk) if visit.talk else first)]
    flow = visit.talk.flow if visit.talk and not belonging.paused(visit) else ""
    keys = tuple(_BETWEEN) if flow in WRITING else ("people.greeting",) if flow in ANSWERING else ()
    kind = visit.house.words.means(visit.language, text, keys) if keys else None
    return [await visit.beside(Message(_BETWEEN[kind]))] if kind else None


def _other_language(visit: Visit, text: str) -> str | None:
    named = visit.house.words.means(visit.language, text, TONGUES)
    language = named.removeprefix("language.") if named else visit.language
    return language if language != visit.language else None


async def outside(visit: Visit, text: str) -> list[Message] | None:
    """The same with nothing under way: the first screen, or a word back and what can be done next."""
    said = visit.house.words.means(visit.language, text, ("people.greeting", "people.thanks", "people.nod"))
    if said is None:
        return None
    if said == "people.greeting":
        return await people.welcome(visit)
    unrated = await _unrated(visit)
    if len(unrated) == 1:
        return [Message(_RATE[said], brief(unrated[0]), buttons.rating(unrated[0]))]
    return [await people.with_first_choices(visit, Message(_ANSWER[said]))]


async def with_nothing_open(visit: Visit, text: str) -> list[Message] | None:
    """「返回」 leads to the first screen; 「满意」 rates the case that waits for it, or shows which do."""
    if visit.house.words.means(visit.language, text, ("flow.back", "flow.again")) is not None:
        return await people.welcome(visit)
    said = visit.house.words.means(visit.language, text, RATINGS)
    unrated = await _unrated(visit) if said else []
    if said is None or not unrated:
        return None
    if len(unrated) > 1:
        return await screens.mine(visit)
    case = unrated[0]
    return await actions.rate(visit, f"{case.number}.{case.round}", said.removeprefix("case.rating."))


async def _unrated(visit: Visit) -> list[Case]:
    newest = await visit.uow.lists.mine(visit.person.id, 0)
    return [case for case in newest if case.state == State.ANSWERED]
