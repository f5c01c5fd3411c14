"""Pairs that wait for a verdict, as their entries come and go."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit.interruptions import InProcess

from wsis_stocktaking.duplicates.store import Duplicates

from ..world_kit import NOW, OFFICER, RegisterWorld

ENTRIES = ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    return InProcess("stocktaking", database("stocktaking"), {"accounts": {}, "prizes": {}})


@pytest.fixture
def world(service: InProcess, make_content: Any) -> RegisterWorld:
    """Each two of four entries are alike; about two of them an officer has decided."""
    made = RegisterWorld(service, make_content)
    for entry in ENTRIES:
        made.publish(entry, None)
    scores = {(one, other): 80 for one in ENTRIES for other in ENTRIES if one < other}
    Duplicates(service.db).add("scan", scores, NOW)
    made.do("decide_duplicate", OFFICER, entry="c", other="d", body={"verdict": "different", "reason": "Two phases"})
    return made


def pairs(world: RegisterWorld, state: str = "open") -> set[str]:
    rows = world.do("list_duplicates", OFFICER, state=state)["items"]
    return {row["one"]["entry"] + row["other"]["entry"] for row in rows}


def test_of_a_merged_entry_no_pair_waits_any_more(world: RegisterWorld) -> None:
    assert pairs(world) == {"ab", "ac", "ad", "bc", "bd"}
    versions = {
        name: world.register.find(entry)["version"] for name, entry in (("version", "a"), ("into_version", "b"))
    }
    body = {"into": "b", "content": None, "reason": "The same", **versions}
    world.do("merge_entries", OFFICER, entry="a", body=body)
    assert pairs(world) == {"bc", "bd"}


def test_of_a_withdrawn_entry_no_pair_waits_any_more_and_a_verdict_stays(world: RegisterWorld) -> None:
    version = world.register.find("c")["version"]
    decision = {"decision": "withdraw", "version": version, "reason": "Asked for", "content": None}
    world.do("decide_review", OFFICER, entry="c", body=decision)
    assert pairs(world) == {"ab", "ad", "bd"}
    assert pairs(world, "different") == {"cd"}


def test_a_whole_comparison_forgets_pairs_that_it_did_not_find_again(world: RegisterWorld) -> None:
    stored = Duplicates(world.service.db)
    stored.add("next", {("a", "b"): 90}, NOW)
    stored.drop_stale("next")
    assert (pairs(world), pairs(world, "different")) == ({"ab"}, {"cd"})
