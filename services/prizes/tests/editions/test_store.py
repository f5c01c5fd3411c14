"""The first edition."""

from __future__ import annotations

from typing import Any

from wsis_testkit import unsent

from wsis_prizes.editions.store import Editions


def test_the_seed_is_loaded_once(database: Any) -> None:
    store = Editions(database("prizes"))
    from wsis_prizes.editions.seed import seed

    assert seed(store.db) == "edition 2017 loaded"
    assert seed(store.db) == "edition 2017 is there"
    event = unsent(store.db, "voting_window_changed")[0]
    assert event["data"]["closes_at"] == "2017-04-15T21:00:00Z"
