"""What somebody is to a case: the only place where rights come from, asked on every press."""

from domain.cases import Case, Part
from domain.errors import NotFound
from domain.people import Holding, Person, Seat


def parts_of(person: Person, case: Case) -> frozenset[Part]:
    """Every part this person has in this case; none at all means it does not exist for them."""
    parts = {Part.FILER} if person.id == case.person else set()
    for holding in person.holdings:
        parts |= _by_seat(holding, case)
    return frozenset(parts)


def _by_seat(holding: Holding, case: Case) -> set[Part]:
    parts: set[Part] = set()
    match holding.role:
        case "liaison" if holding.workroom == case.workroom:
            parts.add(Part.LIAISON)
        case "representative" if holding.workroom == case.workroom:
            parts.add(Part.REPRESENTATIVE)
        case "contact" if case.route and case.route.department == holding.department:
            parts.add(Part.CONTACT)
        case "officer" if case.route and case.route.department is None:
            parts.add(Part.OFFICER)
    if holding.role == "representative" and holding.id == case.representative:
        parts.add(Part.HANDLER)
    if case.caller == str(holding.seat):
        parts.add(Part.CALLER)
    return parts


def parts_of_seat(seat: Seat, case: Case) -> frozenset[Part]:
    """The parts whoever holds a seat has in a case that waits for it: for the buttons of a letter to it."""
    parts = {Part.LIAISON} if seat.role == "liaison" else {Part.REPRESENTATIVE}
    if seat.role in ("contact", "officer"):
        parts = {Part.CONTACT} if seat.role == "contact" else {Part.OFFICER}
    if seat == Seat("representative", case.representative or 0):
        parts.add(Part.HANDLER)
    if case.caller == str(seat):
        parts.add(Part.CALLER)
    return frozenset(parts)


def seat_for(person: Person, case: Case, parts: frozenset[Part]) -> str:
    """The seat in whose name an action with these parts is done."""
    for holding in person.holdings:
        if _by_seat(holding, case) & parts:
            return str(holding.seat)
    return str(person.seat)


def demand_parts(person: Person, case: Case | None) -> tuple[Case, frozenset[Part]]:
    """The case and the person's parts in it. Raises NotFound alike for no case and no part (TRUST 20)."""
    parts = parts_of(person, case) if case else frozenset()
    if case is None or not parts:
        raise NotFound
    return case, parts


def knows_filer(case: Case, parts: frozenset[Part]) -> bool:
    """Whether these parts may see who filed it (privacy per case, DESIGN §2)."""
    if Part.FILER in parts:
        return True
    if case.privacy == "anonymous":
        return False
    inside = {
        Part.LIAISON,
        Part.REPRESENTATIVE,
        Part.HANDLER,
    }  # a caller of the office is not of the workroom
    return bool(parts & inside) or case.privacy == "named"
