"""No sequence of steps, however interleaved, loses a place, hides a hole or puts somebody in twice."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain import duty
from domain.duty import Book, Offer, OfferState, SlotState
from domain.errors import DomainError, NotFound
from tests.duty.ledger import MORNING, book, opened

PEOPLE = (1, 2, 3, 4, 5)
SLOTS = tuple(range(10, 16))
NIGHT = MORNING - timedelta(hours=12)

who, slots = st.sampled_from(PEOPLE), st.sampled_from(SLOTS)
asked = st.one_of(st.none(), who)
wanted = st.one_of(st.none(), slots)


class Roster(RuleBasedStateMachine):
    """Everybody presses whatever they like, in any order, at any time; some of it is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.book: Book = book()
        self.now: datetime = NIGHT
        self.made = 0
        self.expected = {number: slot.holder for number, slot in self.book.slots.items()}

    def _try(self, step: object, *args: object) -> bool:
        try:
            self.book = step(self.book, *args)  # type: ignore[operator]
        except DomainError:
            return False
        return True

    @rule(number=slots, person=who)
    def take(self, number: int, person: int) -> None:
        before = self.book.slot(number)
        if self._try(duty.take, number, person, self.now):
            assert before.holder is None, "only a hole is taken"
            self.expected[number] = person

    @rule(number=slots, person=who)
    def fill(self, number: int, person: int) -> None:
        before = self.book.slot(number)
        if self._try(duty.fill, number, person, self.now):
            assert before.holder is None, "only a hole is filled"
            self.expected[number] = person

    @rule(number=slots, person=who, to=asked, wants=wanted)
    def offer(self, number: int, person: int, to: int | None, wants: int | None) -> None:
        self.made += 1
        made = Offer(self.made, number, person, to, wants, self.now + timedelta(days=2))
        self._try(duty.offer, made, self.now)

    @rule(number=st.integers(0, 30), person=who)
    def accept(self, number: int, person: int) -> None:
        before = self.book
        if self._try(duty.accept, number, person, self.now):
            made = before.offers[number]
            assert before.slot(made.slot).holder == made.by, "only who keeps a place gives it away"
            assert made.wants is None or before.slot(made.wants).holder == person
            self.expected[made.slot] = person
            if made.wants is not None:
                self.expected[made.wants] = made.by

    @rule(number=st.integers(0, 30), person=who)
    def decline(self, number: int, person: int) -> None:
        self._try(duty.decline, number, person)

    @rule(number=st.integers(0, 30), person=who)
    def withdraw(self, number: int, person: int) -> None:
        self._try(duty.withdraw, number, person)

    @rule(number=slots, person=who)
    def absent(self, number: int, person: int) -> None:
        if self._try(duty.absent, number, person, self.now):
            self.expected[number] = None

    @rule(person=who)
    def leave(self, person: int) -> None:
        before = self.book
        self.book = duty.release(self.book, (person,), self.now)
        for number, slot in before.slots.items():
            if slot.holder == person and slot.arrived_at is None and self.now < slot.shift.ends_at:
                self.expected[number] = None

    @rule(number=slots)
    def arrive(self, number: int) -> None:
        slot = self.book.slot(number)
        if slot.holder is not None and slot.state in duty.AHEAD and self.now < slot.shift.ends_at:
            self.book = duty.arrive(self.book, number, self.now)

    @rule(hours=st.sampled_from((-3, 1, 2, 5, 49)))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def expire(self) -> None:
        self.book = duty.expire(self.book, self.now)

    @invariant()
    def every_place_is_where_the_last_step_put_it(self) -> None:
        assert {number: slot.holder for number, slot in self.book.slots.items()} == self.expected

    @invariant()
    def a_hole_is_seen_and_nothing_else_is_one(self) -> None:
        for slot in self.book.slots.values():
            assert (slot.state == SlotState.OPEN) == (slot.holder is None)

    @invariant()
    def nobody_stands_twice_in_one_shift(self) -> None:
        kept = Counter((s.shift.id, s.holder) for s in self.book.slots.values() if s.holder is not None)
        assert all(count == 1 for count in kept.values())

    @invariant()
    def what_is_offered_has_one_offer_by_its_holder(self) -> None:
        waiting = [o for o in self.book.offers.values() if o.waits]
        assert Counter(o.slot for o in waiting) == Counter(
            s.id for s in self.book.slots.values() if s.state == SlotState.OFFERED
        )
        for made in waiting:
            assert self.book.slot(made.slot).holder == made.by
            if made.wants is not None:
                assert self.book.slot(made.wants).holder == made.to


