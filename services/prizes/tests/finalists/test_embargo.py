"""Who reads what of the finalists before their announcement: a small edition whose fifth place is shared."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_testkit import actor, refused

HEALTH = "C7.e-health"
COUNTRIES = ("BJ", "PE", "TO", "WS", "LA", "KH", "UY")
VOTES = (9, 8, 7, 6, 5, 5, 1)


@pytest.fixture(scope="module")
def owners(contest: Any, form: Any) -> dict[str, Any]:
    """Project -> its owner, all of them jurors too: seven nominees by their votes, one ruled out, one withdrawn."""

    def submit(country: str) -> tuple[str, Any]:
        who = actor("juror")
        return contest.submit(who, form(organization=f"Organization {country}", country=country))["id"], who

    nominees = dict(map(submit, COUNTRIES))
    (ruled_out, one), (withdrawn, other) = submit("FJ"), submit("KI")
    body = {"eligible": False, "reason": "It won in 2016"}
    contest.call("decide_eligibility", contest.officer, at="nomination", project=ruled_out, body=body)
    contest.call("withdraw_project", other, at="nomination", project=withdrawn, body={"reason": "We stop"})
    body = {"nominate": list(nominees), "not_nominated": []}
    contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=body)
    contest.run("publish_nominees", at="nomination", edition="2017")
    contest.certify(dict(zip(nominees, VOTES, strict=True)), tie_rule="expert_group_decides")
    contest.jurors = [
        {"account": who.id, "names": "A Juror", "country": "CH"} for who in (*nominees.values(), one, other)
    ]
    for juror in contest.jurors:
        contest.call(
            "set_expertise", contest.officer, edition="2017", account=juror["account"], body={"categories": []}
        )
    return {**nominees, ruled_out: one, withdrawn: other}


def fix(contest: Any, *settle: str) -> Any:
    body = {"settle": [{"category": HEALTH, "projects": list(settle)}] if settle else []}
    return contest.call("fix_finalists", contest.officer, at="selection", edition="2017", body=body)


def looks(contest: Any) -> list[tuple[str, str]]:
    rows = contest.call("list_looks", contest.officer, edition="2017", limit=100)["items"]
    return [(row["account"], row["what"]) for row in rows]


@pytest.fixture(scope="module")
def previewed(contest: Any, owners: dict[str, Any]) -> tuple[Any, list[tuple[str, str]]]:
    """What an officer sees before the finalists are fixed, and the looks by then."""
    shown = contest.call("preview_finalists", contest.officer, at="selection", edition="2017")
    return shown, looks(contest)


def test_a_tie_is_previewed_with_its_free_places_and_leaves_a_look(
    contest: Any, owners: dict[str, Any], previewed: Any
) -> None:
    shown, seen = previewed
    [row] = [each for each in shown["items"] if each["category"] == HEALTH]
    assert [(each["project"], each["votes"]) for each in row["finalists"]] == list(zip(owners, VOTES, strict=False))[:4]
    assert {each["project"] for each in row["tied"]} == set(list(owners)[4:6])
    assert (row["places"], row["free"], row["tie_rule"], shown["hidden"]) == (5, 1, "expert_group_decides", 0)
    assert seen[0] == (contest.officer.id, "tally")
    waits = {each["code"]: each for each in contest.call("list_waiting", contest.officer)["items"]}
    assert (waits["ties"]["count"], waits["ties"]["page"]) == (1, "/desk/editions/2017/finalists")


@pytest.fixture(scope="module")
def told_of_own(contest: Any, owners: dict[str, Any], previewed: Any) -> Conflict:
    """What the officer is told who fixes the finalists and has a project of that tie."""
    who = owners[list(owners)[4]]
    with refused("prizes.tie_unsettled") as refusal:
        contest.call("fix_finalists", who, at="selection", edition="2017", body={"settle": []})
    return refusal.value


@pytest.fixture(scope="module")
def refusals(contest: Any, owners: dict[str, Any], told_of_own: Any) -> list[tuple[Any, int]]:
    """What an officer is told who fixes the finalists without, and with too many, of the tie; and the looks by then."""
    tied, told = list(owners)[4:6], []
    for settled in ((), tied):
        with pytest.raises((Conflict, Invalid)) as refusal:
            fix(contest, *settled)
        told.append((refusal.value, len(looks(contest))))
    return told


@pytest.fixture(scope="module")
def finalists(contest: Any, owners: Any, refusals: Any) -> list[str]:
    projects = list(owners)[:5]
    assert fix(contest, projects[-1])["finalists"] == 5
    return projects


def test_an_officer_who_is_told_of_a_tie_leaves_a_look(contest: Any, owners: dict[str, Any], refusals: Any) -> None:
    (unsettled, first), (too_many, second) = refusals
    assert (unsettled.code, too_many.code) == ("prizes.tie_unsettled", "prizes.not_of_the_tie")
    assert sorted(unsettled.fields[HEALTH]) == sorted(list(owners)[4:6])
    assert (first, second) == (3, 4), "the preview and the fixing by another officer were two"
    assert set(looks(contest)[:2]) == {(contest.officer.id, "tally")}


def test_an_officer_with_a_project_is_not_told_of_its_tie(told_of_own: Conflict) -> None:
    assert told_of_own.fields == {}


def categories_shown(contest: Any, who: Any) -> list[str]:
    shown = contest.call("read_finalists", who, at="selection", edition="2017")
    return [row["category"] for row in shown["items"]]


def test_a_juror_with_a_project_does_not_learn_what_became_of_it(
    contest: Any, owners: dict[str, Any], finalists: list[str]
) -> None:
    """A finalist, the one that lost the tie, the last by votes, one ruled out and one withdrawn: all are answered the
    same."""
    body = {"project": finalists[0], "reason": "The best"}
    for who in owners.values():
        assert HEALTH not in categories_shown(contest, who)
        with refused("prizes.interested"):
            contest.call("choose_winner", who, at="selection", edition="2017", category=HEALTH, body=body)
    neutral = actor("juror")
    contest.jurors.append({"account": neutral.id, "names": "A Juror", "country": "CH"})
    contest.call("set_expertise", contest.officer, edition="2017", account=neutral.id, body={"categories": []})
    assert HEALTH in categories_shown(contest, neutral)
    assert contest.call("choose_winner", neutral, at="selection", edition="2017", category=HEALTH, body=body)["decided"]
