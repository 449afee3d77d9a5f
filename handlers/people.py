"""Meeting people: consent first, then the first screen, the home they are linked to, language, seats."""

from dataclasses import replace
from datetime import timedelta

from conversations.engine import Talk
from domain.codes import MOVE_LENGTH, digest, draw
from domain.effects import LinkHome, SetName
from domain.errors import DomainError
from domain.messages import PRESS_LIMIT, Choice, Message, Rows
from domain.open_day_words import told
from domain.people import LANGUAGES, Holding, Person, Seat, consents_needed
from domain.registry import Workroom
from handlers import handover_letters
from handlers import next_open_days as open_days
from handlers.claims import REVIVED_DAYS, use_claim
from handlers.visit import Visit


def missing_consent(visit: Visit) -> str | None:
    """What must still be agreed to in this channel before anything is remembered (TRUST 25)."""
    return consent_missing(visit.inbound.channel, visit.person)


def consent_missing(channel: str, person: Person) -> str | None:
    """The first consent this person has yet to give for this channel."""
    for kind in consents_needed(channel):
        if kind not in person.consents:
            return kind
    return None


def ask_consent(visit: Visit, kind: str, payload: str = "") -> Message:
    """The question in plain words; a scanned payload waits on the button."""
    room = PRESS_LIMIT - len(f"agree:{kind}:")
    waiting = payload if payload.isascii() and len(payload) <= room else ""  # it waits in memory, too
    agree = Choice(f"agree:{kind}:{waiting}", f"consent.agree_{kind}")
    rows: Rows = ((agree,), (Choice("disagree", "consent.decline"),))
    if kind == "basic":
        rows = (*rows, (Choice("go:privacy", "command.privacy", minor=True),))
    return Message(f"consent.{kind}", _who(visit), rows)


async def privacy(visit: Visit) -> list[Message]:
    """The whole notice: who keeps what for which purpose, who sees it, how to stop (TRUST 25)."""
    return [Message("consent.details", _who(visit))]


def _who(visit: Visit) -> dict[str, str]:
    return {"district": visit.terms.district, "hotline": visit.terms.hotline}


async def agree(visit: Visit, kind: str) -> None:
    """Remember the person (now, and not before) and what they have agreed to."""
    inbound, now = visit.inbound, visit.now.moment
    if visit.person.id == 0:
        language = visit.person.language
        person_id = await visit.uow.people.remember(
            inbound.channel, inbound.user, inbound.chat, language, now
        )
        visit.person = replace(visit.person, id=person_id)
    await visit.uow.people.agree(visit.person.id, kind, now)
    visit.person = await visit.uow.people.person(visit.person.id)


async def withdraw_consent(visit: Visit) -> list[Message]:
    """撤回同意: drafts and conversation are forgotten; it holds from the next message on."""
    await visit.uow.people.disagree(visit.person.id, visit.now.moment)
    await visit.uow.drafts.drop(visit.person.id)
    await visit.uow.transcript(visit.inbound.chat).forget()
    visit.person, visit.talk = replace(visit.person, consents=frozenset()), None
    return [Message("consent.withdrawn")]


# --- the first screen ------------------------------------------------------------------------------------


async def welcome(visit: Visit) -> list[Message]:
    """My workroom, who my representatives are, what I can ask; a draft left behind is offered again."""
    home = await _home(visit)
    people = await visit.uow.registry.representatives(home.id) if home else ()
    draft = await visit.uow.drafts.latest(visit.person.id)
    days = await open_days.next_days(visit.uow, visit.now, home.id, most=1) if home else []
    params = {
        "open_day": told(days[0]) if days else None,
        "open_today": bool(days) and days[0].day == visit.now.today,
        "workroom": home.name if home else "",
        "address": home.address if home else "",
        "linked": home is not None,
        "theme": (home.theme if home else "") or visit.terms.theme,
        "district": visit.terms.district,
        "representatives": [{"name": r.name, "post": r.post} for r in people[:4]],
        "more": max(0, len(people) - 4),
        "draft": draft is not None,
        "roles": [h.role for h in visit.person.holdings],
    }
    return [Message("people.welcome", params, _first_choices(visit.person, home, draft is not None))]


