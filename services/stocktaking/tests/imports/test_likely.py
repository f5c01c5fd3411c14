"""Rows of a file that are the same activity twice."""

from __future__ import annotations

from typing import Any

from wsis_stocktaking.imports.rules.likely import FormerRows


def content(title: str, organization: str = "Ministry of Agriculture", country: str = "KE") -> Any:
    return {
        "title": {"en": title},
        "original_language": "en",
        "organization": {"name": organization},
        "countries": [country],
        "links": [],
    }


def test_a_row_is_likely_the_one_before_it_that_is_most_alike() -> None:
    former = FormerRows()
    assert former.compare(2, content("Prices of maize by text message")) is None
    assert former.compare(3, content("A library on wheels", "National Library")) is None
    found = former.compare(7, content("Prices of maize by text messages"))
    assert found is not None
    assert (found["row"], found["other_row"], found["entry"]) == (7, 2, None)
    assert found["other_title"] == "Prices of maize by text message"


def test_another_activity_of_the_same_organization_is_no_duplicate() -> None:
    former = FormerRows()
    former.compare(2, content("Prices of maize by text message"))
    assert former.compare(3, content("Warnings of floods for fishermen")) is None
