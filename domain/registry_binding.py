"""What binds the registry's rows together: references, positions, the rules about who belongs where."""

from collections.abc import Iterable, Iterator, Mapping, Set

from domain.registry_book import Book, Problem, Record, Value
from domain.registry_sheets import SHEETS

Spoilt = Mapping[str, Set[str]]
"""Codes whose rows already have a mistake; "" stands for a header that lacks a column."""

ABOVE = {"district": (), "street": ("district",), "community": ("street",)}
"""Which kind of unit may stand above which."""


def bound(book: Book, spoilt: Spoilt) -> tuple[Book, list[Problem]]:
    """The book with every reference as a code, and the mistakes that show only between rows."""
    problems: list[Problem] = []
    records = {name: dict(rows) for name, rows in book.records.items()}
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.kind == "reference":
                problems += _resolve(book, records, sheet.name, column.name, column.target)
    linked, known = Book(records, book.rows, book.ignored), _known(book, spoilt)
    rules = [_hierarchy, _positions, _placed, _one_liaison, _open_days]
    if not spoilt.get("liaisons"):  # a liaison whose workroom can't be read may be the one that is missing
        rules.append(_some_liaison)
    for rule in rules:
        problems += [p for p in rule(linked) if (p.sheet, p.row) not in known]
    return linked, problems


def _known(book: Book, spoilt: Spoilt) -> set[tuple[str, int]]:
    """Rows whose own mistake may be the reason of another: a second one would only confuse."""
    return {
        (sheet, row)
        for sheet, rows in book.rows.items()
        for code, row in rows.items()
        if code in spoilt.get(sheet, ()) or "" in spoilt.get(sheet, ())
    }


def _resolve(
    book: Book, records: dict[str, dict[str, Record]], sheet: str, column: str, target: str
) -> Iterator[Problem]:
    """References by code, or by a name that only one row has."""
    if target not in book.records:
        return
    codes, names = book.records[target], _names(book.records[target])
    for code, record in records.get(sheet, {}).items():
        wanted = record.get(column)
        if not isinstance(wanted, str) or wanted in codes:
            continue
        found = names.get(wanted)
        if found is None:
            yield _problem(book, sheet, code, column, "unknown_reference", text=wanted[:40], target=target)
        else:
            records[sheet][code] = {**record, column: found}


def _names(records: Mapping[str, Record]) -> dict[str, str]:
    """Names that belong to exactly one code."""
    owners: dict[str, list[str]] = {}
    for code, record in records.items():
        owners.setdefault(str(record.get("name", "")), []).append(code)
    return {name: codes[0] for name, codes in owners.items() if len(codes) == 1}


def _hierarchy(book: Book) -> Iterator[Problem]:
    """Communities stand under streets, streets under districts; so nothing can stand under itself."""
    units = book.of("units")
    for code, unit in units.items():
        kind, parent = str(unit.get("kind", "")), unit.get("parent")
        if parent is None:
            if kind == "community":
                yield _problem(book, "units", code, "parent", "no_parent")
            continue
        above = units.get(str(parent))
        if above is not None and above.get("kind") not in ABOVE.get(kind, ()):
            yield _problem(book, "units", code, "parent", "wrong_parent")


def _positions(book: Book) -> Iterator[Problem]:
    """Positions are whole, on earth, and not the wrong way round (China lies at 3–54° N, 73–136° E)."""
    for code, room in book.of("workrooms").items():
        latitude, longitude = room.get("latitude"), room.get("longitude")
        if latitude is None and longitude is None:
            continue
        if not isinstance(latitude, float) or not isinstance(longitude, float):
            missing = "longitude" if longitude is None else "latitude"
            yield _problem(book, "workrooms", code, missing, "half_position")
        elif 73 <= latitude <= 136 and 3 <= longitude <= 54:
            yield _problem(book, "workrooms", code, "latitude", "swapped")
        else:
            yield from _off_earth(book, code, latitude, longitude)


def _off_earth(book: Book, code: str, latitude: float, longitude: float) -> Iterator[Problem]:
    if not -90 <= latitude <= 90 or (latitude, longitude) == (0.0, 0.0):
        yield _problem(book, "workrooms", code, "latitude", "off_earth", limit=90)
    if not -180 <= longitude <= 180:
        yield _problem(book, "workrooms", code, "longitude", "off_earth", limit=180)


def _placed(book: Book) -> Iterator[Problem]:
    """Every representative in office has a workroom, military ones excepted (rule 12)."""
    for code, person in book.of("representatives").items():
        if person.get("workroom") is None and person.get("status", "active") not in ("military", "left"):
            yield _problem(book, "representatives", code, "workroom", "not_placed")


def _one_liaison(book: Book) -> Iterator[Problem]:
    """No workroom has two active liaisons (rule 15)."""
    active: dict[Value, str] = {}
    for code, person in book.of("liaisons").items():
        if person.get("status", "active") != "active" or person.get("workroom") is None:
            continue
        first = active.setdefault(person["workroom"], code)
        if first != code:
            yield _problem(
                book, "liaisons", code, "workroom", "second_liaison", first=book.rows["liaisons"][first]
            )


def _some_liaison(book: Book) -> Iterator[Problem]:
    """Every workroom has had a liaison (rule 15); one whose liaison has left may wait for the next."""
    named = {person.get("workroom") for person in book.of("liaisons").values()}
    for code in book.of("workrooms"):
        if "liaisons" in book.records and code not in named:
            yield _problem(book, "workrooms", code, "code", "no_liaison")


def _open_days(book: Book) -> Iterator[Problem]:
    """A rule belongs to a workroom of the file, and doesn't end before it begins."""
    for code, rule in book.of("open_days").items():
        if "workrooms" in book.records and code not in book.of("workrooms"):
            yield _problem(
                book, "open_days", code, "workroom", "unknown_reference", text=code, target="workrooms"
            )
        first, last = str(rule.get("valid_from") or ""), str(rule.get("valid_until") or "")
        if first and last and last < first:
            yield _problem(book, "open_days", code, "valid_until", "ends_before", text=last)


def waiting(book: Book) -> tuple[str, ...]:
    """Names of workrooms whose liaison has left without a successor: told, not refused."""
    served = {
        p.get("workroom") for p in book.of("liaisons").values() if p.get("status", "active") == "active"
    }
    rooms: Iterable[tuple[str, Record]] = book.of("workrooms").items()
    return tuple(str(room["name"]) for code, room in rooms if code not in served)


def _problem(book: Book, sheet: str, code: str, column: str, key: str, **params: str | int) -> Problem:
    return Problem(sheet, book.rows[sheet][code], column, "registry.problem." + key, params)
