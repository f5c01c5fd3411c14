"""Processes of the last release and of this version run side by side (docs/operate/upgrade.md): what the last release
has is there, but for what a migration or removed.yaml declares."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.contract.released import Shape, broken, shape
from wsis_testkit.versions import LAST_RELEASE

REMOVED: dict[str, str] = yaml.safe_load((Path(__file__).parent / "removed.yaml").read_text("utf-8"))
SMALL: Shape = {
    "collections": {
        "library.books": {
            "schema_version": 1,
            "fields": ["_id", "title"],
            "indexes": {"title": 'title {"unique": true}'},
        }
    },
    "queues": {'{"x-queue-type": "quorum"}': ["jobs.library"]},
    "events": {"library.book_lent.v1": ["book", "reader"]},
    "methods": {"library.lend": ["book", "reader="]},
}


def test_what_the_last_release_has_is_there() -> None:
    found = broken(json.loads(LAST_RELEASE.read_text("utf-8"))["shape"], shape())
    assert {name: wrong for name, wrong in found.items() if name not in REMOVED} == {}, (
        "see docs/operate/upgrade.md; what was added since the last release and never released: `make shape`"
    )
    assert set(REMOVED) - set(found) == set(), "removed.yaml: this is there, or was not in the last release"
    assert [name for name, how in REMOVED.items() if len(str(how)) < 20] == []


def test_what_is_added_breaks_nothing() -> None:
    present = copy.deepcopy(SMALL)
    present["collections"]["library.books"]["fields"].append("author")
    present["collections"]["library.books"]["indexes"]["author"] = "author"
    present["collections"]["library.readers"] = {"schema_version": 1, "fields": ["_id"], "indexes": {}}
    present["queues"]["{}"] = ["events.library.book_lent.v1--library.on_book_lent"]
    present["events"]["library.book_lent.v1"].append("until")
    present["events"]["library.book_lent.v2"] = ["book"]
    present["methods"]["library.lend"].append("until=")
    assert broken(SMALL, present) == {}


def _rename_field(present: Shape) -> None:
    present["collections"]["library.books"]["fields"] = ["_id", "name"]


def _migrate_field(present: Shape) -> None:
    _rename_field(present)
    present["collections"]["library.books"]["schema_version"] = 2


def _rename_collection(present: Shape) -> None:
    present["collections"] = {"library.volumes": present["collections"]["library.books"]}


def _change_index(present: Shape) -> None:
    present["collections"]["library.books"]["indexes"]["title"] = "title"


def _remove_index(present: Shape) -> None:
    present["collections"]["library.books"]["indexes"] = {}


def _rename_queue(present: Shape) -> None:
    present["queues"] = {'{"x-queue-type": "quorum"}': ["work.library"]}


def _change_queue(present: Shape) -> None:
    present["queues"] = {"{}": ["jobs.library"]}


def _replace_event(present: Shape) -> None:
    present["events"] = {"library.book_lent.v2": ["book", "reader"]}


def _remove_event_field(present: Shape) -> None:
    present["events"]["library.book_lent.v1"] = ["book"]


def _remove_method(present: Shape) -> None:
    present["methods"] = {}


def _rename_argument(present: Shape) -> None:
    present["methods"]["library.lend"] = ["volume", "reader="]


def _require_argument(present: Shape) -> None:
    present["methods"]["library.lend"] = ["book", "reader"]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (_rename_field, ["field library.books.title"]),
        (_migrate_field, []),
        (_rename_collection, ["collection library.books"]),
        (_change_index, ["index library.books.title"]),
        (_remove_index, ["index library.books.title"]),
        (_rename_queue, ["queue jobs.library"]),
        (_change_queue, ["queue jobs.library"]),
        (_replace_event, ["event library.book_lent.v1"]),
        (_remove_event_field, ["field library.book_lent.v1.reader"]),
        (_remove_method, ["method library.lend"]),
        (_rename_argument, ["argument library.lend(book)", "argument library.lend(volume)"]),
        (_require_argument, ["argument library.lend(reader)"]),
    ],
)
def test_what_is_renamed_or_removed_is_found(change: Callable[[Shape], None], names: list[str]) -> None:
    present = copy.deepcopy(SMALL)
    change(present)
    assert list(broken(SMALL, present)) == names
