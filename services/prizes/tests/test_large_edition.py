"""An edition of the size of 2017: assigned, nominated, and a tie that the Expert Group settles."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_local.patience import factor
from wsis_testkit import actor, refused, wait_for


def profile(who: Any, country: str, **more: Any) -> dict[str, Any]:
    return {"account": who.id, "names": "A Juror", "country": country, "organization": None, "roles": ["juror"], **more}


@pytest.fixture(scope="module")
def large(contest: Any, form: Any, amqp_client: Any) -> dict[str, Any]:
    """Edition 2021 with 467 submissions of 40 countries, and 30 jurors."""
    from wsis_shared import reference

    moment = datetime(2021, 1, 10, tzinfo=UTC)
    contest.call("open_edition", contest.officer, body={"edition": "2021", "copy_from": "2017", "reason": "Large"})
    categories = [row["code"] for row in contest.call("list_categories", edition="2021")["items"]]
    countries = [country.code for country in reference.countries()][:40]
    owner = actor()
    started = time.monotonic()
    ids = []
    for number in range(467):
        body = form(
            organization=f"Organization {number}",
            title=f"Project {number}",
            category=categories[number % 18],
            country=countries[number % 40],
        )
        body |= {"sdgs": [{"sdg": 3, "targets": [], "rationale": "Health"}], "submit": True}
        ids.append(contest.call("create_project", owner, at=moment, edition="2021", body=body)["id"])
    each = (time.monotonic() - started) / 467
    people = [actor("juror") for _ in range(30)]
    contest.jurors = [profile(who, countries[number]) for number, who in enumerate(people)]
    return {"ids": ids, "jurors": people, "seconds_each": each, "categories": categories}


def at(month: int) -> datetime:
    return datetime(2021, month, 20, tzinfo=UTC)


def nominated(contest: Any) -> set[str]:
    told = [event["data"] for event in contest.published.of("project_nominated")]
    return {data["project"] for data in told if data["edition"] == "2021"}


def test_467_projects_are_assigned_and_nominated_quickly(contest: Any, large: Any) -> None:
    assert large["seconds_each"] < 0.1 * factor()
    started = time.monotonic()
    body = {"jurors": [who.id for who in large["jurors"]]}
    made = contest.call("assign_reviews", contest.officer, at=at(2), edition="2021", body=body)
    assert (made["assigned"], made["unassigned"], made["jurors"]) == (934, [], 30)
    assert time.monotonic() - started < 10 * factor()
    progress = contest.call("read_review_progress", contest.officer, edition="2021")
    assert (progress["done"], progress["all"]) == (0, 934)
    loads = [row["all"] for row in progress["jurors"]]
    assert max(loads) - min(loads) <= 3
    assert progress["jurors"][0]["names"] == "A Juror"
    again = contest.call("assign_reviews", contest.officer, at=at(2), edition="2021", body={})
    assert again["assigned"] == 0
    body = {"nominate": large["ids"][:345], "not_nominated": [{"project": large["ids"][400], "reason": "A copy"}]}
    started = time.monotonic()
    contest.call("fix_nominations", contest.officer, at=at(2), edition="2021", body=body)
    done = contest.run("publish_nominees", at=at(2), edition="2021")
    assert (done["nominated"], done["not_nominated"]) == (345, 122)
    assert time.monotonic() - started < 15 * factor()
    told = contest.published.wait("project_not_nominated", 122, seconds=30)
    assert {event["data"]["reason_code"] for event in told} == {"not_selected"}
    assert [e["data"]["reason"] for e in told if e["data"]["project"] == large["ids"][400]] == ["A copy"]
    [listed] = wait_for(
        lambda: [e["data"] for e in contest.published.of("nominees_published") if e["data"]["edition"] == "2021"],
        30,
        "the list of nominees",
    )
    assert len(listed["nominees"]) == 345
    wait_for(lambda: len(nominated(contest)) == 345, 30, "every nominee to be told")


def test_ties_that_the_edition_leaves_to_the_expert_group(contest: Any, large: Any, make_result: Any) -> None:
    first = large["ids"][0:345:18]
    votes = dict.fromkeys(first, 7) | {first[0]: 9}
    result = make_result({"C1": votes}, tie_rule="expert_group_decides")
    contest.call("put_result", edition="2021", result=result)
    with refused("prizes.tie_unsettled") as refusal:
        contest.call("fix_finalists", contest.officer, at=at(4), edition="2021", body={"settle": []})
    assert sorted(refusal.value.fields["C1"]) == sorted(first[1:])
    settle = {"settle": [{"category": "C1", "projects": first[5:9]}]}
    fixed = contest.call("fix_finalists", contest.officer, at=at(4), edition="2021", body=settle)
    # Categories in which nobody got a counted vote have no finalists.
    assert (fixed["categories"], fixed["finalists"]) == (1, 5)
    shown = contest.call("read_finalists", contest.officer, at=at(4), edition="2021", category="C1")
    assert [row["project"] for row in shown["items"][0]["finalists"]] == [first[0], *first[5:9]]
