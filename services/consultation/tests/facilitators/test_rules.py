from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_testkit import refused

from wsis_consultation.facilitators.rules import balance, calls, candidates, duplicates
from wsis_consultation.index.exports import CANDIDATES

NOW = datetime(2016, 11, 1, 12, tzinfo=UTC)
MECHANISM = {"_id": "2017-cs", "edition": "2017", "name": "Civil Society Plenary"}


def candidate(name: str, number: int = 1, **more: Any) -> candidates.Candidate:
    body = {
        "constituency": "civil_society",
        "full_name": name,
        "organization": None,
        "country": None,
        "gender": "not_stated",
        "bio": "Teaches.",
        "language": "en",
        "email": f"c{number}@ngo.example",
        "locale": "en",
        "endorsement": None,
        **more,
    }
    nomination = candidates.new_nomination(
        f"n{number}", number, MECHANISM, body, candidate=f"c{number}", nominator="a", moment=NOW, late=None
    )
    return candidates.new_candidate(nomination)


def test_nominations_close_at_the_very_second_of_20_november_23_00_in_geneva(edition: dict[str, Any]) -> None:
    announced = calls.default(edition)
    deadline = datetime(2016, 11, 20, 22, tzinfo=UTC)
    calls.require_open(edition, announced, deadline - timedelta(seconds=1))
    with refused("consultation.nominations_closed"):
        calls.require_open(edition, announced, deadline)
    with refused("consultation.nominations_not_open"):
        calls.require_open(edition, announced, announced["opens_at"] - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Umutoni", "Umutoni Ada"),
        ("Dr. Ольга Петрова", "PETROVA Olga"),
        ("José Álvarez Núñez", "Jose Alvarez Nunez"),
        ("محمد علي", "Mohammed Ali"),
        ("Prof. Li Wei", "WEI Li"),
        ("François Lefèvre", "Mr Francois LEFEVRE"),
        ("Mohamed Hassan", "Muhammad Hasan"),
        ("Yulia Tymoshenko", "Julia Timoshenko"),
    ],
)
def test_same_person_is_suggested_from_the_same_country(one: str, other: str) -> None:
    pairs = duplicates.find([candidate(one, 1, country="RW"), candidate(other, 2, country="RW")])
    assert [(pair.one, pair.other) for pair in pairs] == [("c1", "c2")]
    assert "country" in pairs[0].reasons


def test_different_people_are_not_suggested_and_an_address_alone_is_enough() -> None:
    people = [candidate("Ada Umutoni", 1, country="RW"), candidate("Grace Okonkwo", 2, country="RW")]
    assert duplicates.find(people) == []
    people[1]["email"] = people[0]["email"].upper()
    [pair] = duplicates.find(people)
    assert (pair.score, pair.reasons[0]) == (100, "email")


@given(st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8), min_size=1, max_size=4))
def test_likeness_of_names_ignores_their_order(tokens: list[str]) -> None:
    name = " ".join(tokens)
    assert all(duplicates.name_likeness(name, " ".join(turned)) == 100 for turned in permutations(tokens))


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_of_names_is_a_percentage(one: str, other: str) -> None:
    assert 0 <= duplicates.name_likeness(one, other) <= 100


def test_two_hundred_candidates_are_compared_within_two_seconds() -> None:
    people = [candidate(f"Name{number} Family{number * 7}", number) for number in range(200)]
    started = time.process_time()
    duplicates.find(people)
    assert time.process_time() - started < 2  # 20,000 pairs


def test_balance_counts_what_is_not_stated_and_lists_the_zeros() -> None:
    found = [
        candidate("Ada", 1, country="RW", gender="female"),
        candidate("Li", 2, country="CN"),
        candidate("Un", 3),
    ]
    counted = balance.of(found)
    regions = {row["code"]: row["count"] for row in counted["regions"]}
    assert regions == {
        "africa": 1,
        "americas": 0,
        "arab_states": 0,
        "asia_pacific": 1,
        "cis": 0,
        "europe": 0,
        "international": 1,
    }
    assert counted["genders"] == [
        {"code": "female", "count": 1},
        {"code": "male", "count": 0},
        {"code": "other", "count": 0},
        {"code": "not_stated", "count": 2},
    ]
    assert sum(row["count"] for row in counted["constituencies"]) == counted["total"] == 3
    assert len(counted["constituencies"]) == 6


