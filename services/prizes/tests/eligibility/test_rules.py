"""Evidence, and the one question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wsis_testkit import refused

from wsis_prizes.editions.rules import phases
from wsis_prizes.eligibility import rules as eligibility
from wsis_prizes.projects.rules import names, projects, submissions


def project(edition: Any, fields: Any, **more: Any) -> Any:
    bare = {"_id": "p1", "edition": "2017", "owner": "o", "state": projects.SUBMITTED, "number": 1}
    return {**submissions.written(bare, edition, fields), **more}


def test_evidence_has_its_reasons(edition: Any, form: Any) -> None:
    one = project(edition, form(completed=False))
    past = {
        "edition": "2015",
        "title": "CLINICS ON-LINE",
        "organization": "Health Ministry",
        "title_key": names.title("CLINICS ON-LINE"),
        "entity": names.entity("Health Ministry"),
    }
    other = project(edition, form(title="Schools", organization="Ministry for Healthy"), _id="p2", number=2)
    found = eligibility.evidence(one, edition, [past], [other])
    assert [hit["kind"] for hit in found] == ["past_winner", "same_entity", "not_completed"]
    assert found[0]["likeness"] == 100
    edition["settings"]["past_winners_eligible"] = True
    assert "past_winner" not in [hit["kind"] for hit in eligibility.evidence(one, edition, [past], [])]


def test_a_question_is_put_once_to_a_submission_with_a_date_ahead(edition: Any) -> None:
    moment = phases.find(edition["phases"], phases.SUBMISSION)["start"]
    with refused("prizes.wrong_state", state=projects.DRAFT, wanted="submitted, ineligible"):
        eligibility.may_be_asked({"state": projects.DRAFT}, moment + timedelta(days=1), moment)
    with refused("prizes.date_passed"):
        eligibility.may_be_asked({"state": projects.SUBMITTED}, moment, moment)
