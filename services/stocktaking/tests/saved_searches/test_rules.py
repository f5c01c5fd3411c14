from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wsis_stocktaking.register.rules.cards import card
from wsis_stocktaking.saved_searches import rules, schemas
from wsis_stocktaking.saved_searches.former import found_formerly
from wsis_stocktaking.search.rules import SearchQuery

NOW = datetime(2016, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def make_card(make_content: Any) -> Any:
    def make(entry: str, sequence: int, revision: int = 1, **changes: Any) -> dict[str, Any]:
        return card(
            {
                "_id": entry,
                "revision": revision,
                "sequence": sequence,
                "content": make_content(**changes),
                "prize": None,
                "published_at": NOW,
                "revised_at": NOW,
                "last_updated_at": NOW,
            }
        )

    return make


@pytest.mark.parametrize(
    ("mail", "event", "first", "following"),
    [
        ("immediate", False, NOW, NOW + rules.PAUSE),
        ("daily", False, NOW + timedelta(days=1), NOW + timedelta(days=1)),
        ("none", False, rules.NEVER, rules.NEVER),
        ("none", True, NOW, NOW + rules.PAUSE),
    ],
)
def test_when_a_search_runs(mail: str, event: bool, first: datetime, following: datetime) -> None:
    saved = {"mail": mail, "event": event}
    assert (rules.first_run(saved, NOW), rules.next_run(saved, NOW)) == (first, following)


def test_query_keeps_text_and_codes() -> None:
    saved = {"query": {"q": "farmers", "country": ["KE", "UG"], "sdg": []}}
    assert rules.query_of(saved) == SearchQuery("farmers", {"country": ("KE", "UG")})


def test_former_revisions_are_found_by_filters_and_by_words(make_card: Any) -> None:
    former = [
        make_card("a", 1),
        make_card("b", 2, countries=["UG"]),
        make_card("c", 3, title={"en": "Health online"}, partners=[]),
    ]
    present = [make_card("a", 4, 2), make_card("b", 5, 2), make_card("c", 6, 2, title={"en": "Wealth of farmers"})]
    assert found_formerly(SearchQuery("", {"country": ("KE",)}), former, present) == {"a", "c"}
    assert found_formerly(SearchQuery("farmer", {"country": ("KE",)}), former, present) == {"a"}
    assert found_formerly(SearchQuery("wealth"), former, present) == set()  # "health" is no typing error of it
    assert [row["entry"] for row in rules.newly_fit(present, {"a"})] == ["b", "c"]


def test_schemas_know_the_mails_of_the_domain() -> None:
    assert schemas.MAILS == rules.MAILS
