"""Decisions."""

from __future__ import annotations

from typing import Any

from wsis_prizes.finalists.store import Results


def test_decisions_can_be_changed_and_voided(database: Any) -> None:
    store = Results(database("prizes"))
    store.decide("2097", "C1", "p1", "Best", "j1")
    store.decide("2097", "C1", None, "None after all", "j2")
    assert {name: row["project"] for name, row in store.decisions("2097").items()} == {"C1": None}
    store.void_decision("2097", "C1")
    assert store.decisions("2097") == {}
