"""Past winners are kept once."""

from __future__ import annotations

from typing import Any

from wsis_prizes.eligibility.store import PastWinners


def test_past_winners_are_imported_once(database: Any) -> None:
    store = PastWinners(database("prizes"))
    row = {"edition": "2015", "country": "KE", "entity": "afya", "title_key": "t", "title": "T", "organization": "Afya"}
    other = {**row, "edition": "2016"}
    assert store.add_past_winners([row, other]) == 2
    assert store.add_past_winners([row]) == 0
    assert [found["edition"] for found in store.past_winners_of("KE", "2016")] == ["2015"]
    page = store.past_winners("2017", [], 1, None)
    assert [found["edition"] for found in page.rows] == ["2015"]
    assert [found["edition"] for found in store.past_winners("2017", [], 1, page.next).rows] == ["2016"]
    assert [found["edition"] for found in store.past_winners("2017", ["2015"], 9, None).rows] == ["2016"]
