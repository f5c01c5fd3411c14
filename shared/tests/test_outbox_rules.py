"""The rules of the relay, over a broker that confirms, refuses, loses and delays by lot."""

from __future__ import annotations

from collections import defaultdict
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.outbox import EventfulRepository
from wsis_shared.outbox.rules import CONFIRM_SECONDS, LARGEST, TRIES, Prepared, is_aside, next_size, round_of

SUBJECTS = st.sampled_from("abc")
EVENTS = st.lists(st.tuples(SUBJECTS, st.booleans()), max_size=30)  # (subject, can it be sent?)


def prepared(events: list[tuple[str, bool]]) -> list[Prepared]:
    return [
        Prepared(f"{number:03}", subject, "message" if sound else None, "" if sound else "TypeError")
        for number, (subject, sound) in enumerate(events)
    ]


@given(EVENTS, st.booleans())
def test_a_round_keeps_the_order_of_each_subject(events: list[tuple[str, bool]], one_each: bool) -> None:
    waiting = prepared(events)
    sendable, unsendable = round_of(waiting, one_each=one_each)
    assert sendable == sorted(sendable, key=lambda event: event.id)
    for subject in "abc":
        own = [event for event in waiting if event.subject == subject]
        sent = [event for event in sendable if event.subject == subject]
        stuck = [event for event in unsendable if event.subject == subject]
        first_unsound = next((number for number, event in enumerate(own) if event.error), len(own))
        assert sent == own[: min(first_unsound, 1) if one_each else first_unsound]
        held_back = one_each and first_unsound > 0
        assert stuck == ([] if held_back else own[first_unsound : first_unsound + 1])


@given(EVENTS, st.data())
def test_every_sound_event_arrives_in_order_and_the_others_are_set_aside(
    events: list[tuple[str, bool]], data: st.DataObject
) -> None:
    stored, tries, aside = {event.id: event for event in prepared(events)}, defaultdict[str, int](int), set[str]()
    arrived, size, one_each = list[Prepared](), LARGEST, False
    for turn in count():
        assert turn < 500, "it comes to an end"
        held = {stored[id].subject for id in aside}
        waiting = [event for event in stored.values() if event.subject not in held][:size]
        if not waiting:
            break
        sendable, unsendable = round_of(waiting, one_each=one_each)
        for event in unsendable:
            tries[event.id] += 1
            if is_aside(tries[event.id]):
                aside.add(event.id)
        # The connection is lost somewhere among them: what was sent before may have arrived, and is not confirmed.
        lost_at = data.draw(st.integers(0, len(sendable))) if turn < 20 else len(sendable)
        outcomes = [number < lost_at for number in range(len(sendable))]
        for event, confirmed in zip(sendable, outcomes, strict=True):
            if confirmed:
                arrived.append(stored.pop(event.id))
        size = next_size(size, outcomes, 0.1) if outcomes else size
        one_each = not all(outcomes)
    for subject in "abc":
        own = [event for event in prepared(events) if event.subject == subject]
        sound = own[: next((number for number, event in enumerate(own) if event.error), len(own))]
        assert [event for event in arrived if event.subject == subject] == sound
    assert all(tries[id] == TRIES for id in aside)


@given(st.integers(1, LARGEST), st.lists(st.booleans(), min_size=1, max_size=LARGEST), st.floats(0, CONFIRM_SECONDS))
def test_a_round_grows_only_when_it_is_quick_and_shrinks_when_something_is_open(
    size: int, outcomes: list[bool], seconds: float
) -> None:
    after = next_size(size, outcomes, seconds)
    assert 1 <= after <= LARGEST
    assert (after < size) == (not all(outcomes) and size > 1)
    assert after <= size or (len(outcomes) >= size and seconds < CONFIRM_SECONDS / 3)


def test_only_what_is_open_shrinks_a_round() -> None:
    answered = [True] * 10
    assert next_size(10, answered, 0.1) == 20
    assert next_size(10, answered, CONFIRM_SECONDS) == 10
    assert next_size(10, [*answered[1:], False], CONFIRM_SECONDS) == 5


def test_a_broker_of_fifteen_confirms_a_second_comes_to_rest() -> None:
    size, sizes = LARGEST, []
    for _ in range(20):
        confirmed = min(size, int(15 * CONFIRM_SECONDS))
        seconds = min(size / 15, CONFIRM_SECONDS)
        size = next_size(size, [number < confirmed for number in range(size)], seconds)
        sizes.append(size)
    assert sizes[-1] == sizes[-10] == 100


class Loans(EventfulRepository):
    __module__ = "wsis_library.loans.store"


class SlowLoans(Loans):
    __module__ = "tests.loans"


def test_events_of_a_repository_are_of_the_service_in_whose_package_it_is() -> None:
    assert (Loans.source, SlowLoans.source) == ("library", "library")
