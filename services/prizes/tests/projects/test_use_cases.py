"""What submitters and officers see of projects, with other services on the bus."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from wsis_shared.errors import Conflict
from wsis_testkit import actor, refused

from wsis_prizes.projects.rules.submissions import MAX_DRAFTS

CLOSES = datetime(2017, 2, 15, 22, 0, tzinfo=UTC)  # 23:00 in Geneva


def test_deadline_is_23_geneva_time(contest: Any, form: Any) -> None:
    who = actor()
    saved = contest.submit(who, form(organization="Just in time"), at=CLOSES - timedelta(seconds=1))
    assert saved["receipt"]["received_geneva"] == "2017-02-15 22:59:59 CET"
    assert saved["receipt"]["received_utc"] == "2017-02-15T21:59:59Z"
    assert saved["receipt"]["receipt"] == f"WSIS-2017-{saved['number']:04d}"
    with refused("prizes.submission_closed") as refusal:
        contest.submit(who, form(organization="A second late"), at=CLOSES)
    assert refusal.value.params["closed"] == "2017-02-15 23:00:00 CET"
    with refused("prizes.submission_closed"):
        contest.call("change_project", who, at=CLOSES, project=saved["id"], body={"impact": "More"})


def test_one_project_a_category_and_entity(contest: Any, form: Any) -> None:
    owner = actor()
    first = contest.submit(owner, form(organization="Société Générale du Sahel S.A.", country="ML"))
    for other in ("SOCIETE GENERALE DU SAHEL", "Société générale (du) Sahel, SARL", "Sahel: Societe  Generale Ltd."):
        with refused("prizes.project_exists") as refusal:
            contest.submit(owner, form(organization=other, country="ML", title="Another"))
        assert refusal.value.params == {"number": first["number"], "project_title": first["title"]}
    second = form(organization="Societe Generale du Sahel", country="ML", category="C7.e-agriculture", title="Another")
    assert contest.submit(actor(), second)["state"] == "submitted"
    with refused("prizes.project_twice"):
        contest.submit(owner, form(organization="Société Générale du Sahel", country="ML", category="C9"))


def test_who_holds_a_place_learns_it_and_officers_do_and_nobody_else(contest: Any, form: Any) -> None:
    """The texts of a project stay inside until it is nominated, its number too."""
    secret, body = "A title to be announced", form(organization="Placeholders", country="SB")
    first = contest.submit(actor(), {**body, "title": secret})
    same = form(organization="Placeholders", country="SB", category="C9", title=secret.upper())
    for other in ({**body, "title": "Another"}, same):
        with refused("prizes.project_of_another") as refusal:
            contest.submit(actor(), other)
        assert refusal.value.params == {}
        assert secret not in str(refusal.value)
    who = actor()
    draft = contest.call("create_project", who, edition="2017", body={**body, "title": "A draft"})["id"]
    with refused("prizes.project_of_another"):
        contest.call("submit_project", who, project=draft)
    # The place is free while the first is ruled out; who rules it in again reads what is in the way.
    decide = partial(contest.call, "decide_eligibility", contest.officer, project=first["id"])
    decide(body={"eligible": False, "reason": "Not of this organization"})
    taken = contest.call("submit_project", who, project=draft)
    with refused("prizes.project_exists") as refusal:
        decide(body={"eligible": True, "reason": "It is after all"})
    assert refusal.value.params == {"number": taken["number"], "project_title": "A draft"}


def test_a_race_for_one_place_has_one_winner(contest: Any, form: Any) -> None:
    outcomes: list[Any] = []

    def try_it(number: int) -> None:
        try:
            body = form(organization="Racers", country="FJ", title=f"Title {number}")
            outcomes.append(contest.submit(actor(), body)["number"])
        except Conflict as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes))[1:] == ["prizes.project_of_another"] * 7


def test_an_account_has_room_for_some_drafts(contest: Any, form: Any) -> None:
    owner = actor()
    drafts = [
        contest.call("create_project", owner, edition="2017", body={"title": "A thought"}) for _ in range(MAX_DRAFTS)
    ]
    contest.call("withdraw_project", owner, project=drafts[0]["id"], body={"reason": "To make room for another"})
    with refused("prizes.too_many_drafts") as refusal:
        contest.call("create_project", owner, edition="2017", body={"title": "One more"})
    assert refusal.value.params == {"limit": 50}
    assert contest.call("create_project", actor(), edition="2017", body={"title": "Of another"})["state"] == "draft"
    body = form(organization="Collectors", country="NA", category="C1", title="Complete", submit=True)
    assert contest.call("create_project", owner, edition="2017", body=body)["state"] == "submitted"


def test_drafts_are_their_owners_own(contest: Any, form: Any) -> None:
    owner, other = actor(), actor()
    draft = contest.call("create_project", owner, edition="2017", body={"title": "Half a thought"})
    assert draft["state"] == "draft"
    assert "impact" in draft["missing"]
    french = contest.call("read_project", owner, project=draft["id"], context={"locale": "fr"})
    assert french["missing"]["impact"] == ["À remplir."]
    for who in (other, contest.officer, actor("juror")):
        for method in ("read_project", "read_certificate"):
            with refused("prizes.project_unknown"):
                contest.call(method, who, project=draft["id"])
    decided, asked = {"eligible": True, "reason": "Fine"}, {"question": "What?", "until": "2017-02-20T00:00:00Z"}
    for method, body in (
        ("read_eligibility", {}),
        ("decide_eligibility", decided),
        ("request_clarification", asked),
        ("disqualify_project", {"reason": "Never"}),
    ):
        with refused("prizes.project_unknown"):
            contest.call(method, contest.officer, project=draft["id"], **({"body": body} if body else {}))
    with refused("prizes.project_unknown"):
        contest.call("change_project", other, project=draft["id"], body={"title": "Mine now"})
    with refused("prizes.project_incomplete") as refusal:
        contest.call("submit_project", owner, project=draft["id"])
    assert refusal.value.fields["short_description"] == ["Needed."]
    body = form(organization="Thinkers", country="NA", short_description="Too short")
    contest.call("change_project", owner, project=draft["id"], body=body)
    with refused("prizes.project_incomplete") as refusal:
        contest.call("submit_project", owner, project=draft["id"])
    assert refusal.value.fields["short_description"] == ["2 words: at least 150 are needed."]
    contest.call("change_project", owner, project=draft["id"], body=form(organization="Thinkers", country="NA"))
    receipt = contest.call("submit_project", owner, project=draft["id"])
    assert contest.call("submit_project", owner, project=draft["id"]) == receipt
    mine = contest.call("list_my_projects", owner)
    assert [row["id"] for row in mine["items"]] == [draft["id"]]


def test_a_field_is_emptied_by_null_and_a_submission_stays_complete(contest: Any, form: Any) -> None:
    owner = actor()
    body = form(organization="Erasers", country="TV", website="https://erasers.example/")
    draft = contest.call("create_project", owner, edition="2017", body=body)
    changed = contest.call("change_project", owner, project=draft["id"], body={"website": None, "organization": None})
    assert (changed.get("website"), changed.get("organization")) == (None, None)
    assert changed["missing"] == {"organization": ["Needed."]}
    contest.call("change_project", owner, project=draft["id"], body={"organization": "Erasers"})
    contest.call("submit_project", owner, project=draft["id"])
    with refused("prizes.project_incomplete"):
        contest.call("change_project", owner, project=draft["id"], body={"impact": None})


def test_what_another_window_changed_is_not_overwritten_unseen(contest: Any) -> None:
    owner = actor()
    draft = contest.call("create_project", owner, edition="2017", body={"title": "First"})
    change = partial(contest.call, "change_project", owner, project=draft["id"])
    changed = change(body={"title": "Second", "version": draft["version"]})
    with refused("prizes.changed_meanwhile"):
        change(body={"title": "Third", "version": draft["version"]})
    assert change(body={"title": "Third", "version": changed["version"]})["title"] == "Third"
    assert change(body={"title": "Fourth"})["title"] == "Fourth"


def test_an_own_project_says_what_may_be_done_with_it_and_is_nobody_elses(contest: Any, form: Any) -> None:
    owner = actor()
    mine = contest.submit(owner, form(organization="Askers", country="TV"))

    def allowed(at: str) -> tuple[bool, bool]:
        shown = contest.call("read_own_project", owner, at=at, project=mine["id"])
        return shown["editable"], shown["withdrawable"]

    assert [allowed(at) for at in ("submission", "nomination", "voting")] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    for who in (actor(), contest.officer):
        with refused("prizes.project_unknown"):
            contest.call("read_own_project", who, project=mine["id"])


def test_a_draft_names_the_own_project_in_its_way_and_no_other(contest: Any, form: Any) -> None:
    owner, stranger = actor(), actor()
    body = form(organization="Doublers", country="TV")
    first = contest.submit(owner, body)
    named = {"project": first["id"], "number": first["number"], "title": first["title"]}
    for changes, code in ({"title": "Another"}, "project_exists"), ({"category": "C9"}, "project_twice"):
        draft = contest.call("create_project", owner, edition="2017", body={**body, **changes})
        shown = contest.call("read_own_project", owner, project=draft["id"])
        assert shown["duplicate"] == {"code": f"prizes.{code}", **named}
        theirs = contest.call("create_project", stranger, edition="2017", body={**body, **changes})
        assert contest.call("read_own_project", stranger, project=theirs["id"])["duplicate"] is None
    assert contest.call("read_own_project", owner, project=first["id"])["duplicate"] is None


def test_a_repeat_under_the_same_key_is_one_submission(contest: Any, form: Any) -> None:
    who, context = actor(), {"idempotency_key": "the-same-key"}
    body = form(organization="Clickers", country="TO")
    first = contest.submit(who, body, context=context)
    assert contest.submit(who, body, context=context)["id"] == first["id"]
    assert len(contest.call("list_my_projects", who)["items"]) == 1


def test_withdrawal_frees_the_place_until_voting_opens(contest: Any, form: Any) -> None:
    who = actor()
    body = form(organization="Changers", country="WS")
    first = contest.submit(who, body)
    gone = contest.call("withdraw_project", who, project=first["id"], body={"reason": "Wrong category"})
    assert gone["state"] == "withdrawn"
    again = contest.submit(who, body)
    assert again["number"] > first["number"]
    with refused("prizes.voting_has_begun"):
        contest.call("withdraw_project", who, at="voting", project=again["id"], body={"reason": "Too late"})


def test_links_outside_the_matrix_are_flagged_not_refused(contest: Any, form: Any) -> None:
    links = [{"sdg": 3, "targets": [], "rationale": "Health"}, {"sdg": 14, "targets": ["14.2"], "rationale": "Fish"}]
    saved = contest.submit(actor(), form(organization="Divers", country="MV", sdgs=links))
    assert [link["outside_matrix"] for link in saved["sdgs"]] == [False, True]
    found = contest.call("read_eligibility", contest.officer, project=saved["id"])
    assert [hit["kind"] for hit in found["evidence"]] == ["outside_matrix"]
    suggested = contest.call("suggest_sdgs", action_line="C7.e-health")
    assert 3 in [row["sdg"] for row in suggested["items"]]


def test_officers_lists_are_filtered_and_paged(contest: Any, form: Any) -> None:
    for number in range(3):
        contest.submit(actor(), form(organization=f"Islanders {number}", country="KI", category="C10"))
    first = contest.call("list_projects", contest.officer, edition="2017", country="KI", limit=2)
    rest = contest.call("list_projects", contest.officer, edition="2017", country="KI", limit=2, after=first["next"])
    assert [row["organization"] for row in first["items"] + rest["items"]] == [f"Islanders {n}" for n in range(3)]
    assert rest["next"] is None
    by_region = contest.call("list_projects", contest.officer, edition="2017", region="asia_pacific", category="C10")
    assert len(by_region["items"]) == 3
