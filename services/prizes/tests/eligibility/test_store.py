"""Past winners are kept once."""

from __future__ import annotations

from typing import Any

from wsis_shared.schemas import PageQuery

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


def test_pages_go_on_after_the_longest_names(database: Any) -> None:
    """A cursor says where its page ended, here by names of the longest; its reader must get it through the border."""
    store = PastWinners(database("prizes"))
    longest = "𐤀" * 300  # signs of four bytes
    row = {"edition": "2012", "country": "KE", "entity": longest, "title": longest, "organization": longest}
    store.add_past_winners([{**row, "title_key": longest[:-1] + last} for last in "𐤁𐤂𐤃"])
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = store.find((), "2012", None, None, [], 1, after)
        seen += [found["title_key"] for found in page.rows]
        after = page.next and PageQuery().load({"after": page.next})["after"]
    assert ([key[-1] for key in seen], after) == (["𐤁", "𐤂", "𐤃"], None)