def _first_choices(person: Person, home: Workroom | None, draft: bool) -> Rows:
    rows: list[tuple[Choice, ...]] = []
    if draft:
        rows.append(
            (Choice("draft:go", "people.draft_go"), Choice("draft:drop", "people.draft_drop", minor=True))
        )
    rows += _staff_choices(person)
    rows.append((Choice("go:file", "command.file"), Choice("go:mine", "command.mine")))
    linked, serves = home is not None, person.is_staff
    link = Choice("go:home", "command.change_home" if linked else "command.home", minor=linked or serves)
    people = Choice("go:representatives", "command.representatives", minor=serves or not linked)
    rows.append((Choice("go:open_days", "command.open_days", minor=serves), people))
    rows.append((link,))
    return tuple(rows)


def _staff_choices(person: Person) -> list[tuple[Choice, ...]]:
    """What waits; a representative's shifts, a liaison's roster; four main buttons in all."""
    if not person.is_staff:
        return []
    if person.holding("representative"):
        shifts = Choice("go:my_duty", "command.my_duty")
        there = (Choice(f"go:{way}", f"command.{way}", minor=True) for way in ("check_in", "check_out"))
        return [(Choice("go:todo", "command.todo"), shifts), tuple(there)]
    if person.holding("liaison") or person.holding("officer"):
        return [(Choice("go:todo", "command.todo"), Choice("go:roster", "command.roster"))]
    return [(Choice("go:todo", "command.todo"),)]


async def _home(visit: Visit) -> Workroom | None:
    return await visit.uow.registry.workroom(visit.person.home) if visit.person.home else None


async def representatives(visit: Visit) -> list[Message]:
    """我的代表: post, published contact, commitment, what they can help with (rule 17)."""
    home = await _home(visit)
    if home is None:
        return [Message("people.no_home", {}, ((Choice("go:home", "command.home"),),))]
    people = await visit.uow.registry.representatives(home.id)
    cards = [
        {
            "name": r.name,
            "level": r.level,
            "post": r.post,
            "contact": r.contact,
            "commitment": r.commitment,
            "helps_with": r.helps_with,
        }
        for r in people
    ]
    params = {"workroom": home.name, "address": home.address, "representatives": cards}
    return [Message("people.representatives", params, ((Choice("go:file", "command.file"),),))]


async def help_screen(visit: Visit) -> list[Message]:
    """What can be said here, by role."""
    roles = sorted({h.role for h in visit.person.holdings})
    return [
        Message(
            "people.help",
            {"roles": roles, "hotline": visit.terms.hotline},
            _first_choices(visit.person, await _home(visit), draft=False),
        )
    ]


async def with_first_choices(visit: Visit, message: Message) -> Message:
    """A word in passing, with what can be done next."""
    return replace(message, choices=_first_choices(visit.person, await _home(visit), draft=False))


async def ask_language(visit: Visit) -> list[Message]:
    """Both languages, each by its own name."""
    return [
        Message(
            "people.language",
            {},
            ((Choice("language:zh_CN", "language.zh_CN"), Choice("language:en", "language.en")),),
        )
    ]


async def set_language(visit: Visit, language: str) -> list[Message]:
    """Answer in that language from now on."""
    if language not in LANGUAGES:
        raise DomainError("error.not_found")
    await visit.uow.people.change(visit.person.id, language=language)
    visit.person = replace(visit.person, language=language)
    return [Message("people.language_set", replaces=True), *await welcome(visit)]


# --- home ------------------------------------------------------------------------------------------------


async def link_home(visit: Visit, effect: LinkHome) -> list[Message]:
    """The home is looked after by this workroom from now on; the first screen shows it."""
    room = await visit.uow.registry.workroom(effect.workroom)
    if room is None:
        raise DomainError("people.no_such_workroom")
    await visit.uow.people.change(visit.person.id, home_id=room.id)
    visit.person = replace(visit.person, home=room.id)
    return [
        Message("people.home_linked", {"workroom": room.name, "address": room.address}),
        *await welcome(visit),
    ]


async def set_name(visit: Visit, effect: SetName) -> list[Message]:
    """How to call them."""
    await visit.uow.people.change(visit.person.id, name=effect.name)
    return [Message("people.name_set", {"name": effect.name})]


