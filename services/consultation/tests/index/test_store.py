from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, make_context

from wsis_consultation.editions import store as seed
from wsis_consultation.editions.store import Editions
from wsis_consultation.index.store import SubmissionIndex
from wsis_consultation.overview.use_cases import OverviewCases
from wsis_consultation.submissions.store import Submissions

START = datetime(2016, 12, 1, tzinfo=UTC)


def _submission(number: int, edition: str = "2017", **more: Any) -> dict[str, Any]:
    return {
        "_id": f"{edition}-{number}",
        "edition": edition,
        "number": number,
        "state": "received",
        "kind": "form",
        "organization": f"Org {number}",
        "country": "NO",
        "region": "europe",
        "stakeholder_type": "government",
        "language": "en",
        "received_at": START,
        "updated_at": START,
        "action_lines": ["C3"],
        "sdgs": [3],
        **more,
    }


def test_rows_are_by_number_across_blocks_and_of_one_edition(database: Any) -> None:
    index = SubmissionIndex(database("consultation"))
    index.put(*[_submission(number, "2010") for number in (250, 9, 100, 99, 11)])
    index.put(_submission(1, "2011"))
    assert [row["number"] for row in index.of("2010")] == [9, 11, 99, 100, 250]
    assert index.of("2012") == []


def test_change_of_another_process_is_seen_at_once(database: Any) -> None:
    here, there = SubmissionIndex(database("consultation")), SubmissionIndex(database("consultation"))
    there.put(_submission(1, "2013"))
    assert [row["state"] for row in here.of("2013")] == ["received"]
    there.put(_submission(1, "2013", state="withdrawn"))
    assert [row["state"] for row in here.of("2013")] == ["withdrawn"]


def test_row_of_a_failed_transaction_is_not_there(database: Any) -> None:
    index = SubmissionIndex(database("consultation"))
    index.put(_submission(1, "2014"))

    def work() -> None:
        index.put(_submission(2, "2014"))
        raise LookupError

    with pytest.raises(LookupError):
        in_transaction(work)
    assert [row["number"] for row in index.of("2014")] == [1]


def test_as_many_commands_for_one_row_as_for_a_hundred(database: Any, count_commands: Any) -> None:
    db = database("consultation")
    for edition, size in (("2001", 1), ("2002", 10), ("2003", 100)):
        SubmissionIndex(db).put(*[_submission(number, edition) for number in range(size)])
    read = {
        edition: count_commands(lambda edition=edition: SubmissionIndex(db).of(edition))
        for edition in ("2001", "2002", "2003")
    }
    assert read["2001"] == read["2002"] == read["2003"] == ["find", "find"]
    known = SubmissionIndex(db)
    known.of("2003")
    assert count_commands(lambda: known.of("2003")) == ["find"]


def test_list_and_counts_need_as_many_commands_at_any_size(database: Any, count_commands: Any) -> None:
    db = database("consultation")
    seed.seed(db)
    needed = []
    for size in (1, 10, 100):
        for name in ("submission_index", "submission_index_versions"):
            db[name].delete_many({})
        SubmissionIndex(db).put(*[_submission(number) for number in range(size)])
        cases = OverviewCases(Editions(db), SubmissionIndex(db), Submissions(db))
        officer = make_context(actor("officer"))

        def read(cases: OverviewCases = cases, officer: Any = officer) -> None:
            page = cases.list_submissions(officer, "2017", 100, region="europe")
            assert page["total"] == cases.count_submissions(officer, "2017", region="europe")["total"]

        needed.append(count_commands(read))
    assert needed == [["find"] * 5] * 3
