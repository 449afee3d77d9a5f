"""Which of the things that can be meant is meant: a command, a choice, the conversation, a new request."""

import re
from dataclasses import replace

from conversations import engine
from conversations.catalogue import FLOWS
from conversations.engine import Stale
from conversations.flow import holds_anything
from domain.cases import STAFF_ORDER, Case, Part
from domain.codes import case_number_in, looks_like_code, payload_in
from domain.errors import NotFound
from domain.messages import Choice, Message, Other, Position, Press, Start, Stored, Text
from handlers import (
    actions,
    belonging,
    buttons,
    commands,
    labels,
    naming_home,
    people,
    positions,
    screens,
    small_talk,
    visits,
    ways_out,
)
from handlers.brief import brief
from handlers.effects import carry_out
from handlers.rights import parts_of
from handlers.visit import Visit
from storage.lists import PAGE


async def respond(visit: Visit) -> list[Message]:
    """Answer what has arrived; the visit's conversation stands afterwards where it belongs."""
    what = visit.inbound.what
    if isinstance(what, Start):
        return await people.start(visit, what.payload)
    if isinstance(what, Press):
        return await _pressed(visit, what)
    if isinstance(what, Other):
        key = "retry.kind_not_taken" if visit.talk else f"other.{_kind(what.kind)}"
        return [await visit.beside(Message(key))]
    if isinstance(what, Text):
        return await _said(visit, what)
    if isinstance(what, Position) and positions.needs_consent(visit):
        return [positions.ask()]
    if isinstance(what, Stored | Position) and (about := await _quoted(visit, what)) is not None:
        return about
    if visit.talk and not belonging.paused(visit):
        return await _advance(visit, what)
    return await _begin_with(visit, what)


_KNOWN_KINDS = ("sticker", "group", "contact")


def _kind(kind: str) -> str:
    return kind if kind in _KNOWN_KINDS else "unknown"


async def _pressed(visit: Visit, what: Press) -> list[Message]:
    if what.data == positions.AGREE:
        return [await visit.beside(Message("consent.position_again"))]
    if what.data.startswith("agree:"):
        return await people.welcome(visit)
    if not what.data.startswith("~"):
        return await commands.press(visit, what.data)
    if visit.talk is None:
        return [Message("flow.stale"), *await people.welcome(visit)]
    return await _advance(visit, what)


async def _said(visit: Visit, what: Text) -> list[Message]:
    """Words: a command first, then an answer to what was asked, then a request of their own."""
    words = visit.house.words
    if (payload := payload_in(what.text)) is not None:
        return await people.start(visit, payload)
    if visit.inbound.edited:
        return await _corrected(visit, what)
    if visit.talk is None and (chosen := visit.chosen(what.text)) is not None:
        return await _pressed(visit, Press(chosen.data))
    command = words.means(visit.language, what.text, tuple(commands.COMMANDS))
    if command and not (visit.talk and command == "command.cancel"):
        return await _interrupt(visit, command)
    if (about := await _quoted(visit, what)) is not None:
        return about
    aside = await small_talk.in_between(visit, what.text) or await _ordered(visit, what.text)
    if aside is not None:
        return aside
    if visit.talk and not (_gives_way(visit) and visit.chosen(what.text) is None):
        return await _advance(visit, what)
    return await _outside(visit, what)


def _gives_way(visit: Visit) -> bool:
    """Whether words that choose nothing may mean something new: what they are for was only being asked."""
    return belonging.paused(visit) or (visit.talk is not None and visit.talk.flow == "staff_words")


async def _ordered(visit: Visit, text: str) -> list[Message] | None:
    """「签收 7K3F-29」 of staff is an order in mid-conversation too, never words for a resident."""
    number = case_number_in(text) if visit.talk and visit.person.is_staff else None
    case = await visit.uow.cases.by_number(number) if number else None
    if case is None or visit.talk is None or not (parts := parts_of(visit.person, case)) - {Part.FILER}:
        return None
    wanted = _wanted(visit, case, parts, text.replace(_as_written(text), " ").strip())
    if wanted is None or (visit.talk.flow == "merge_case" and wanted.data.endswith(":merge")):
        return None
    kept = await _set_aside(visit)
    return [*kept, *await commands.press(visit, wanted.data)]


