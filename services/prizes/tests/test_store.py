"""The store: unique places under parallel writers, numbers without gaps, lists that read what they should."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Conflict
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused, unsent

from wsis_prizes.editions.store import Editions
from wsis_prizes.eligibility.store import PastWinners
from wsis_prizes.finalists.store import Results
from wsis_prizes.projects.rules import projects, submissions
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews


@pytest.fixture(scope="module")
def store(database: Any) -> Projects:
    return Projects(database("prizes"))


def in_parallel(count: int, work: Callable[[int], Any]) -> list[Any]:
    outcomes: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            outcomes[number] = work(number)
        except Conflict as refusal:
            outcomes[number] = refusal.code

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def submission(store: Projects, edition: Any, fields: Any, id: str, owner: str = "") -> Callable[[], Any]:
    def work() -> Any:
        draft = {"_id": id, "edition": "2017", "owner": owner or id, "state": projects.DRAFT}
        written = submissions.written(draft, edition, fields)
        done = submissions.submitted(written, edition, store.next_number("2017"), clock.now())
        return store.save_project(done, edition)

    return work


def test_one_place_for_eight_at_once(store: Projects, edition: Any, form: Any) -> None:
    spellings = [
        "Réseau Santé SA",
        "RESEAU SANTE",
        "Reseau-Sante",
        "Santé Réseau",
        "Le Réseau Santé",
        "reseau  sante",
        "Réseau Santé Ltd",
        "Réseau (Santé)",
    ]
    outcomes = in_parallel(
        8,
        lambda n: in_transaction(submission(store, edition, form(organization=spellings[n], title=f"T{n}"), f"one{n}")),
    )
    kept = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert len(kept) == 1
    assert outcomes.count("prizes.project_of_another") == 7
    assert store.collection("projects").count_documents({"slot": kept[0]["slot"]}) == 1


def test_numbers_have_no_gap_and_no_double(store: Projects, edition: Any, form: Any) -> None:
    first = store.next_number("2017")
    fields = [form(organization=f"Number {n}", title=f"Title {n}") for n in range(8)]
    outcomes = in_parallel(8, lambda n: in_transaction(submission(store, edition, fields[n], f"number{n}")))
    assert sorted(outcome["number"] for outcome in outcomes) == list(range(first + 1, first + 9))


def test_a_submission_asks_once_who_is_in_its_way(
    store: Projects, edition: Any, form: Any, count_commands: Any
) -> None:
    """Submissions go one after the other: each question makes all that wait wait longer."""
    edition["settings"]["same_project_twice"] = False
    work = submission(store, edition, form(organization="Few words", title="One question"), "few")
    assert count_commands(lambda: in_transaction(work)) == ["findAndModify", "find", "insert", "commitTransaction"]
    for id, title, code in (
        ("same-place", "Another", "project_exists"),
        ("same-title", "One question", "project_twice"),
    ):
        category = "C1" if id == "same-title" else "C7.e-health"
        fields = form(organization="Few words", title=title, category=category)
        with refused(f"prizes.{code}"):
            in_transaction(submission(store, edition, fields, id, owner="few"))


def test_a_draft_is_not_among_those_that_came_in(store: Projects, edition: Any, form: Any) -> None:
    draft = {"_id": "draft", "edition": "2017", "owner": "draft", "state": projects.DRAFT}
    store.save_project(submissions.written(draft, edition, form(title="Not yet for anybody")), edition)
    in_transaction(submission(store, edition, form(organization="Came in"), "came-in"))
    listed = [row["_id"] for row in store.listed("2017", {}, 100, None).rows]
    assert "came-in" in listed
    assert "draft" not in listed


def test_past_winners_are_imported_once(database: Any) -> None:
    store = PastWinners(database("prizes"))
    row = {"edition": "2015", "country": "KE", "entity": "afya", "title_key": "t", "title": "T", "organization": "Afya"}
    other = {**row, "edition": "2016"}
    assert store.add_past_winners([row, other]) == 2
    assert store.add_past_winners([row]) == 0
    assert [found["edition"] for found in store.past_winners_of("KE", "2016")] == ["2015"]
    page = store.past_winners("2017", 1, None)
    assert [found["edition"] for found in page.rows] == ["2015"]
    assert [found["edition"] for found in store.past_winners("2017", 1, page.next).rows] == ["2016"]


def test_progress_and_means_are_counted_by_the_store(database: Any) -> None:
    store = Reviews(database("prizes"))
    pairs = [("a", "j1"), ("a", "j2"), ("b", "j1"), ("b", "j3")]
    store.add_reviews("2099", pairs, {"a": "C1", "b": "C2"})
    for project, juror, state, mean in (
        ("a", "j1", "done", 4.0),
        ("a", "j2", "done", 3.0),
        ("b", "j3", "conflict", None),
    ):
        store.save_review({**store.review(project, juror), "state": state, "mean": mean})
    assert store.progress("2099", "category") == [
        {"key": "C1", "assigned": 0, "begun": 0, "done": 2, "conflict": 0, "all": 2},
        {"key": "C2", "assigned": 1, "begun": 0, "done": 0, "conflict": 1, "all": 1},
    ]
    assert store.means("2099") == {"a": 3.5}
    assert store.late("2099") == ["j1"]
    assert store.open_reviews("2099", "j1") == 1
    assert store.jurors_of("b") == ["j1"]


def test_a_review_saved_by_two_at_once_is_not_lost(database: Any) -> None:
    store = Reviews(database("prizes"))
    store.add_reviews("2098", [("c", "j1")], {"c": "C1"})
    read = store.review("c", "j1")
    store.save_review({**read, "state": "begun"})
    with refused("prizes.changed_meanwhile"):
        store.save_review({**read, "state": "done"})


def test_decisions_can_be_changed_and_voided(database: Any) -> None:
    store = Results(database("prizes"))
    store.decide("2097", "C1", "p1", "Best", "j1")
    store.decide("2097", "C1", None, "None after all", "j2")
    assert {name: row["project"] for name, row in store.decisions("2097").items()} == {"C1": None}
    store.void_decision("2097", "C1")
    assert store.decisions("2097") == {}


def test_the_seed_is_loaded_once(database: Any) -> None:
    store = Editions(database("prizes"))
    from wsis_prizes.editions.seed import seed

    assert seed(store.db) == "edition 2017 loaded"
    assert seed(store.db) == "edition 2017 is there"
    event = unsent(store.db, "voting_window_changed")[0]
    assert event["data"]["closes_at"] == "2017-04-15T21:00:00Z"
