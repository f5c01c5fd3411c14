"""Entries that are long in seven languages: a page of them is more than a message takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from wsis_shared.amqp.topology import MAX_MESSAGE_BYTES
from wsis_shared.context import Context
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.register.rules.contents import DESCRIPTION_LENGTH
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.search.index import RegisterIndex
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.use_cases import SearchCases

from ..index_kit import AT, make_card

LONG, SHORT = 30, 130  # 2.5 MB, and behind them in the order of publication more rows than a client can ask for


@pytest.fixture(scope="module")
def cases(make_content: Any) -> SearchCases:
    text = {language: ("колодцы " * DESCRIPTION_LENGTH)[:DESCRIPTION_LENGTH] for language in LOCALES}
    entries = [f"long-{number}" for number in range(LONG)] + [f"short-{number}" for number in range(SHORT)]
    engine = TantivyIndex()
    cards = [
        make_card(
            make_content(title={"en": "Wells"}, **({"description": text} if number <= LONG else {})), entry, number
        )
        for number, entry in enumerate(entries, start=1)
    ]
    engine.apply(cards, (), len(cards))
    index = RegisterIndex(Register(None))  # type: ignore[arg-type]  # it is filled: no register is read
    index._index, index._filled = engine, True
    return SearchCases(index)


@pytest.fixture(autouse=True)
def _secret(set_setting: Any) -> None:
    """That of cursors."""
    set_setting("secret", "s" * 32)


def read(cases: SearchCases, limit: int, **query: Any) -> Iterator[str]:
    """All entries of a search, page by page, each of which fits into a message."""
    after = None
    while True:
        page = cases.search_entries(Context(received_at=AT), limit=limit, after=after, **query)
        assert len(page) <= MAX_MESSAGE_BYTES
        found = json.loads(page)
        yield from (row["entry"] for row in found["items"])
        after = found["next"]
        if after is None:
            return


def test_an_export_of_what_words_find_has_each_entry_in_its_order(cases: SearchCases) -> None:
    newest_first = [
        f"{name}-{each}" for name, count in (("short", SHORT), ("long", LONG)) for each in range(count)[::-1]
    ]
    assert list(read(cases, 500, q="wells")) == newest_first


@pytest.mark.parametrize("query", [{"q": "wells"}, {"sort": "oldest"}, {"sort": "title"}])
def test_pages_have_as_many_rows_as_a_message_takes(cases: SearchCases, query: dict[str, str]) -> None:
    found = list(read(cases, 100, **query))
    assert (len(found), len(set(found))) == (LONG + SHORT, LONG + SHORT)
