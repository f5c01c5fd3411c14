"""Possible duplicates, at entry, under review, and in the whole register."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.mongo import in_transaction
from wsis_shared.parts import Parts
from wsis_testkit import actor, refused, wait_for

from wsis_stocktaking.duplicates import schemas
from wsis_stocktaking.duplicates.rules import pairs as rules
from wsis_stocktaking.duplicates.store import Duplicates
from wsis_stocktaking.duplicates.use_cases import Finder, FindingCases, PairCases
from wsis_stocktaking.entries.schemas.review import ReviewWithDuplicates
from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.entries.use_cases.review import Reviews
from wsis_stocktaking.matrix.use_cases.reading import current_links
from wsis_stocktaking.register.rules import entries as entry_rules
from wsis_stocktaking.register.store.register import Publication, Register
from wsis_stocktaking.search.index import RegisterIndex

from .. import generated

TITLE = "Clinics on line for mountain villages"
WHY = {"verdict": "different", "reason": "Two phases with contracts of their own"}


@pytest.fixture(scope="module")
def register(database: Any, stocktaking: Any, make_content: Any) -> Register:
    """A register with a pair of one activity, its translation with the same website, and sixty others."""
    register = Register(database("stocktaking"))
    clinics = {"countries": ["RW"], "links": [{"url": "https://clinics.example", "title": None}]}
    contents = {
        "one": make_content(title={"en": TITLE}, **clinics),
        "two": make_content(title={"en": "On-line clinics for mountain villages"}, countries=["RW"]),
        "fr": make_content(
            title={"fr": "Des médecins pour les montagnes"},
            description={"fr": "Consultations à distance dans les villages."},
            original_language="fr",
            **clinics,
        ),
        **{f"other-{number}": content for number, content in enumerate(generated.contents(60))},
    }
    at = clock.now()
    publications = [
        Publication(register.new_entry(entry, "submission", None, at), content) for entry, content in contents.items()
    ]
    in_transaction(lambda: register.publish(publications, at))
    body = {"title": {"en": TITLE}, "organization": "", "website": None, "countries": []}
    wait_for(lambda: stocktaking.call("find_duplicates", actor(), body=body)["items"])  # the index has them
    return register


def shown(response: Any) -> list[tuple[str, bool]]:
    items = schemas.Candidates().dump(response)["items"]
    assert [row["score"] for row in items] == sorted((row["score"] for row in items), reverse=True)
    return [(row["entry"], row["likely"]) for row in items]


def test_member_sees_possible_duplicates_of_what_they_are_about_to_enter(register: Register, stocktaking: Any) -> None:
    body = {
        "title": {"en": "Clinics online for mountain vilages"},
        "organization": "Ministry of Agriculture",
        "website": None,
        "countries": ["RW"],
    }
    assert shown(stocktaking.call("find_duplicates", actor(), body=body))[:2] == [("one", True), ("two", True)]
    body = {
        "title": {"ar": "أطباء الجبال"},
        "organization": "Ministry of Agriculture",
        "countries": ["RW"],
        "website": "http://www.clinics.example/",
    }
    assert shown(stocktaking.call("find_duplicates", actor(), body=body)) == [("fr", True), ("one", True)]
    body = {"title": {"en": "Broadband for schools"}, "organization": "", "website": None, "countries": []}
    assert not any(likely for _, likely in shown(stocktaking.call("find_duplicates", actor(), body=body)))


def test_verdict_of_an_officer_is_kept_and_audited(
    register: Register, stocktaking: Any, officer: Any, published: Any
) -> None:
    assert [entry for entry, _ in shown(stocktaking.call("list_duplicates_of", officer, entry="one"))] == ["fr", "two"]
    stocktaking.run_job("start_duplicate_scan", officer, body={"full": True})
    pairs = stocktaking.call("list_duplicates", officer)["items"]
    found = {(row["one"]["entry"], row["other"]["entry"]): row for row in schemas.Pair(many=True).dump(pairs)}
    assert {("fr", "one"), ("one", "two")} <= set(found)
    assert found["one", "two"]["one"] == {
        "entry": "one",
        "title": TITLE,
        "organization": "Ministry of Agriculture",
        "public": True,
    }
    scores = [row["score"] for row in pairs]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= rules.POSSIBLE

    decided = stocktaking.call("decide_duplicate", officer, entry="two", other="one", body=WHY)
    assert (decided["state"], decided["decided_by"], decided["reason"]) == ("different", officer.id, WHY["reason"])
    audit = published("stocktaking").wait("action_taken")[-1]["data"]
    assert (audit["action"], audit["object"]) == ("stocktaking.duplicate_decided", "entry/two/duplicate/one")
    stocktaking.run_job("start_duplicate_scan", officer, body={"full": True})
    pairs = stocktaking.call("list_duplicates", officer)["items"]
    assert ("one", "two") not in {(row["one"]["entry"], row["other"]["entry"]) for row in pairs}
    assert [entry for entry, _ in shown(stocktaking.call("list_duplicates_of", officer, entry="one"))] == ["fr"]
    [kept] = stocktaking.call("list_duplicates", officer, state="different")["items"]
    assert kept["reason"] == WHY["reason"]


def test_an_officer_sees_possible_duplicates_with_the_entry_that_they_review(
    register: Register, stocktaking: Any, officer: Any, make_content: Any
) -> None:
    at = clock.now()
    entry = register.new_entry("waits", "submission", "ada", at)
    content = make_content(title={"en": "Clinics on line for the villages of the mountains"}, countries=["RW"])
    register.save("entries", entry_rules.submit(entry_rules.edit(entry, content, at), at))
    review = ReviewWithDuplicates().dump(stocktaking.call("read_review", officer, entry="waits"))
    assert (review["state"], [row["entry"] for row in review["duplicates"]]) == ("submitted", ["one", "two"])
    own = stocktaking.call("list_duplicates_of_own", actor(id="ada"), entry="waits")
    assert [entry for entry, _ in shown(own)] == ["one", "two"]
    with refused("stocktaking.entry_unknown"):
        stocktaking.call("list_duplicates_of_own", actor(id="eve"), entry="waits")
    assert shown({"items": review["duplicates"]}) == shown(
        stocktaking.call("list_duplicates_of", officer, entry="waits")
    )
    untitled = register.new_entry("untitled", "submission", "ada", at)
    register.save("entries", entry_rules.edit(untitled, {**content, "title": {}}, at))
    assert stocktaking.call("read_review", officer, entry="untitled")["duplicates"] == []


def test_an_entry_can_be_reviewed_while_the_index_is_filled(register: Register, database: Any) -> None:
    db = database("stocktaking")
    empty = RegisterIndex(register)  # never started: as in the first seconds of a process
    finding = FindingCases(Finder(empty), register, Duplicates(db))
    links = current_links(Parts(db, lambda *_, **__: None))
    reviews = Reviews(register, Entries(db), links, finding, accounts=None)  # type: ignore[arg-type]
    review = reviews.read_review(Context(received_at=clock.now()), "one")
    assert (review["id"], review["duplicates"]) == ("one", None)


def test_verdict_on_a_pair_that_no_comparison_found(register: Register, stocktaking: Any, officer: Any) -> None:
    body = {"verdict": "same", "reason": "A renamed project"}
    decided = stocktaking.call("decide_duplicate", officer, entry="other-1", other="one", body=body)
    assert (decided["state"], decided["score"] < rules.POSSIBLE) == ("same", True)
    with refused("stocktaking.same_entry"):
        stocktaking.call("decide_duplicate", officer, entry="one", other="one", body=body)
    with refused("stocktaking.entry_unknown"):
        stocktaking.call("decide_duplicate", officer, entry="one", other="nobody", body=body)


def test_no_comparison_finds_an_entry_that_is_gone(register: Register, stocktaking: Any, officer: Any) -> None:
    in_transaction(lambda: register.withdraw(register.find("fr"), clock.now()))
    wait_for(
        lambda: "fr" not in [entry for entry, _ in shown(stocktaking.call("list_duplicates_of", officer, entry="one"))]
    )
    stocktaking.run_job("start_duplicate_scan", officer, body={"full": True})
    pairs = stocktaking.call("list_duplicates", officer)["items"]
    assert "fr" not in {entry for row in pairs for entry in (row["one"]["entry"], row["other"]["entry"])}


def test_new_entries_are_compared_from_where_the_last_comparison_ended(
    register: Register, stocktaking: Any, officer: Any
) -> None:
    stocktaking.run_job("start_duplicate_scan", officer, body={"full": True})
    again = stocktaking.run_job("start_duplicate_scan", officer, body={"full": False})
    assert again == {"entries": 0, "pairs": 0}


def test_number_of_commands_does_not_grow_with_the_page(
    register: Register, stocktaking: Any, officer: Any, count_commands: Any, database: Any
) -> None:
    cases = PairCases(register, Duplicates(database("stocktaking")))
    few = count_commands(lambda: cases.list_duplicates("open", 0, 1, None))
    many = count_commands(lambda: cases.list_duplicates("open", 0, 100, None))
    assert len(few) == len(many) == 3  # rows, their number, entries


def test_a_new_pair_has_its_first_version_and_one_of_two_verdicts_on_it_counts(database: Any) -> None:
    pairs = Duplicates(database("stocktaking"))
    pairs.add("scan", {("new-a", "new-b"): 70}, clock.now())
    found = pairs.find("new-b", "new-a")
    assert found is not None
    assert found["version"] == 1
    first, second = dict(found), dict(found)
    in_transaction(lambda: pairs.decide({**first, "state": "same"}))
    with refused("suite.changed_meanwhile"):
        in_transaction(lambda: pairs.decide({**second, "state": "different"}))
    assert (pairs.find("new-a", "new-b") or {})["state"] == "same"
