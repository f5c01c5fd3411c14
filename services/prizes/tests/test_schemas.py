"""What the schemas take, refuse and let out."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError
from wsis_shared import messages

from wsis_prizes.rules import projects
from wsis_prizes.schemas import editions, jury, results
from wsis_prizes.schemas import projects as schemas


def test_schemas_and_rules_name_the_same_things() -> None:
    assert set(schemas.LISTED_STATES) == set(projects.STATES) - {projects.DRAFT}
    assert set(editions.LIMITED) <= set(projects.FIELDS)
    assert set(schemas.ProjectFields().fields) == set(projects.FIELDS)


def test_a_complete_form_loads(form: Any) -> None:
    loaded = schemas.NewProject().load({**form(), "submit": True})
    assert loaded["sdgs"][0]["targets"] == ["3.8"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "C7"),
        ("category", "C12"),
        ("country", "ZZ"),
        ("country", "no"),
        ("contact_email", "nobody"),
        ("stakeholder_type", "press"),
        ("website", "javascript:alert(1)"),
        ("sdgs", [{"sdg": 18, "rationale": "x"}]),
        ("sdgs", [{"sdg": 3, "targets": [3.8], "rationale": "x"}]),
        ("sdgs", [{"sdg": 3, "targets": ["3.99"], "rationale": "x"}]),
        ("title", "a\u202eb\x00"),
        ("number", 7),
        ("state", "nominated"),
    ],
)
def test_what_is_wrong_is_named(form: Any, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        schemas.NewProject().load(form(**{field: value}))
    assert list(refused.value.messages) == [field]


@pytest.mark.parametrize("country", ["NO", "NA"])
@pytest.mark.parametrize("target", ["8.10", "9.c"])
def test_codes_stay_text(form: Any, country: str, target: str) -> None:
    links = [{"sdg": int(target.split(".")[0]), "targets": [target], "rationale": "x"}]
    loaded = schemas.NewProject().load(form(country=country, sdgs=links))
    assert (loaded["country"], loaded["sdgs"][0]["targets"]) == (country, [target])


@pytest.mark.parametrize("score", [0, 6, "5", 3.5, True, None])
def test_scores_are_whole_numbers_from_1_to_5(score: Any) -> None:
    with pytest.raises(ValidationError):
        jury.ReviewBody().load({"scores": {"sustainability": score}})


def test_a_phase_needs_a_date_and_a_reason() -> None:
    with pytest.raises(ValidationError):
        editions.PhasePatch().load({"reason": "No date"})
    with pytest.raises(ValidationError):
        editions.PhasePatch().load({"end": "2017-04-30T21:00:00Z"})
    with pytest.raises(ValidationError):
        editions.PhasePatch().load({"end": "2017-04-30 23:00", "reason": "No offset"})


@pytest.mark.parametrize("order", [-1, 64])
def test_there_are_64_orders(order: int) -> None:
    with pytest.raises(ValidationError):
        results.NomineeQuery().load({"order": order})


def test_public_answers_have_no_place_for_a_person() -> None:
    for schema in (results.Nominee, results.NomineeFull, results.Champion, schemas.ProjectRow):
        assert not {"contact_email", "contact_name", "owner", "account"} & set(schema().fields)


@pytest.mark.parametrize(("query", "field"), [({"region": "xx"}, "region"), ({"region": ""}, "region")])
def test_a_filter_that_does_not_exist_is_refused(query: Any, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        schemas.ProjectQuery().load(query)
    assert list(refused.value.normalized_messages()) == [field]


def test_regions_are_those_of_the_itu_and_the_one_of_organizations() -> None:
    for region in ("arab_states", "international"):
        assert schemas.ProjectQuery().load({"region": region})["region"] == region


def test_what_a_form_lacks_is_told_in_every_language(form: Any, edition: Any) -> None:
    wrong = [
        {},
        {**form(), "short_description": "Too short", "completed": None},
        {**form(), "short_description": "word " * 300, "sdgs": [{"sdg": 3, "targets": ["4.1"]}] * 2},
    ]
    for project in wrong:
        found = projects.problems(project, edition)
        assert found
        for locale in ("fr", "pt", "es", "zh", "ar", "ru"):
            told = messages.translated(found, locale, "wsis_prizes")
            assert told.keys() == found.keys()
            assert all(told[field] != found[field] for field in found), locale