TestRoster = Roster.TestCase
TestRoster.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def likely(roster: Roster, kind: str, a: int, b: int) -> None:
    """A step that people do take: offers of what they keep, answers by who was asked."""
    number, person = SLOTS[a % len(SLOTS)], PEOPLE[b % len(PEOPLE)]
    wants = (*SLOTS, None)[b % (len(SLOTS) + 1)]
    by = roster.expected[number]
    waiting = [made for made in roster.book.offers.values() if made.waits]
    if kind == "take":
        roster.take(number, person)
    elif kind == "absent":
        roster.absent(number, by or person)
    elif kind == "offer" and by is not None:
        roster.offer(number, by, person if wants is None else roster.expected[wants], wants)
    elif kind == "steal" and by is not None:
        roster.offer(number, by, person, wants)
    elif kind == "agree" and waiting:
        made = waiting[a % len(waiting)]
        roster.accept(made.id, made.to or person)


KINDS = ("take", "absent", "offer", "offer", "steal", "agree", "agree")
steps = st.tuples(st.sampled_from(KINDS), st.integers(0, 99), st.integers(0, 99))


@settings(max_examples=80, deadline=None)
@given(st.lists(steps, min_size=30, max_size=60))
def test_what_people_do_in_any_order_loses_and_doubles_nothing(taken: list[tuple[str, int, int]]) -> None:
    roster = Roster()
    for kind, a, b in taken:
        likely(roster, kind, a, b)
        roster.every_place_is_where_the_last_step_put_it()
        roster.a_hole_is_seen_and_nothing_else_is_one()
        roster.nobody_stands_twice_in_one_shift()
        roster.what_is_offered_has_one_offer_by_its_holder()


def offered(to: int | None = 2, wants: int | None = None) -> Book:
    return duty.offer(book(), Offer(1, 10, 1, to, wants, NIGHT + timedelta(days=2)), NIGHT)


def test_a_swap_accepted_by_the_named_one_changes_both() -> None:
    done = duty.accept(offered(3, 12), 1, 3, NIGHT)
    assert (done.slot(10).holder, done.slot(12).holder) == (3, 1)
    assert done.offer(1).state == OfferState.ACCEPTED


def test_an_offer_to_all_goes_to_the_first_and_the_second_is_told() -> None:
    done = duty.accept(offered(None), 1, 3, NIGHT)
    with pytest.raises(DomainError) as told:
        duty.accept(done, 1, 4, NIGHT)
    assert told.value.key == "duty.offer_accepted"
    assert done.slot(10).holder == 3


def test_an_offer_about_a_place_that_changed_hands_is_void() -> None:
    kept = offered(3, 12)
    kept = duty.offer(kept, Offer(2, 13, 4, 1, None, NIGHT + timedelta(days=2)), NIGHT)
    kept = duty.absent(kept, 12, 3, NIGHT)
    assert kept.offer(1).state == OfferState.VOID
    assert kept.slot(10).state == SlotState.TAKEN and kept.slot(13).state == SlotState.OFFERED


@pytest.mark.parametrize("person", [1, 2, 4, 5])
def test_nobody_else_accepts(person: int) -> None:
    with pytest.raises(NotFound):
        duty.accept(offered(3), 1, person, NIGHT)


def test_somebody_in_the_shift_already_cannot_come_in_again() -> None:
    with pytest.raises(DomainError) as told:
        duty.accept(offered(None), 1, 2, NIGHT)
    assert told.value.key == "duty.in_it_already"


def test_an_offer_ends_in_time_and_at_the_beginning_of_the_shift() -> None:
    with pytest.raises(DomainError) as told:
        duty.accept(offered(3), 1, 3, NIGHT + timedelta(days=2))
    assert told.value.key == "duty.offer_expired"
    with pytest.raises(DomainError) as told:
        duty.accept(offered(3), 1, 3, MORNING)
    assert told.value.key == "duty.begun"


@given(person=st.sampled_from((1, 2, 5)), hours=st.integers(0, 170))
def test_two_take_one_hole_only_one_has_it(person: int, hours: int) -> None:
    first = duty.take(opened(book(), 12), 12, person, NIGHT + timedelta(hours=hours))
    for other in PEOPLE:
        with pytest.raises(DomainError):
            duty.take(first, 12, other, NIGHT + timedelta(hours=hours))
    assert first.slot(12).holder == person
