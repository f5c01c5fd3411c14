"""Finalists and decisions of a whole edition, and who looked."""

from __future__ import annotations

from typing import Any

from wsis_testkit import refused

HEALTH, MEDIA = "C7.e-health", "C9"


def test_a_tie_at_the_fifth_place_makes_six_finalists(contest: Any, finalists: Any, jurors: Any) -> None:
    shown = contest.call("read_finalists", jurors[0], at="selection", edition="2017", category=HEALTH)
    rows = shown["items"][0]["finalists"]
    assert [row["project"] for row in rows] == finalists["health"][:6]
    assert [(row["votes"], row["rank"]) for row in rows[-2:]] == [(30, 5), (30, 5)]
    with refused("prizes.finalists_fixed"):
        contest.call("fix_finalists", contest.officer, at="selection", edition="2017", body={"settle": []})


def test_voting_is_not_reopened_once_finalists_are_out(contest: Any, finalists: Any) -> None:
    body = {"end": "2017-04-30T21:00:00Z", "reason": "More time"}
    with refused("prizes.phase_done"):
        contest.call("move_phase", contest.officer, at="selection", edition="2017", phase="public_voting", body=body)


def test_only_finalists_win(contest: Any, finalists: Any, jurors: Any) -> None:
    body = {"project": finalists["health"][6], "reason": "The last"}
    with refused("prizes.not_a_finalist"):
        contest.call("choose_winner", jurors[0], at="selection", edition="2017", category=HEALTH, body=body)
    [look, *_] = contest.call("list_looks", contest.officer, edition="2017", limit=1)["items"]
    assert (look["account"], look["what"]) == (jurors[0].id, HEALTH), "a guess that fails tells who is no finalist"


def test_every_look_is_logged(contest: Any, winner: str, jurors: Any) -> None:
    before = contest.call("list_looks", contest.officer, edition="2017", limit=100)["items"]
    seen = contest.call("read_finalists", contest.officer, at="selection", edition="2017")
    decisions = {row["category"]: row["decision"] for row in seen["items"]}
    assert decisions[HEALTH]["project"] == winner
    assert decisions[MEDIA]["project"] is None
    contest.call("read_finalists", jurors[1], at="selection", edition="2017", category=HEALTH)
    after = contest.call("list_looks", contest.officer, edition="2017", limit=100)["items"]
    assert [(row["account"], row["what"]) for row in after[: len(after) - len(before)]] == [
        (jurors[1].id, HEALTH),
        (contest.officer.id, "all categories"),
    ]
