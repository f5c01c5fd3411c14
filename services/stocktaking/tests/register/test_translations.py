"""Who translated what an entry says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wsis_stocktaking.register.rules.translations import by_secretariat, translated_by

Make = Callable[..., Any]


def said(make_content: Make, **titles: str) -> Any:
    """A content in English with further languages."""
    texts = {"en": "Farmers", **titles}
    return make_content(title=texts, description=dict(texts))


def before(content: Any, *languages: str) -> Any:
    """An entry that says this, with the languages of the secretariat."""
    return {"_id": "e1", "content": content, "prize": None, "revision": 1, "by_secretariat": list(languages)}


@pytest.mark.parametrize(
    ("former", "now", "source", "expected"),
    [
        (None, {"fr": "Paysans"}, "submission", []),
        (None, {"fr": "Paysans"}, "import", []),
        (({}, ()), {"fr": "Paysans"}, "officer", ["fr"]),
        (({"fr": "Paysans"}, ()), {"fr": "Paysans"}, "officer", []),
        (({"fr": "Paysans"}, ()), {"fr": "Agriculteurs", "es": "Campesinos"}, "officer", ["es", "fr"]),
        (({"fr": "Paysans"}, ("fr",)), {"fr": "Paysans", "es": "Campesinos"}, "submission", ["fr"]),
        (({"fr": "Paysans"}, ("fr",)), {"fr": "Agriculteurs"}, "submission", []),
    ],
)
def test_a_translation_is_of_who_wrote_it_last(
    make_content: Make, former: Any, now: dict[str, str], source: str, expected: list[str]
) -> None:
    entry = before(said(make_content, **former[0]), *former[1]) if former else before(None)
    content = said(make_content, **now)
    found = by_secretariat(entry, content, source)
    assert found == expected
    names = {True: "secretariat", False: "contributor"}
    assert translated_by(content, found) == {language: names[language in expected] for language in sorted(now)}


def test_what_an_officer_takes_from_the_draft_of_an_owner_is_the_owners(make_content: Make) -> None:
    draft, completed = (said(make_content, fr="Paysans", **more) for more in ({}, {"ar": "مزارعون"}))
    assert by_secretariat(before(None), completed, "officer", [draft]) == ["ar"]


def test_the_text_in_the_original_language_is_no_translation(make_content: Make) -> None:
    assert by_secretariat(before(said(make_content)), make_content(title={"en": "Towns"}), "officer") == []
