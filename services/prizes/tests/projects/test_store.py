"""Unique places under parallel writers, numbers without gaps, lists that read what they should."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused

from wsis_prizes.projects.rules import projects, submissions
from wsis_prizes.projects.store import Projects


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


def test_an_erasure_takes_along_every_draft_that_was_never_submitted(store: Projects) -> None:
    """Also one that its submitter withdrew: nobody can read it any more, and nobody would ever delete it."""
    rows, mine = store.collection("projects"), {"edition": "2017", "owner": "gone", "created_at": clock.now()}
    contact = {"contact_email": "gone@ngo.example"}
    rows.insert_many(
        [
            {"_id": "begun", "state": projects.DRAFT, **mine, **contact},
            {"_id": "taken back", "state": projects.WITHDRAWN, **mine, **contact},
            {"_id": "submitted", "state": projects.WITHDRAWN, "number": 900, **mine, **contact},
        ]
    )
    erased = store.forget(Erasure(clock.now(), account="gone"))
    assert {row["_id"] for row in erased} == {"begun", "taken back"}, "with their images"
    left = store.project("submitted")
    assert (left["owner"], left.get("contact_email")) == ("erased", None)
    assert list(rows.find({"_id": {"$in": ["begun", "taken back"]}})) == []
