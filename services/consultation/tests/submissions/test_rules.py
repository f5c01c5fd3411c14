from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_consultation.editions.rules import editions
from wsis_consultation.submissions.rules import contents, differences, lifecycle

AT = datetime(2016, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def content(make_answers: Any) -> contents.Content:
    return contents.from_answers(make_answers(), form_version=1, language="fr")


@pytest.fixture
def submission(content: contents.Content) -> lifecycle.Submission:
    return lifecycle.receive(
        content,
        id="9b1d",
        edition="2017",
        number=7,
        at=AT,
        account="ada",
        email_key="k",
        late=None,
        attachments=[],
        link_number=0,
    )


def test_answers_become_content_and_back(make_answers: Any) -> None:
    answers = make_answers(
        kind="national_event", event_name="Forum of Rwanda", event_country="RW", event_starts_on="2016-09-12"
    )
    content = contents.from_answers(answers, form_version=1, language="en")
    assert content["event"] == {
        "name": "Forum of Rwanda",
        "country": "RW",
        "starts_on": "2016-09-12",
        "ends_on": None,
    }
    assert contents.to_answers(content) == answers


def test_lines_and_goals_of_requests_count_for_the_submission(content: contents.Content) -> None:
    assert content["action_lines"] == ["C3", "C7.e-health"]
    assert content["sdgs"] == [3]
    assert "who" in contents.agencies_of(content["action_lines"])


@pytest.mark.parametrize(
    ("stakeholder_type", "country", "region"),
    [
        ("civil_society", "RW", "africa"),
        ("government", "PS", "arab_states"),
        ("international_organization", "CH", "international"),
        ("academia", "AQ", "international"),
    ],
)
def test_region_follows_from_country_and_type(stakeholder_type: str, country: str, region: str) -> None:
    assert contents.region_of(stakeholder_type, country) == region


def test_receipt_has_number_and_both_times(submission: lifecycle.Submission) -> None:
    receipt = lifecycle.receipt(submission)
    assert receipt["receipt"] == "OCP-2017-0007"
    assert (receipt["received_geneva"], receipt["received_utc"]) == ("2016-12-01 13:00:00 CET", "2016-12-01T12:00:00Z")


def test_requests_get_ids_that_are_never_used_twice(submission: lifecycle.Submission, make_answers: Any) -> None:
    assert [request["id"] for request in submission["requests"]] == ["9b1d.1"]
    other = {key: value for key, value in submission["requests"][0].items() if key != "id"}
    replaced = contents.from_answers(make_answers(requests=[other]), form_version=1, language="fr")
    amended = lifecycle.amend(submission, replaced, AT, None)
    assert [request["id"] for request in amended["requests"]] == ["9b1d.2"]
    unknown = {"email": "a@b.example", "requests": [{"id": "9b1d.1"}, {"id": "9b1d.1"}, {"id": "9b1d.9"}, {}]}
    assert list(contents.problems(unknown, "A@b.example", submission)) == ["requests.1.id", "requests.2.id"]


def test_event_cannot_end_before_it_starts() -> None:
    event = {"email": "a@b.example", "event_starts_on": "2016-09-12", "event_ends_on": "2016-09-11"}
    assert list(contents.problems(event, "a@b.example", None)) == ["event_ends_on"]
    assert contents.problems({**event, "event_ends_on": "2016-09-12"}, "a@b.example", None) == {}


def test_address_must_be_the_confirmed_one() -> None:
    assert list(contents.problems({"email": "x@b.example"}, "a@b.example", None)) == ["email"]


def test_amendment_without_a_difference_makes_no_version(submission: lifecycle.Submission) -> None:
    same = {name: submission[name] for name in contents.CONTENT}
    assert lifecycle.amend(submission, same, AT, None) is submission


def test_override_admits_until_it_expires(edition: editions.Edition) -> None:
    deadline = editions.submissions_close_at(edition)
    override = {"by": "officer", "name": "NGO", "reason": "Post was late", "expires_at": deadline + timedelta(days=2)}
    assert lifecycle.admit(edition, deadline - timedelta(seconds=1), override) is None
    assert lifecycle.admit(edition, deadline, override) == {"by": "officer", "reason": "Post was late"}
    for moment, given in ((deadline, None), (deadline + timedelta(days=2), override)):
        with refused("consultation.submissions_closed"):
            lifecycle.admit(edition, moment, given)


def test_used_override_is_gone(submission: lifecycle.Submission, make_answers: Any) -> None:
    late = {"by": "officer", "reason": "Post was late"}
    changed = contents.from_answers(make_answers(sdgs=[4]), form_version=1, language="fr")
    amended = lifecycle.amend({**submission, "override": {**late, "name": "NGO", "expires_at": AT}}, changed, AT, late)
    assert (amended["override"], amended["late"], amended["version_number"]) == (None, late, 2)
    kept = lifecycle.amend({**submission, "override": {"name": "NGO"}}, changed, AT, None)
    assert kept["override"] == {"name": "NGO"}


def test_difference_follows_entries_by_id() -> None:
    before = {"a": "x", "requests": [{"id": "1", "title": "One"}, {"id": "2", "title": "Two"}]}
    after = {"a": "x", "requests": [{"id": "2", "title": "Two"}, {"id": "1", "title": "First"}], "sdgs": [3]}
    assert differences.between(before, after) == [
        {"path": "requests.1.title", "before": "One", "after": "First"},
        {"path": "sdgs", "before": None, "after": [3]},
    ]
    assert differences.between(before, before) == []


def test_difference_of_forms_names_the_questions() -> None:
    line = {"code": "a", "type": "line", "label": {"en": "A"}}
    before = {"sections": [{"code": "s", "questions": [line, {**line, "code": "b"}]}]}
    after = {"sections": [{"code": "s", "repeat": None, "questions": [{**line, "max": 9}, {**line, "code": "c"}]}]}
    assert differences.of_forms(before, after) == {"added": ["c"], "removed": ["b"], "changed": ["a"]}
