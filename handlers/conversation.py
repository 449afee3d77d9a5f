"""Which of the things that can be meant is meant: a command, a choice, the conversation, a new request."""

from conversations import engine
from conversations.catalogue import FLOWS
from conversations.engine import Stale
from domain.cases import STAFF_ORDER, Part
from domain.codes import case_number_in

from domain.messages import Choice, Message, Other, Position, Press, Start, Stored, Text
from handlers import actions, commands, people, screens
from handlers.effects import carry_out
from handlers.rights import parts_of
from handlers.visit import Visit


async def respond(visit: Visit) -> list[Message]:
    """Answer what has arrived; the visit's conversation stands afterwards where it belongs."""
    what = visit.inbound.what
    if isinstance(what, Start):
        return await people.start(visit, what.payload)
    if isinstance(what, Press):
        return await _pressed(visit, what)
    if isinstance(what, Other):
        return [await visit.beside(Message("retry.kind_not_taken" if visit.talk else f"other.{_kind(what.kind)}"))]
    if isinstance(what, Text):
        return await _said(visit, what)
    if visit.talk:
        return await _advance(visit, what)
    return await _begin_with(visit, what)


_KNOWN_KINDS = ("sticker", "group", "contact")


def _kind(kind: str) -> str:
    return kind if kind in _KNOWN_KINDS else "unknown"


async def _pressed(visit: Visit, what: Press) -> list[Message]:
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
    if what.text.startswith("/start"):
        return await people.start(visit, what.text.partition(" ")[2].strip())
    if visit.inbound.edited:
        return await _corrected(visit, what)
    command = words.means(visit.language, what.text, tuple(commands.COMMANDS))
    if command and not (visit.talk and command == "command.cancel"):
        return await _interrupt(visit, command)
    if (about := await _quoted(visit)) is not None:
        return about
    if visit.talk:
        return await _advance(visit, what)
    return await _outside(visit, what)


async def _interrupt(visit: Visit, command: str) -> list[Message]:
    """A command in the middle of a conversation: it is obeyed, and the draft is kept."""
    kept = visit.talk is not None and FLOWS[visit.talk.flow].keeps_draft
    await visit.keep_draft()
    visit.talk = None
    said = await commands.COMMANDS[command](visit)
    return [Message("flow.draft_kept"), *said] if kept and command != "command.file" else said


async def _quoted(visit: Visit) -> list[Message] | None:
    """A reply to a message about one of their cases belongs to that case."""
    number = case_number_in(visit.inbound.quoted)
    case = await visit.uow.cases.by_number(number) if number and not visit.talk else None
    if case is None or not (parts := parts_of(visit.person, case)) or not isinstance(visit.inbound.what, Text):
        return None
    if parts == {Part.FILER}:
        asked = any(number == case.number for number, _ in await visit.uow.cases.questions_open(visit.person.id))
        flow = "reply_question" if asked else "add_to_case"
        return await visit.begin(flow, {"case": case.number, "words": visit.inbound.what.text}, at="card")
    return await screens.case(visit, case)


async def _outside(visit: Visit, what: Text) -> list[Message]:
    """Words outside any conversation: a choice last shown, a case named, a code, or a new request."""
    if (chosen := visit.chosen(what.text)) is not None:
        return await _pressed(visit, Press(chosen.data))
    if (named := await _named_case(visit, what.text)) is not None:
        return named
    if code := people.looks_like_code(what.text):
        return await people.start(visit, f"{code}_{what.text}")
    return await _begin_with(visit, what)


async def _named_case(visit: Visit, text: str) -> list[Message] | None:
    """「受理 7K3F-29」 does it; 「7K3F-29」 alone shows it."""
    number = case_number_in(text)
    case = await visit.uow.cases.by_number(number) if number else None
    if case is None or not parts_of(visit.person, case):
        return None
    choices = tuple(Choice(f"do:{case.number}:{a}", f"case.do.{a}") for a in (*STAFF_ORDER, "withdraw", "add", "reopen"))
    said = text.replace(_as_written(text), " ").strip()
    wanted = visit.house.words.pick(visit.language, said, choices) if said else None
    if wanted is not None:
        return await commands.press(visit, wanted.data)
    return await screens.case(visit, case) if len(said) <= 4 else None


def _as_written(text: str) -> str:
    """The piece of the text that names the case, as it was typed."""
    for piece in sorted(text.replace("，", " ").split(), key=len):
        if case_number_in(piece):
            return piece
    return text


async def _begin_with(visit: Visit, what: Text | Stored | Position | object) -> list[Message]:
    """Words, a photo or a position outside any conversation open a draft: offered, not filed by force."""
    if isinstance(what, Text) and _greets(visit, what.text):
        return await people.welcome(visit)
    if (asked := await _which(visit, what)) is not None:
        return asked
    await visit.begin("file_request", {"name": visit.person.name})
    return await _advance(visit, what)


def _greets(visit: Visit, text: str) -> bool:
    return visit.house.words.means(visit.language, text, ("people.greeting",)) is not None


async def _which(visit: Visit, what: object) -> list[Message] | None:
    """When a question of ours is open, words may be its answer: ask which, never guess."""
    asked = await visit.uow.cases.questions_open(visit.person.id)
    if not asked or not isinstance(what, Text):
        return None
    options = [{"number": number, "words": words} for number, words in asked[:4]]
    return await visit.begin("belongs_to", {"words": what.text, "asked": options})


async def _corrected(visit: Visit, what: Text) -> list[Message]:
    """Editing the message corrects the draft; what was sent already can be added to."""
    if visit.talk and visit.talk.flow == "file_request" and visit.talk.step == "card":
        data = {**visit.talk.data, "words": ""}
        visit.talk = engine.Talk(visit.talk.flow, visit.talk.step, data)
        return await _advance(visit, what)
    return [await visit.beside(Message("flow.edit_not_taken"))]


async def _advance(visit: Visit, what: object) -> list[Message]:
    """One step of the conversation under way; its effects are done in the same transaction."""
    assert visit.talk is not None
    talk, flow = visit.talk, FLOWS.get(visit.talk.flow)
    if flow is None:
        visit.talk = None
        return [Message("flow.stale"), *await people.welcome(visit)]
    visit.loaded["given"] = talk.data
    pick = visit.picker()
    try:
        turn = await visit.walk(lambda: engine.advance(flow, talk, what, visit.loaded, pick))
    except Stale:
        turn = await visit.walk(lambda: engine.resume(flow, talk, visit.loaded))
        visit.talk = turn.talk
        return [Message("flow.stale_here"), *turn.messages]
    visit.talk = turn.talk
    if turn.talk is None:
        await visit.uow.drafts.drop(visit.person.id, flow.name)
    said = list(turn.messages)
    for effect in turn.effects:
        said += await carry_out(visit, effect)
    return said + (await people.welcome(visit) if turn.cancelled else [])