def test_words_of_a_biography_are_limited() -> None:
    candidates.require_bio("one two-three, - http://x.example/a", 3)
    with refused("consultation.nomination_invalid") as refusal:
        candidates.require_bio("one two three four", 3)
    assert refusal.value.fields == {"bio": ["4 words: at most 3 are allowed."]}


def decided(email: str, decision: str | None = None, hours: int = 0) -> dict[str, Any]:
    person = {**candidate("Ada", hours), "email": email}
    return candidates.with_decision(person, decision, NOW + timedelta(hours=hours)) if decision else person


@pytest.mark.parametrize(
    ("kept", "others", "consent"),
    [
        (decided("a@x.example"), [], "asked"),
        (decided("a@x.example", "given"), [], "given"),
        (decided("a@x.example"), [decided("b@x.example", "given")], "asked"),
        (decided("a@x.example", "given"), [decided("b@x.example")], "given"),
        (decided("a@x.example", "given", 2), [decided("b@x.example", "refused", 1)], "refused"),
        (decided("a@x.example", "refused", 1), [decided("b@x.example", "given", 2)], "refused"),
        (decided("a@x.example"), [decided("b@x.example", "given"), decided("c@x.example", "refused")], "refused"),
        # One mailbox may change its mind.
        (decided("a@x.example"), [decided(" A@X.example", "given")], "given"),
        (decided("a@x.example", "refused", 1), [decided("A@x.example", "given", 2)], "given"),
        (decided("a@x.example"), [decided("b@x.example", "refused", 1), decided("b@x.example", "given", 2)], "asked"),
        (decided("a@x.example", "given", 1), [decided("A@x.example", "refused", 1)], "given"),
    ],
)
def test_a_consent_is_of_its_mailbox_and_a_refusal_of_any_stays(
    kept: dict[str, Any], others: list[dict[str, Any]], consent: str
) -> None:
    assert candidates.settled(kept, others)["consent"] == consent
    # And what others decided never becomes a decision of the kept mailbox.
    assert candidates.own_consent(candidates.settled(kept, others)) == candidates.own_consent(kept)


def test_only_who_consented_can_be_confirmed() -> None:
    willing = candidates.settled(decided("a@x.example", "given"))
    candidates.require_confirmable([willing])
    with refused("consultation.consent_missing") as refusal:
        candidates.require_confirmable([willing, candidate("Li", 7)])
    assert (refusal.value.code, refusal.value.params) == ("consultation.consent_missing", {"numbers": "7"})
    with refused("consultation.candidate_state"):
        candidates.require_confirmable([{**willing, "state": "confirmed"}])


def test_confirmed_candidate_is_not_merged_away() -> None:
    confirmed, other = {**candidate("Ada", 1), "state": "confirmed"}, candidate("Ada", 2)
    candidates.require_mergeable(other, confirmed)
    with refused("consultation.candidate_state"):
        candidates.require_mergeable(confirmed, other)
    with refused("consultation.same_candidate"):
        candidates.require_mergeable(other, other)


def test_the_list_of_candidates_leaves_with_titles_beside_its_codes() -> None:
    row = {"country": "TN", "region": "arab_states", "gender": "female", "state": "confirmed", "consent": "given"}
    found = CANDIDATES.titles({**row, "language": "ar", "constituencies": ["civil_society"]}, "fr")
    assert (found["country"], found["region"], found["language"]) == (["Tunisie"], ["États arabes"], ["arabe"])
    assert (found["gender"], found["state"], found["consent"]) == (["Femmes"], ["confirmé"], ["donné"])
    assert found["constituencies"] == ["Société civile"]