# --- deep links ------------------------------------------------------------------------------------------


async def start(visit: Visit, payload: str) -> list[Message]:
    """First contact or a scanned code: `w_…` links a home, `i_…` binds a seat, `c_…` claims a case.

    A device is joined by typing the code only: a link somebody sends must not carry one's cases away.
    """
    prefix, _, code = payload.partition("_")
    if prefix == "w" and code:
        room = await visit.uow.registry.workroom_by_code(code)
        if room is None:
            return [Message("people.no_such_workroom"), *await welcome(visit)]
        return await link_home(visit, LinkHome(room.id))
    if prefix == "i" and code:
        return await use_invite(visit, code)
    if prefix == "c" and code:
        return await use_claim(visit, code)
    return await welcome(visit)


async def use_code(visit: Visit, kind: str, code: str) -> list[Message]:
    """A code that was typed: `i` an invite, `m` a device, `c` a case opened for them."""
    return await {"i": use_invite, "m": use_move, "c": use_claim}[kind](visit, code)


async def use_invite(visit: Visit, code: str) -> list[Message]:
    """Bind the seat the invite is for; one unknown, used, expired or revoked is told alike.

    That is said, not raised: the try must stay counted. Who has used it, and holds the seat, hears it again.
    """
    if not await visit.uow.tries.allow(visit.person.id, visit.now.moment):
        return [await visit.beside(Message("people.too_many_tries"))]
    told, person = digest(visit.house.secret, code), visit.person.id
    seat = await visit.uow.codes.use_invite(told, person, visit.now.moment)
    if seat is None:
        again = await _bound(visit, await visit.uow.codes.invited(told, person))
        return again or [await visit.beside(Message("people.invite_invalid"))]
    await handover_letters.taken(visit, seat)
    await visit.uow.people.bind(visit.person.id, seat, visit.now.moment)
    await visit.uow.outbox.revive(seat, visit.now.moment, visit.now.moment - timedelta(days=REVIVED_DAYS))
    visit.person = await visit.uow.people.person(visit.person.id)
    bound = await _bound(visit, seat)
    if bound is None:
        raise DomainError("people.seat_gone")
    return bound


async def _bound(visit: Visit, seat: Seat | None) -> list[Message] | None:
    bound = next((held for held in visit.person.holdings if held.seat == seat), None)
    if bound is None:
        return None
    return [Message("people.bound", await _seat_words(visit, bound)), *await welcome(visit)]


async def _seat_words(visit: Visit, holding: Holding) -> dict[str, str]:
    room = await visit.uow.registry.workroom(holding.workroom) if holding.workroom else None
    department = await visit.uow.registry.department(holding.department) if holding.department else None
    place = room.name if room else department.name if department else ""
    return {"role": holding.role, "name": holding.name, "place": place}


async def offer_move(visit: Visit) -> list[Message]:
    """A one-time code with which another device or channel becomes the same person."""
    code = draw(MOVE_LENGTH, visit.house.choose)
    await visit.uow.codes.prepare_move(digest(visit.house.secret, code), visit.person.id, visit.now.moment)
    return [Message("people.move_code", {"code": code, "minutes": 30})]


async def use_move(visit: Visit, code: str) -> list[Message]:
    """This identity joins the person of the code; what was filed here comes along."""
    if not await visit.uow.tries.allow(visit.person.id, visit.now.moment):
        return [await visit.beside(Message("people.too_many_tries"))]
    target = await visit.uow.codes.use_move(digest(visit.house.secret, code), visit.now.moment)
    if target is None:
        return [await visit.beside(Message("people.move_invalid"))]
    await visit.uow.people.join(visit.person.id, target, visit.now.moment)
    visit.person = await visit.uow.people.person(target)
    return [Message("people.moved"), *await welcome(visit)]


# --- drafts ----------------------------------------------------------------------------------------------


async def resume_draft(visit: Visit) -> Talk | None:
    """The conversation left unfinished last, as it stood."""
    draft = await visit.uow.drafts.latest(visit.person.id)
    return Talk(draft.flow, draft.step, draft.data) if draft else None
