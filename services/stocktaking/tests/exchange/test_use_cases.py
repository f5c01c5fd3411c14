"""What other systems read: changes, linked data, snapshots."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from rdflib import Graph, Namespace, URIRef
from wsis_shared.blobs import store as blob_store
from wsis_shared.errors import NotFound
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused, wait_for

from wsis_stocktaking.exchange.store import Exchange, pages_at
from wsis_stocktaking.exchange.use_cases import SnapshotCases
from wsis_stocktaking.register.store.register import Publication, Register

START = datetime(2016, 7, 1, 12, tzinfo=UTC)
HEALTH, FARMS = "C7.e-health", "C7.e-agriculture"
DCAT = Namespace("http://www.w3.org/ns/dcat#")


def lines(*codes: str) -> list[dict[str, Any]]:
    return [{"line": code, "sub_themes": []} for code in codes]


@pytest.fixture(scope="module")
def register(database: Any) -> Register:
    return Register(database("stocktaking"))


@pytest.fixture(scope="module")
def history(stocktaking: Any, register: Register, make_content: Callable[..., Any]) -> Register:
    """Sequences 1 to 6: a, b and c become public, a leaves e-agriculture, b is withdrawn, c is merged into a."""

    def publish(entry: dict[str, Any], hours: int, **changes: Any) -> dict[str, Any]:
        made = make_content(**changes)
        return in_transaction(lambda: register.publish([Publication(entry, made)], START + timedelta(hours=hours)))[0]

    new = [register.new_entry(each, "submission", None, START) for each in "abc"]
    a, b, c = (
        publish(entry, hours, title={"en": f"=1+{entry['_id']}"}, action_lines=lines(FARMS))
        for hours, entry in enumerate(new)
    )
    publish(a, 3, title={"en": "A"}, action_lines=lines(HEALTH))
    in_transaction(lambda: register.withdraw(b, START + timedelta(hours=4)))
    in_transaction(lambda: register.withdraw(c, START + timedelta(hours=5), merged_into="a"))
    return register


def test_changes_are_in_order_and_tell_what_became_of_each_entry(stocktaking: Any, history: Register) -> None:
    found = stocktaking.call("list_entry_changes")
    told = [(row["sequence"], row["entry"], row["change"], row["merged_into"]) for row in found["items"]]
    assert told == [(4, "a", "published", None), (5, "b", "withdrawn", None), (6, "c", "merged", "a")]
    assert [bool(row["card"]) for row in found["items"]] == [True, False, False]
    assert (found["next"], found["position"], found["reached"]) == (None, 6, 6)
    assert "owner" not in found["items"][0]["card"]


def test_an_entry_that_left_the_line_is_told_without_its_card(stocktaking: Any, history: Register) -> None:
    farms = stocktaking.call("list_entry_changes", action_line=[FARMS])["items"]
    assert [(row["entry"], row["outside"], row["card"]) for row in farms] == [
        ("a", True, None),
        ("b", False, None),
        ("c", False, None),
    ]
    health = stocktaking.call("list_entry_changes", action_line=[HEALTH])
    assert [(row["entry"], row["outside"]) for row in health["items"]] == [("a", False)]
    assert health["reached"] == 6
    assert stocktaking.call("list_entry_changes", action_line=["C1"]) == {
        "items": [],
        "next": None,
        "position": None,
        "reached": 6,
    }


def test_pages_follow_each_other_and_a_reader_continues_where_it_was(stocktaking: Any, history: Register) -> None:
    after, seen = 0, []
    for _ in range(3):
        page = stocktaking.call("list_entry_changes", after=after, limit=1)
        seen += [row["sequence"] for row in page["items"]]
        after = page["reached"]
    assert (seen, page["next"]) == ([4, 5, 6], None)
    assert stocktaking.call("list_entry_changes", after=6)["items"] == []
    assert stocktaking.call("list_entry_changes", after=900)["reached"] == 900


def test_changes_since_a_moment(stocktaking: Any, history: Register) -> None:
    def since(hours: float) -> list[int]:
        moment = START + timedelta(hours=hours)
        return [row["sequence"] for row in stocktaking.call("list_entry_changes", since=moment)["items"]]

    assert [since(-1), since(3.5), since(4.5), since(6)] == [[4, 5, 6], [5, 6], [6], []]
    assert since(5) == [6], "what happened at that moment is part of it"
    with refused("stocktaking.changes_begin_twice") as refusal:
        stocktaking.call("list_entry_changes", after=1, since=START)
    assert list(refusal.value.fields) == ["since"]


def test_commands_do_not_grow_with_the_rows(
    history: Register, database: Any, count_commands: Any, make_content: Callable[..., Any]
) -> None:
    exchange = Exchange(database("stocktaking"))
    few = len(count_commands(lambda: exchange.changes(0, history.head(), [], 50)))
    assert few <= 2
    at_first = len(count_commands(lambda: exchange.public_at(6, 0, 100)))
    assert at_first == 2


def test_an_entry_is_read_as_linked_data_only_while_it_is_public(stocktaking: Any, history: Register) -> None:
    text = stocktaking.call("read_entry_linked_data", entry="a")["text"]
    graph = Graph().parse(data=text, format="json-ld")
    topics = [str(each) for each in graph.objects(None, URIRef("http://xmlns.com/foaf/0.1/primaryTopic"))]
    assert [topic.rpartition("/")[2] for topic in topics] == ["a"]
    assert stocktaking.call("read_entry_linked_data", entry="c")["text"] == text  # merged into a
    for entry in ("b", "missing"):
        with pytest.raises(NotFound):
            stocktaking.call("read_entry_linked_data", entry=entry)


def test_pages_of_the_past_are_what_was_public_then(history: Register, database: Any) -> None:
    exchange = Exchange(database("stocktaking"))

    def at(sequence: int, width: int) -> list[tuple[str, int]]:
        return [(row["_id"], row["revision"]) for page in pages_at(exchange, sequence, width) for row in page]

    assert at(3, 2) == [("a", 1), ("b", 1), ("c", 1)]
    assert at(5, 100) == at(5, 1) == [("c", 1), ("a", 2)]
    first = next(row for page in pages_at(exchange, 5, 10) for row in page if row["_id"] == "a")
    assert (first["published_at"], first["revised_at"]) == (START, START + timedelta(hours=3))


def read(file: dict[str, Any]) -> bytes:
    return b"".join(blob_store.of("stocktaking").open(file["blob"]))


def test_a_snapshot_has_all_public_entries_in_each_format(
    stocktaking: Any, history: Register, officer: Any, published: Any
) -> None:
    done = stocktaking.run_job("start_entry_snapshot", officer)
    assert done == {"snapshot": "6", "sequence": 6, "entries": 1}
    (listed,) = stocktaking.call("list_entry_snapshots")["items"]
    assert (listed["snapshot"], listed["entries"]) == ("6", 1)
    terms = stocktaking.call("list_entry_snapshots")
    assert terms["contact"].endswith("/contact")
    assert "ITU" in terms["rights"]
    files = {}
    for file in listed["files"]:
        packed = read(stocktaking.call("read_entry_snapshot_file", snapshot="6", format=file["format"]))
        assert (hashlib.sha256(packed).hexdigest(), len(packed)) == (file["sha256"], file["size"])
        files[file["format"]] = packed if file["format"] == "xlsx" else gzip.decompress(packed)
    assert set(files) == {"jsonl", "csv", "jsonld", "xlsx"}
    (card,) = [json.loads(line) for line in files["jsonl"].splitlines()]
    assert (card["entry"], card["title"], card["sequence"]) == ("a", {"en": "A"}, 4)
    assert (card["countries"], card["labels"]["countries"]) == (["KE"], ["Kenya"])
    (row,) = csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"), newline=""))
    assert (row["title.en"], row["action_lines"], row["targets"], row["organization.country"]) == (
        "A",
        HEALTH,
        "2.3",
        "KE",
    )
    assert (row["organization.country.label"], row["action_lines.label"][:5], row["licence"]) == (
        "Kenya",
        "C7 · ",
        terms["licence"],
    )
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    head, values = [[cell.value or "" for cell in cells] for cells in book.worksheets[0].iter_rows()]
    assert {**dict(zip(head, map(str, values), strict=True)), "licence": terms["licence"]} == row
    assert terms["rights"] in [cell.value for cell in book.worksheets[1]["B"]]
    graph = Graph().parse(data=files["jsonld"], format="json-ld")
    assert len(set(graph.objects(None, DCAT.record))) == 1
    event = published("stocktaking").wait("snapshot_taken")[0]["data"]
    assert event == {"snapshot": "6", "sequence": 6, "entries": 1}
    catalogue = stocktaking.call("read_entry_catalogue")["text"]
    assert all(f"/v1/entry-snapshots/6/file?format={name}" in catalogue for name in files)
    assert stocktaking.run_job("start_entry_snapshot", officer) == done
    assert len(stocktaking.call("list_entry_snapshots")["items"]) == 1
    for missing in ({"snapshot": "7"}, {"snapshot": "6", "format": "pdf"}):
        with refused("stocktaking.snapshot_unknown"):
            stocktaking.call("read_entry_snapshot_file", **missing)


def test_a_snapshot_of_a_version_without_workbooks_gets_one(
    stocktaking: Any, history: Register, officer: Any, database: Any
) -> None:
    stocktaking.run_job("start_entry_snapshot", officer)
    rows, wanted = database("stocktaking")["snapshots"], {"_id": "6"}
    whole = rows.find_one(wanted)
    rows.update_one(wanted, {"$unset": {"files.xlsx": 1}})
    wanted_jobs = list[str]()
    jobs: Any = SimpleNamespace(enqueue=lambda kind, *_, **__: wanted_jobs.append(kind))
    db = database("stocktaking")
    cases = SnapshotCases(Register(db), Exchange(db), "https://wsis.example")
    cases.take_weekly_snapshot(jobs)
    assert wanted_jobs == ["take_snapshot"], "without an officer, though nothing has changed"
    done = stocktaking.run_job("start_entry_snapshot", officer)
    cases.take_weekly_snapshot(jobs)
    assert wanted_jobs == ["take_snapshot"], "and once"
    assert done == {"snapshot": "6", "sequence": 6, "entries": 1}
    again = rows.find_one(wanted)
    assert {name: file["sha256"] for name, file in again["files"].items()} == {
        name: file["sha256"] for name, file in whole["files"].items()
    }
    assert again["files"] == {**whole["files"], "xlsx": again["files"]["xlsx"]}, "what is there stays"
    assert blob_store.of("stocktaking").stat(again["files"]["xlsx"]["blob"]).expires_at is None


def test_old_snapshots_are_removed_with_their_files(
    stocktaking: Any, history: Register, officer: Any, database: Any, make_content: Callable[..., Any]
) -> None:
    """Runs last: it makes new sequences."""
    stocktaking.run_job("start_entry_snapshot", officer)
    first = database("stocktaking")["snapshots"].find_one({"_id": "6"})
    for number in range(4):
        entry = history.new_entry(f"n{number}", "submission", None, START)
        content = make_content(title={"en": "=HYPERLINK(1)"})
        in_transaction(lambda e=entry, c=content: history.publish([Publication(e, c)], START + timedelta(days=1)))
        stocktaking.run_job("start_entry_snapshot", officer)
    kept = [row["sequence"] for row in stocktaking.call("list_entry_snapshots")["items"]]
    assert kept == [10, 9, 8, 7]
    for file in first["files"].values():
        with refused("suite.blob_unknown"):
            wait_for(lambda f=file: blob_store.of("stocktaking").stat(f["blob"]) and None, 1)
    table = gzip.decompress(read(stocktaking.call("read_entry_snapshot_file", snapshot="10", format="csv"))).decode()
    assert table.count("'=HYPERLINK(1)") == 4
    book = read(stocktaking.call("read_entry_snapshot_file", snapshot="10", format="xlsx"))
    cells = [cell for cells in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows() for cell in cells]
    assert [cell.data_type for cell in cells if cell.value == "=HYPERLINK(1)"] == ["s"] * 4
