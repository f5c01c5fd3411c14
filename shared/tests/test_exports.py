"""Titles beside codes."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.exports import labels


def test_codes_have_their_titles_beside_them_and_those_of_a_newer_service_stand_for_themselves() -> None:
    found = labels({"country": reference.country_name, "language": reference.language_name})
    assert found.columns == ("country", "language")
    item = {"country": ["KE", "NO", "QQ"], "language": "ar", "title": "A"}
    assert found.titles(item, "fr") == {"country": ["Kenya", "Norvège", "QQ"], "language": ["arabe"]}
    assert found.titles({"country": [], "language": None}, "fr") == {}
