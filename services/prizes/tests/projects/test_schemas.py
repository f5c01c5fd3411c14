"""What the form takes and lets out."""

from __future__ import annotations

from typing import Any

from wsis_shared import messages

from wsis_prizes.editions import schemas as editions
from wsis_prizes.projects import schemas
from wsis_prizes.projects.rules import projects, submissions


def test_schemas_and_rules_name_the_same_things() -> None:
    assert set(editions.LIMITED) <= set(projects.FIELDS)
    assert set(schemas.ProjectFields().fields) == set(projects.FIELDS)


def test_a_complete_form_loads(form: Any) -> None:
    loaded = schemas.NewProject().load({**form(), "submit": True})
    assert loaded["sdgs"][0]["targets"] == ["3.8"]


def test_what_a_form_lacks_is_told_in_every_language(form: Any, edition: Any) -> None:
    wrong = [
        {},
        {**form(), "short_description": "Too short", "completed": None},
        {**form(), "short_description": "word " * 300, "sdgs": [{"sdg": 3, "targets": ["4.1"]}] * 2},
    ]
    for project in wrong:
        found = submissions.problems(project, edition)
        assert found
        for locale in ("fr", "pt", "es", "zh", "ar", "ru"):
            told = messages.translated(found, locale, "wsis_prizes")
            assert told.keys() == found.keys()
            assert all(told[field] != found[field] for field in found), locale
