"""What a complete form is, and what makes two projects the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wsis_shared import clock
from wsis_testkit import refused

from wsis_prizes.editions.rules import phases
from wsis_prizes.projects.exports import PROJECT_LABELS, REVIEW_LABELS
from wsis_prizes.projects.rules import projects, submissions


def project(edition: Any, fields: Any, **more: Any) -> Any:
    bare = {"_id": "p1", "edition": "2017", "owner": "o", "state": projects.SUBMITTED, "number": 1}
    return {**submissions.written(bare, edition, fields), **more}


def test_keys_stand_only_on_what_holds_a_place(edition: Any, form: Any) -> None:
    held = submissions.with_unique_keys(project(edition, form()), edition)
    assert held["slot"] == "2017|RW|health ministry|C7.e-health"
    for state in (projects.DRAFT, projects.WITHDRAWN, projects.INELIGIBLE, projects.DISQUALIFIED):
        assert "slot" not in submissions.with_unique_keys({**held, "state": state}, edition)
    edition["settings"]["one_per_entity"] = False
    assert "slot" not in submissions.with_unique_keys(held, edition)


def test_the_form_is_checked_field_by_field(edition: Any, form: Any, make_words: Any) -> None:
    assert submissions.problems(project(edition, form()), edition) == {}
    links = [{"sdg": 3, "targets": ["3.8", "4.1"], "rationale": ""}]
    wrong = form(short_description=make_words(149), sdgs=links, impact="", completed=None)
    assert submissions.problems(project(edition, wrong), edition) == {
        "short_description": ["149 words: at least 150 are needed."],
        "impact": ["Needed."],
        "completed": ["Say whether the project, or a major phase of it, is completed."],
        "sdgs.0.rationale": ["Say how the project helps this goal."],
        "sdgs.0.targets": ["Not of goal 3: 4.1."],
    }


def test_projects_come_in_from_the_first_day_on_and_in_a_category_of_the_edition(edition: Any, form: Any) -> None:
    first = phases.find(edition["phases"], phases.SUBMISSION)["start"]
    submissions.must_be_open(edition, first)
    with refused("prizes.submission_not_open", opens=clock.geneva(first)):
        submissions.must_be_open(edition, first - timedelta(seconds=1))
    with refused("prizes.category_unknown", category="C99"):
        project(edition, form(category="C99"))


def test_each_act_has_states_in_which_it_is_refused(edition: Any) -> None:
    moment = phases.find(edition["phases"], phases.SUBMISSION)["start"]
    with refused("prizes.wrong_state", state=projects.NOT_NOMINATED, wanted="draft, submitted"):
        submissions.may_change({"state": projects.NOT_NOMINATED}, edition, moment)
    with refused("prizes.wrong_state", state=projects.WITHDRAWN):
        submissions.may_withdraw({"state": projects.WITHDRAWN}, edition, moment)


def test_an_incomplete_form_is_not_received(edition: Any, form: Any) -> None:
    received = submissions.submitted(project(edition, form()), edition, 7, clock.now())
    assert (received["state"], received["number"]) == (projects.SUBMITTED, 7)
    with refused("prizes.project_incomplete"):
        submissions.submitted(project(edition, {}), edition, 8, clock.now())


def test_lists_of_projects_and_reviews_leave_with_titles_beside_their_codes() -> None:
    row = {"category": "C7.e-health", "country": "TN", "language": "ar"}
    found = PROJECT_LABELS.titles({**row, "state": "not_nominated", "region": "arab_states"}, "fr")
    assert (found["state"], found["region"], found["country"]) == (["Non nominé"], ["États arabes"], ["Tunisie"])
    assert found["category"][0].startswith("C7")
    review = REVIEW_LABELS.titles({**row, "state": "conflict", "recommendation": "clarify"}, "en")
    assert (review["state"], review["recommendation"]) == (["conflict of interest"], ["Ask first"])
