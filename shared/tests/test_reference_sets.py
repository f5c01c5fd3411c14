"""Reference sets: rows of codes and titles that JSON can hold."""

from __future__ import annotations

import json

import pytest
from wsis_shared.reference import sets

LANGUAGES = {"en", "fr", "pt", "es", "zh", "ar", "ru"}


@pytest.mark.parametrize("item", sets.CORE, ids=lambda item: item.name)
def test_rows_have_unique_codes_and_titles_in_every_language(item: sets.ReferenceSet) -> None:
    rows = item.load()
    assert len({row["code"] for row in rows}) == len(rows) > 0
    assert json.loads(json.dumps(rows)) == list(rows)
    for row in rows:
        assert isinstance(row["code"], str)
        # Agencies are known by their English names alone.
        assert set(row["title"]) == ({"en"} if item.name == "agencies" else LANGUAGES)
    for field in item.filters:
        assert all(field in row for row in rows)


def test_codes_that_look_like_numbers_stay_text() -> None:
    goals = {row["code"]: row for row in next(item for item in sets.CORE if item.name == "goals").load()}
    assert "8.10" in goals["8"]["targets"]


def test_a_plugin_cannot_take_the_name_of_another_set() -> None:
    class Manifest:
        reference = (sets.ReferenceSet("countries", "json:loads", "Mine"), sets.ReferenceSet("new", "json:loads", ""))

    found = sets.sets_of([Manifest()])
    assert found["countries"].summary == "Countries by ISO 3166-1"
    assert "new" in found
