"""Who is assigned to what, and that nobody acts elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from wsis_shared import auth
from wsis_shared.assignments import AssignmentCheck
from wsis_shared.errors import NotFound
from wsis_testkit import actor, refused, wait_for

from wsis_consultation.assignments.rules import BOUND_TO
from wsis_consultation.plugin import plugin

from ..discussion_kit import open_discussion

WHY = {"reason": "A colleague of UNESCO"}


@pytest.fixture(scope="module", autouse=True)
def accounts(consultation: Any, fake_service: Any) -> dict[str, list[str]]:
    """A service accounts in which accounts hold the roles of this dict."""
    held: dict[str, list[str]] = {}

    def profile(account: str) -> dict[str, Any]:
        if account == "unknown":
            raise NotFound("accounts.account_unknown")
        about = {"organization": None, "country": "RW", "stakeholder_type": "civil_society", "locale": "fr"}
        return {"account": account, "names": account.title(), "roles": ["member", *held.get(account, ())], **about}

    def contacts(ids: list[str]) -> list[dict[str, Any]]:
        return [{"account": id, "email": f"{id}@un.example", "names": id.title(), "locale": "fr"} for id in ids]

    fake_service("accounts", contacts=contacts, profile=profile)
    body = {"code": "youth", "title": {"en": "Youth"}, "description": {}, "order": 1}
    consultation.call("create_community", consultation.officer, edition="2017", body=body)
    return held


@pytest.fixture
def assign(consultation: Any, accounts: dict[str, list[str]]) -> Any:
    def give(who: Any, role: str, target: str) -> dict[str, Any]:
        accounts.setdefault(who.id, []).append(role)
        body = {"role": role, "target": target, "account": who.id, **WHY}
        made: dict[str, Any] = consultation.call("assign", consultation.officer, edition="2017", body=body)
        return made

    return give


def moderate(consultation: Any, who: Any, discussion: str, **more: Any) -> Any:
    where = {"edition": "2017", "discussion": discussion, **more}
    return consultation.call("moderate_comment", who, **where, number="1", body={"status": "hidden", **WHY})


def commented(consultation: Any) -> str:
    discussion = open_discussion(consultation).id
    body = {"text": "Buy now", "parent": None}
    consultation.call("post_comment", actor("member", id="spam"), edition="2017", discussion=discussion, body=body)
    report = {"reason": "spam", "note": None}
    where = {"edition": "2017", "discussion": discussion, "number": "1"}
    consultation.call("report_comment", actor("member", id="reader"), **where, body=report)
    return discussion


def test_a_moderator_decides_in_the_own_discussion_and_nowhere_else(consultation: Any, assign: Any) -> None:
    own, other = commented(consultation), commented(consultation)
    who = actor("member", "moderator", id="mona")
    with refused("suite.not_assigned"):
        moderate(consultation, who, own)
    assign(who, "moderator", own)
    found = consultation.call("list_reported_in_discussion", who, edition="2017", discussion=own)
    assert [(row["discussion"], row["number"]) for row in found["items"]] == [(own, 1)]
    assert moderate(consultation, who, own)["status"] == "hidden"
    for reading in ("list_reported_in_discussion", "read_moderation", "list_comment_reports"):
        with refused("suite.not_assigned"):
            consultation.call(reading, who, edition="2017", discussion=other, number="1")
    with refused("suite.not_assigned"):
        moderate(consultation, who, other)


def test_a_target_in_another_place_of_the_request_opens_nothing(consultation: Any, assign: Any) -> None:
    own, other = commented(consultation), commented(consultation)
    who = actor("member", "moderator", id="mallory")
    assign(who, "moderator", own)
    with refused("suite.not_assigned"):
        moderate(consultation, who, other, target=own, meeting=own)
    with refused("consultation.discussion_unknown"):
        consultation.call("read_moderation", who, edition="2016", discussion=own, number="1")


def test_a_chair_gives_the_floor_in_the_own_meeting_and_nowhere_else(
    consultation: Any, assign: Any, new_meeting: Any
) -> None:
    own, other = new_meeting(), new_meeting()
    who = actor("member", "chair", id="chantal")
    assign(who, "chair", own)
    for meeting, error in ((own, "consultation.intervention_unknown"), (other, "suite.not_assigned")):
        for method in ("start_intervention", "end_intervention"):
            with refused(error):
                consultation.call(method, who, at="meetings", edition="2017", meeting=meeting, intervention="i")
    assert consultation.call("suggest_speaking_order", who, at="meetings", edition="2017", meeting=own)


def test_a_role_ends_with_its_assignment(consultation: Any, assign: Any, new_meeting: Any) -> None:
    meeting, who = new_meeting(), actor("member", "check_in", id="chen")
    given = assign(who, "check_in", meeting)
    assert assign(who, "check_in", meeting)["id"] == given["id"], "a repeat changes nothing"
    assert consultation.call("list_participants", who, at="meetings", edition="2017", meeting=meeting, limit=5)
    consultation.call(
        "end_assignment", consultation.officer, edition="2017", assignment=given["id"], body={"reason": "Over"}
    )
    with refused("suite.not_assigned"):
        consultation.call("list_participants", who, at="meetings", edition="2017", meeting=meeting, limit=5)

    def audited() -> list[tuple[str, str]]:
        rows = [event["data"] for event in consultation.published.of("action_taken")]
        return [(row["action"], row["reason"]) for row in rows if row["object"] == f"meeting/{meeting}"]

    wait_for(lambda: ("consultation.unassigned", "Over") in audited())
    assert ("consultation.assigned", "A colleague of UNESCO") in audited()


def test_an_edition_is_the_target_of_dates_and_programme(consultation: Any, assign: Any) -> None:
    consultation.open_edition("2018")
    who = actor("member", "programme_editor", "edition_editor", id="pia")
    assign(who, "programme_editor", "2017")
    assign(who, "edition_editor", "2017")
    for method in ("read_agenda", "read_managed_edition"):
        assert consultation.call(method, who, edition="2017")
        with refused("suite.not_assigned"):
            consultation.call(method, who, edition="2018")


@pytest.mark.parametrize("start", ["start_placing_sessions", "start_making_sessions"])
def test_editors_of_an_edition_read_the_job_that_one_of_them_has_started(
    consultation: Any, assign: Any, start: str
) -> None:
    """Who asks for the same while it runs is given that job."""
    one, other = (actor("member", "programme_editor", id=id) for id in ("pio", "pru"))
    for who in (one, other):
        assign(who, "programme_editor", "2017")
    more = {"body": {"keep": "all"}} if start == "start_placing_sessions" else {}
    job = consultation.call(start, one, edition="2017", **more)["id"]
    assert consultation.call("read_job", other, job=job)["id"] == job
    with refused("suite.job_unknown"):
        consultation.call("read_job", actor("member"), job=job)


def test_one_is_assigned_with_the_role_to_what_there_is(consultation: Any, accounts: Any, new_meeting: Any) -> None:
    def give(**body: Any) -> None:
        asked = {"role": "moderator", "target": "2017-999", "account": "nina", **WHY, **body}
        consultation.call("assign", consultation.officer, edition="2017", body=asked)

    with refused("consultation.target_unknown"):
        give()
    with refused("consultation.target_unknown"):
        give(role="chair", target=open_discussion(consultation).id)
    with refused("consultation.role_missing"):
        give(role="chair", target=new_meeting())
    with refused("consultation.assignee_unknown"):
        give(role="chair", target=new_meeting(), account="unknown")
    with refused("consultation.assignment_unknown"):
        where = {"edition": "2017", "assignment": "chair-m-nina"}
        consultation.call("end_assignment", consultation.officer, **where, body={"reason": "Over"})


def test_one_reads_what_one_is_assigned_to(consultation: Any, assign: Any) -> None:
    discussion, who = commented(consultation), actor("member", "moderator", id="own-list")
    assign(who, "moderator", discussion)
    [row] = consultation.call("list_own_assignments", who)["items"]
    assert (row["target"], row["waiting"]) == (discussion, 1)
    assert row["page"] == f"/desk/consultations/2017/comments/{discussion}"
    assert consultation.call("list_own_assignments", actor("member", id="nobody"))["items"] == []


class Nothing:
    """Nobody is assigned to anything."""

    def holds(self, account: str, role: str, target: str) -> bool:
        return False


@pytest.mark.parametrize("role", BOUND_TO)
def test_no_route_of_a_role_opens_without_an_assignment(role: str) -> None:
    """Whatever the routes will be: each that the permission opens is refused for another target, and for none."""
    opened = {route.handler for route in plugin.routes if route.permission in plugin.grants[role]}
    assert opened
    check = AssignmentCheck(plugin, [plugin], auth.grants([plugin.grants]), Nothing())
    for handler in opened:
        check.require(actor("officer"), handler, {})
        for given in ({}, {BOUND_TO[role]: "another"}):
            with refused("suite.not_assigned"):
                check.require(actor("member", role), handler, given)


def test_roles_of_the_consultation_open_nothing_else() -> None:
    """No account, no embargo, nothing that only officers read."""
    granted = {each for role in BOUND_TO for each in plugin.grants[role]}
    assert granted.isdisjoint({"consultation:manage", "consultation:read"})
    assert all(each.startswith("consultation:") for each in granted)
    assert {role.name: role.bound_to for role in plugin.roles if role.bound_to} == BOUND_TO
    for route in plugin.routes:
        if route.permission in granted:
            names = set(re.findall(r"{(\w+)}", route.path))
            assert names & set(BOUND_TO.values()), f"{route.path} names nothing that one is assigned to"
