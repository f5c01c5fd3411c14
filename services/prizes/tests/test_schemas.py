"""What the schemas take, refuse and let out."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError
from wsis_shared import messages

from wsis_prizes.dates import schemas as dates
from wsis_prizes.editions import schemas as editions
from wsis_prizes.jury import schemas as jury
from wsis_prizes.nominations import schemas as nominations
from wsis_prizes.projects import schemas
from wsis_prizes.projects.rules import projects, submissions
from wsis_prizes.results import schemas as results


def test_schemas_and_rules_name_the_same_things() -> None:
    assert set(schemas.LISTED_STATES) == set(projects.STATES) - {projects.DRAFT}
    assert set(editions.LIMITED) <= set(projects.FIELDS)
    assert set(schemas.ProjectFields().fields) == set(projects.FIELDS)


def test_a_complete_form_loads(form: Any) -> None:
    loaded = schemas.NewProject().load({**form(), "submit": True})
    assert loaded["sdgs"][0]["targets"] == ["3.8"]


@pytest.mark.parametrize("score", [0, 6, "5", 3.5, True, None])
def test_scores_are_whole_numbers_from_1_to_5(score: Any) -> None:
    with pytest.raises(ValidationError):
        jury.ReviewBody().load({"scores": {"sustainability": score}})


def test_a_phase_needs_a_date_and_a_reason() -> None:
    with pytest.raises(ValidationError):
        dates.PhasePatch().load({"reason": "No date"})
    with pytest.raises(ValidationError):
        dates.PhasePatch().load({"end": "2017-04-30T21:00:00Z"})
    with pytest.raises(ValidationError):
        dates.PhasePatch().load({"end": "2017-04-30 23:00", "reason": "No offset"})


def test_public_answers_have_no_place_for_a_person() -> None:
    for schema in (nominations.Nominee, nominations.NomineeFull, results.Champion, schemas.ProjectRow):
        assert not {"contact_email", "contact_name", "owner", "account"} & set(schema().fields)


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
