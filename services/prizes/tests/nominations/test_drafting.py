"""The list of nominees before it is published, the plan of an assignment, and how far the edition is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_testkit import actor, refused

YEAR = "2021"
OPEN, REVIEWING = datetime(2021, 1, 10, 12, tzinfo=UTC), datetime(2021, 3, 1, 12, tzinfo=UTC)
MEANS = {"RW": 5, "KE": 4, "GH": 2}  # of the two reviews of each project


@pytest.fixture(scope="module")
def ask(contest: Any) -> Any:
    """A call of an officer while the nomination is on."""
    return lambda method, **more: contest.call(method, contest.officer, at=REVIEWING, edition=YEAR, **more)


@pytest.fixture(scope="module")
def jurors(contest: Any) -> list[Any]:
    people = [actor("juror") for _ in range(2)]
    rows = zip(people, ("CH", "JP"), strict=True)
    contest.jurors = [
        {"account": who.id, "names": f"Juror {country}", "country": country, "organization": None, "roles": ["juror"]}
        for who, country in rows
    ]
    return people


@pytest.fixture(scope="module")
def projects(contest: Any, form: Any, ask: Any, jurors: list[Any]) -> dict[str, str]:
    """Country -> project of an edition of its own: three of one category, reviewed, and one that nobody reviewed."""
    contest.call("open_edition", contest.officer, body={"edition": YEAR, "copy_from": "2017", "reason": "Next"})
    ids = {}
    for country, category in (*((code, "C5") for code in MEANS), ("JP", "C6")):
        body = form(organization=f"Entity {country}", country=country, category=category, title=f"Title {country}")
        made = contest.call("create_project", actor(), at=OPEN, edition=YEAR, body={**body, "submit": True})
        ids[country] = made["id"]
    before = ask("read_steps")
    assert (before["projects"], before["waiting"]) == (
        {"submitted": 4},
        {"eligibility": 4, "clarification": 0, "jurors": 0},
    )
    order = {"jurors": [who.id for who in jurors], "per_project": 2}
    plan = ask("preview_assignment", body=order)
    assert (plan["assigned"], plan["jurors"], [row["project"] for row in plan["unassigned"]]) == (7, 2, [ids["JP"]])
    assert {row["names"]: (row["before"], row["more"]) for row in plan["by_juror"]} == {
        "Juror CH": (0, 4),
        "Juror JP": (0, 3),
    }
    assert ask("read_steps")["reviews"] == 0, "nothing was assigned"
    made = ask("assign_reviews", body=order)
    assert {name: made[name] for name in ("assigned", "jurors", "unassigned")} == {
        name: plan[name] for name in ("assigned", "jurors", "unassigned")
    }
    criteria = [row["code"] for row in ask("read_form")["criteria"]]
    for country, mean in MEANS.items():
        for who, score in zip(jurors, (mean, min(5, mean + 1)), strict=True):
            body = {"scores": dict.fromkeys(criteria, score), "recommendation": "nominate", "done": True}
            contest.call("save_review", who, at=REVIEWING, project=ids[country], body=body)
    return ids


def test_steps_count_what_is_done_and_what_is_missing(projects: dict[str, str], ask: Any) -> None:
    steps = ask("read_steps")
    assert (steps["jurors"], steps["reviews"], steps["reviews_done"]) == (2, 7, 6)
    assert steps["waiting"]["jurors"] == 1
    lacking = ask("list_projects", waits="jurors")
    assert [row["id"] for row in lacking["items"]] == [projects["JP"]]


def test_a_category_is_ranked_by_the_mean_of_its_reviews(projects: dict[str, str], ask: Any) -> None:
    rows = ask("read_ranking", category="C5")["items"]
    assert [(row["rank"], row["project"]) for row in rows] == [
        (1, projects["RW"]),
        (2, projects["KE"]),
        (3, projects["GH"]),
    ]
    second = rows[1]
    assert (second["mean"], second["lowest"], second["highest"], second["done"]) == (4.5, 4.0, 5.0, 2)
    assert (second["recommendations"], second["nominated"]) == ({"nominate": 2}, None)
    [unreviewed] = ask("read_ranking", category="C6")["items"]
    assert (unreviewed["rank"], unreviewed["reviews"]) == (None, 1)
    with refused("prizes.category_unknown"):
        ask("read_ranking", category="C99")


def test_a_preview_fixes_nothing_and_the_list_says_what_it_changed(projects: dict[str, str], ask: Any) -> None:
    preview = ask("preview_nominations", body={"threshold": 4.0})
    assert (preview["nominated"], preview["not_nominated"], preview["fixed_at"]) == (2, 2, None)
    assert ask("read_nominations")["nominated"] == 0
    ask("fix_nominations", body={"threshold": 4.0, "reason": "Above four"})
    stricter = ask("preview_nominations", body={"threshold": 5.0})
    assert [(row["category"], row["added"], row["removed"]) for row in stricter["categories"]] == [
        ("C5", 0, 1),
        ("C6", 0, 0),
    ]
    body = {"nominate": [projects["GH"], projects["RW"]], "reason": "The group decided"}
    by_name = ask("fix_category", category="C5", body=body)
    assert [(row["nominated"], row["added"], row["removed"]) for row in by_name["categories"]] == [(2, 1, 1), (0, 0, 0)]
    rows = {row["project"]: row for row in ask("read_ranking", category="C5")["items"]}
    assert [(rows[projects[code]]["nominated"], rows[projects[code]]["before"]) for code in MEANS] == [
        (True, True),
        (False, True),
        (True, False),
    ]
    ask("fix_category", category="C6", body={"nominate": [projects["JP"]], "reason": "Wild card"})
    whole = ask("read_nominations")
    assert (whole["nominated"], whole["not_nominated"]) == (3, 1), "the other category stays"
    with refused("prizes.not_of_the_list"):
        ask("fix_category", category="C6", body={"nominate": [projects["RW"]], "reason": "Of another category"})


def test_a_category_stays_within_the_cap(projects: dict[str, str], contest: Any, ask: Any) -> None:
    ask("change_settings", body={"nominees_cap": 1, "reason": "One each"})
    with refused("prizes.over_the_cap"):
        body = {"nominate": [projects["GH"], projects["RW"]], "reason": "Two"}
        ask("fix_category", category="C5", body=body)
