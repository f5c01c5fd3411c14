"""What officers check: past winners, duplicates, one question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from wsis_testkit import actor, refused, wait_for


def test_past_winners_and_duplicates_are_shown_with_evidence(contest: Any, form: Any) -> None:
    rows = [{"edition": "2016", "title": "Clínicas em linha", "organization": "Ministério da Saúde", "country": "AO"}]
    assert contest.call("import_past_winners", contest.officer, edition="2017", body={"items": rows})["added"] == 1
    assert contest.call("import_past_winners", contest.officer, edition="2017", body={"items": rows})["known"] == 1
    listed = contest.call("list_past_winners", edition="2017")
    assert listed["items"][0]["title"] == "Clínicas em linha"
    again = form(title="CLINICAS EM LINHA!", organization="Ministerio da Saude", country="AO")
    one = contest.submit(actor(), again)
    contest.submit(actor(), form(title="Clinicas em linhas", organization="Saúde", country="AO", category="C8"))
    found = contest.call("read_eligibility", contest.officer, project=one["id"])
    assert [hit["kind"] for hit in found["evidence"]] == ["past_winner", "duplicate"]
    assert found["evidence"][0]["edition"] == "2016"
    body = {"eligible": False, "reason": "Won in 2016"}
    decided = contest.call("decide_eligibility", contest.officer, project=one["id"], body=body)
    assert (decided["state"], decided["eligible"]) == ("ineligible", False)
    listed = contest.call("list_projects", contest.officer, edition="2017", country="AO")
    assert [(row["id"], row["eligible"]) for row in listed["items"] if row["eligible"] is not None] == [
        (one["id"], False)
    ]
    assert listed["total"] == 2
    waiting = contest.call("list_projects", contest.officer, edition="2017", country="AO", waits="eligibility")
    assert (one["id"] in [row["id"] for row in waiting["items"]], waiting["total"]) == (False, 1)


def test_a_standard_reason_is_read_in_the_submitters_language(contest: Any, form: Any) -> None:
    def reasons() -> list[str | None]:
        return [each["data"].get("reason") for each in contest.published.of("action_taken")]

    who = actor()
    one = contest.submit(who, form(organization="Standards", country="TV"))
    body = {"eligible": False, "standard": "won_before", "reason": None}
    decided = contest.call("decide_eligibility", contest.officer, project=one["id"], body=body)
    assert (decided["standard"], decided["reason"]) == ("won_before", None)
    wait_for(lambda: "The project won a WSIS Prize in an earlier edition." in reasons(), what="the audit")
    shown = contest.call("read_project", who, project=one["id"], context={"locale": "fr"})
    assert shown["outcome"]["title"].startswith("Le projet a déjà reçu")
    asked = contest.call("read_eligibility", contest.officer, project=one["id"], context={"locale": "es"})
    assert {row["code"]: row["title"] for row in asked["standards"]}["conditions_met"].startswith("El proyecto cumple")


def test_clarification_is_asked_once_and_answered_in_time(contest: Any, form: Any) -> None:
    who = actor()
    one = contest.submit(who, form(organization="Askers", country="VU"))
    until = "2017-03-10T22:00:00Z"
    body = {"question": "Has the first phase ended?", "until": until}
    contest.call("request_clarification", contest.officer, at="nomination", project=one["id"], body=body)
    with refused("prizes.clarification_once"):
        contest.call("request_clarification", contest.officer, at="nomination", project=one["id"], body=body)
    shown = contest.call("read_project", who, at="nomination", project=one["id"])
    assert (shown["clarification"]["until_geneva"], shown["clarification_open"]) == ("2017-03-10 23:00:00 CET", True)
    late = datetime(2017, 3, 10, 22, 0, tzinfo=UTC)
    with refused("prizes.no_clarification_open"):
        contest.call("answer_clarification", who, at=late, project=one["id"], body={"answer": "Yes"})
    answered = contest.call(
        "answer_clarification", who, at=late - timedelta(seconds=1), project=one["id"], body={"answer": "Yes, in May."}
    )
    assert answered["clarification"]["answer"] == "Yes, in May."
    asked = contest.published.wait("clarification_requested")[0]
    assert asked["data"]["until"] == "2017-03-10T22:00:00Z"
