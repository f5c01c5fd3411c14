"""Champions are those that were counted, or both verifiers say which are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .verifying import both, example, under_embargo


def compared(folder: Path, page: dict[str, Any], tmp_path: Path) -> int:
    """How both verifiers end with this list of champions."""
    file = tmp_path / "champions.json"
    file.write_text(json.dumps(page))
    python, js = both(folder, "--champions", str(file))
    assert python == js, page
    return python


def champions(folder: Path, **more: Any) -> dict[str, Any]:
    """The list that follows from the result."""
    result = json.loads((folder / "result.json").read_bytes())
    rows = [{"project": id, "category": row["category"]} for row in result["categories"] for id in row["finalists"]]
    return {"edition": "2017", "items": rows, "rulings": [], "next": None, **more}


def votes_in(folder: Path, category: str) -> list[str]:
    """Projects of a category that got votes, by votes."""
    result = json.loads((folder / "result.json").read_bytes())
    (row,) = [row for row in result["categories"] if row["category"] == category]
    return [p["project"] for p in sorted(row["projects"], key=lambda p: -p["counted"]) if p["counted"]]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in which more projects of a category have votes than places."""
    return example.publish(str(tmp_path_factory.mktemp("many")), votes=400, heads=3)


def test_champions_are_those_that_were_counted(many: Path, tmp_path: Path) -> None:
    told = champions(many)
    assert compared(many, told, tmp_path) == 0
    (*others, last) = told["items"]
    sixth = next(id for id in votes_in(many, "C2") if id not in [row["project"] for row in told["items"]])
    for items in (
        others,
        [*told["items"], {"project": sixth, "category": "C2"}],
        [*told["items"], last],
        [*others, {**last, "category": "C2"}],
        [*told["items"], {"project": "stranger", "category": "C99"}],
        [row for row in told["items"] if row["category"] != "C1"],
    ):
        assert compared(many, {**told, "items": items}, tmp_path) == 1, items
    assert compared(many, {**told, "edition": "2018"}, tmp_path) == 1
    assert compared(many, {**told, "next": "more"}, tmp_path) == 3, "a page is missing: that says nothing of the log"


def test_places_that_one_has_changed_who_read_the_tally_are_found(many: Path, tmp_path: Path) -> None:
    """Three champions of nine: the first of each category, as if there were one place."""
    first, told = {}, champions(many)
    for row in told["items"]:
        first.setdefault(row["category"], row)
    assert len(told["items"]) > len(first)
    assert compared(many, {**told, "items": list(first.values())}, tmp_path) == 1


def test_champions_after_a_disqualification_are_explained(many: Path, tmp_path: Path) -> None:
    told, ranked = champions(many), votes_in(many, "C2")
    gone, sixth = ranked[0], ranked[5]
    items = [row for row in told["items"] if row["project"] != gone] + [{"project": sixth, "category": "C2"}]
    ruling = {"category": "C2", "kind": "disqualified", "project": gone}
    assert compared(many, {**told, "items": items, "rulings": [ruling]}, tmp_path) == 0
    assert compared(many, {**told, "items": items}, tmp_path) == 1, "nobody says why"
    for wrong in ({**ruling, "kind": "disliked"}, {**ruling, "project": "stranger"}, {**ruling, "category": "C1"}):
        assert compared(many, {**told, "items": items, "rulings": [wrong]}, tmp_path) == 1
    assert compared(many, {**told, "rulings": [ruling]}, tmp_path) == 1, "the one ruled out stays"


def test_champions_of_a_settled_tie_are_explained(tmp_path: Path) -> None:
    rules: dict[str, Any] = {"tie_rule": "expert_group_decides", "places": 3, "even": True}
    log = example.publish(str(tmp_path / "log"), votes=400, heads=3, **rules)
    result = json.loads((log / "result.json").read_bytes())
    tie = next(row for row in result["categories"] if row["tied"])
    free = 3 - len(tie["finalists"])
    settled = [
        {"category": row["category"], "kind": "tie_settled", "projects": row["tied"][: 3 - len(row["finalists"])]}
        for row in result["categories"]
        if row["tied"]
    ]
    named = [{"project": id, "category": one["category"]} for one in settled for id in one["projects"]]
    told = champions(log)
    told["items"] += named
    assert compared(log, {**told, "rulings": settled}, tmp_path) == 0
    assert compared(log, told, tmp_path) == 1, "nobody settled it"
    more = {**settled[0], "projects": tie["tied"][: free + 1]}
    assert compared(log, {**told, "rulings": [more, *settled[1:]]}, tmp_path) == 1, "more than there are places"


def test_champions_without_a_result_are_not_sound(sound: Path, tmp_path: Path) -> None:
    told, copy = champions(sound), under_embargo(sound, tmp_path / "log")
    assert compared(copy, told, tmp_path) == 3, "the result comes within a minute"
    (copy / "certification.json").unlink()
    assert compared(copy, told, tmp_path) == 1
