from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from wsis_testkit import refused

from wsis_consultation.documents.store import Documents, Sources

MARCH = datetime(2017, 3, 17, 12, tzinfo=UTC)


def test_submissions_need_as_many_commands_for_one_as_for_a_hundred(
    database: Any, count_commands: Callable[[Callable[[], Any]], list[str]], inputs_2017: list[dict[str, Any]]
) -> None:
    db = database("consultation")
    sources, used = Sources(db), []
    for count in (1, 10, 100):
        edition = f"e{count}"
        db["submissions"].insert_many(
            [
                {**row, "_id": f"{edition}-{row['_id']}", "edition": edition, "amended_at": MARCH.replace(year=2018)}
                for row in inputs_2017[:count]
            ]
        )
        db["submission_versions"].insert_many(
            [
                {
                    "_id": f"{edition}-{row['_id']}.1",
                    "submission": f"{edition}-{row['_id']}",
                    "number": 1,
                    "at": MARCH,
                    "edition": edition,
                    "answers": {"a": "then"},
                }
                for row in inputs_2017[:count]
            ]
        )
        used.append(count_commands(lambda edition=edition: sources.submissions(edition, MARCH)))  # type: ignore[misc]
        found = sources.submissions(edition, MARCH)
        assert len(found) == count
        assert all(row["answers"] == {"a": "then"} and "contact" not in row for row in found)
    assert len({len(commands) for commands in used}) == 1, used


def test_a_removed_version_is_unknown_and_keeps_its_number(database: Any) -> None:
    documents = Documents(database("consultation"))
    row = {"edition": "2030", "kind": "outcomes", "inputs": []}
    documents.save("documents", {"_id": "2030-outcomes-1.0", **row, "number": "1.0", "status": "removed"})
    documents.save("documents", {"_id": "2030-outcomes-1.1", **row, "number": "1.1", "status": "draft"})
    with refused("consultation.document_unknown"):
        documents.find("2030-outcomes-1.0")
    assert [one["_id"] for one in documents.of_edition("2030")] == ["2030-outcomes-1.1"]
    taken = documents.of_series({"edition": "2030", "kind": "outcomes"})
    assert sorted(one["number"] for one in taken) == ["1.0", "1.1"]
    assert documents.find("2030-outcomes-1.1", edition="2030")["version"] == 1
    with refused("consultation.document_unknown"):
        documents.find("2030-outcomes-1.1", edition="2031")