async def _interrupt(visit: Visit, command: str) -> list[Message]:
    """A command in the middle of a conversation: it is obeyed, and the draft is kept."""
    kept = await _set_aside(visit)
    said = await commands.COMMANDS[command](visit)
    return said if command == "command.file" else [*kept, *said]


async def _set_aside(visit: Visit) -> list[Message]:
    """The conversation under way makes room; when a draft of it stays, where to go on with it."""
    talk = visit.talk
    await visit.keep_draft()
    visit.talk = None
    if talk is None or talk.flow not in FLOWS or not FLOWS[talk.flow].keeps_draft:
        return []
    if not holds_anything(talk.data):
        return []
    number = talk.data.get("case")
    return [Message("flow.draft_kept_case", {"number": number}) if number else Message("flow.draft_kept")]


async def _quoted(visit: Visit, what: Text | Stored | Position) -> list[Message] | None:
    """A reply to a message about one of their cases belongs to that case, whatever else is under way."""
    case = await belonging.quoted(visit)
    if case is None:
        return None
    if parts_of(visit.person, case) != {Part.FILER}:
        return None if visit.talk else await screens.case(visit, case)
    kept = await _set_aside(visit)
    return [*kept, *await _to_case(visit, case, what)]


async def _to_case(visit: Visit, case: Case, what: Text | Stored | Position) -> list[Message]:
    """What a resident says to a case of theirs: on a card first; one long closed makes a new request."""
    flow = belonging.flow_for(visit, case, await belonging.is_asked(visit, case))
    if flow is not None:
        await visit.begin(flow, {"case": case.number})
        return await _advance(visit, what)
    await visit.begin("file_request", {"name": visit.person.name})
    return [Message("belongs_to.over", brief(case)), *await _advance(visit, what)]


_DRAFT = {"people.draft_go": "go", "people.draft_new": "new", "people.draft_drop": "drop"}
"""What can be said of an unfinished request at any time."""


async def _outside(visit: Visit, what: Text) -> list[Message]:
    """Words outside any conversation: a choice last shown, a draft, a case, a code, or a new request."""
    if (chosen := visit.chosen(what.text)) is not None:
        return await _pressed(visit, Press(chosen.data))
    if (draft := visit.house.words.means(visit.language, what.text, tuple(_DRAFT))) is not None:
        return await commands.draft(visit, _DRAFT[draft])
    if (beside := await small_talk.with_nothing_open(visit, what.text)) is not None:
        return beside
    if (named := await _named_case(visit, what.text)) is not None:
        return named
    if code := looks_like_code(what.text):
        return await people.use_code(visit, code, what.text)
    return await _begin_with(visit, what)


async def _named_case(visit: Visit, text: str) -> list[Message] | None:
    """「受理 7K3F-29」 does it; 「7K3F-29」 alone shows it; a resident's words with it are said to it."""
    number = case_number_in(text)
    case = await visit.uow.cases.by_number(number) if number else None
    if case is None or not (parts := parts_of(visit.person, case)):
        if number and _is_number_only(text):
            raise NotFound
        return None
    said = text.replace(_as_written(text), " ").strip()
    if said and (wanted := _wanted(visit, case, parts, said)) is not None:
        return await commands.press(visit, wanted.data)
    if len(said) <= FEW:
        return await screens.case(visit, case)
    return await _to_case(visit, case, Text(said)) if parts == {Part.FILER} else None


def _wanted(visit: Visit, case: Case, parts: frozenset[Part], said: str) -> Choice | None:
    """The action that words name: of those possible now first, since 「答复」 is another for each role."""
    possible = (*buttons.for_staff(case, parts), *buttons.for_filer(case, visit.now))
    offered = tuple(c for row in possible for c in row if c.data.startswith("do:"))
    named = (*STAFF_ORDER, "withdraw", "add", "reopen")
    all_of_them = tuple(Choice(f"do:{case.number}:{name}", f"case.do.{name}") for name in named)
    pick = visit.picker()
    return pick(said, offered) or pick(said, all_of_them)


FEW = 4
"""Characters beside a number that say nothing more: 「看 7K3F-29」."""


def _is_number_only(text: str) -> bool:
    """Whether a case was meant: nothing beside the number, and no plain word of six letters (PLEASE)."""
    bare = text.strip()
    return len(text.replace(_as_written(text), "").strip()) <= FEW and not (bare.isascii() and bare.isalpha())


def _as_written(text: str) -> str:
    """The piece of the text that names the case, as it was typed."""
    for piece in sorted(re.split(r"[\s,\uff0c\u3001\u3002]+", text), key=len):
        if case_number_in(piece):
            return piece
    return text


async def _begin_with(visit: Visit, what: object) -> list[Message]:
    """Words, a photo or a position outside any conversation open a draft: offered, not filed by force."""
    await _set_aside(visit)
    if isinstance(what, Text) and (said := await small_talk.outside(visit, what.text)) is not None:
        return said
    if isinstance(what, Text) and await naming_home.is_named(visit, what.text):
        await visit.begin("link_home", {})
        return await _advance(visit, what)
    if isinstance(what, Text) and visit.person.is_staff:
        return await _staff_words(visit, what)
    if isinstance(what, Stored) and await visits.said(visit, what.caption) is not None:
        return await _advance(visit, Stored(what.media, what.kind))
    choices = await belonging.choices(visit) if isinstance(what, Text | Stored | Position) else None
    if choices is not None:  # ask which, never guess
        await visit.begin("belongs_to", choices)
    else:
        await visit.begin("file_request", {"name": visit.person.name})
    return await _advance(visit, what)


async def _staff_words(visit: Visit, what: Text) -> list[Message]:
    """Staff are residents too: an action without its case asks which; other words ask what they are for."""
    choices = tuple(Choice(f"do:{action}", f"case.do.{action}") for action in STAFF_ORDER)
    wanted = visit.house.words.pick(visit.language, what.text, choices)
    if wanted is not None:
        return await _which(visit, wanted.data.removeprefix("do:"))
    if (labelled := await labels.said(visit, what.text)) is not None:
        return labelled
    if (logged := await visits.said(visit, what.text)) is not None:
        return logged
    return await visit.begin("staff_words", {"words": what.text})


async def _which(visit: Visit, action: str) -> list[Message]:
    """The cases that wait for them and allow it: a tap does it. With none of these, the whole list."""
    lists = visit.uow.lists
    waiting = {c.number: c for h in visit.person.holdings for c in await lists.waiting(h, 0)}
    fit = [c for c in waiting.values() if action in actions.offered(visit, c)][:PAGE]
    rows = tuple((replace(screens.line(c), data=f"do:{c.number}:{action}"),) for c in fit)
    asking = Message("staff_words.which", {"action": action}, rows)
    return [asking] if rows else [asking, *await commands.todo(visit)]


async def _corrected(visit: Visit, what: Text) -> list[Message]:
    """Editing the message corrects the draft; what was sent already can be added to."""
    if visit.talk and visit.talk.flow == "file_request" and visit.talk.step == "card":
        data = {**visit.talk.data, "words": ""}
        visit.talk = engine.Talk(visit.talk.flow, visit.talk.step, data)
        return await _advance(visit, what)
    return [await visit.beside(Message("flow.edit_not_taken"))]


async def _advance(visit: Visit, what: object) -> list[Message]:
    """One step of the conversation under way; its effects are done in the same transaction."""
    talk = visit.talk
    flow = FLOWS.get(talk.flow) if talk else None
    if talk is None or flow is None:
        visit.talk = None
        return [Message("flow.stale"), *await people.welcome(visit)]
    visit.loaded["given"] = talk.data
    pick = visit.picker()
    try:
        turn = await visit.walk(flow, lambda: engine.advance(flow, talk, what, visit.loaded, pick))
    except Stale:
        turn = await visit.walk(flow, lambda: engine.resume(flow, talk, visit.loaded))
        visit.talk = turn.talk
        return [Message("flow.stale_here"), *turn.messages]
    visit.talk = turn.talk
    if turn.talk is None:
        await visit.uow.drafts.drop(visit.person.id, flow.name, talk.data.get("case", ""))
    said = list(turn.messages)
    for effect in turn.effects:
        said += await carry_out(visit, effect)
    return await ways_out.after(visit, talk, said) if turn.cancelled else said
