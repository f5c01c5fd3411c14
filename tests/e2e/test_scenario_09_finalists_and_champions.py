"""Scenario 9: the same count twice, five finalists a category by the published rules, champions without ranks."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from wsis_testkit import wait_for

from wsis_demo.acts.results import finalists_fixed
from wsis_demo.client import Problem
from wsis_demo.people import Organization
from wsis_demo.public_log import VERIFY

# Votes for each nominee in the order of submission: seven nominees with a clear fifth place, three nominees,
# and six of whom three share the fifth place.
VOTES = {"C1": (2, 5, 0, 4, 1, 3, 0), "C2": (7, 5, 3), "C3": (1, 5, 4, 1, 3, 1)}
FINALISTS = {"C1": {0, 1, 3, 4, 5}, "C2": {0, 1, 2}, "C3": {0, 1, 2, 3, 4, 5}}
VOTERS = 15


@pytest.fixture(scope="module")
def tallied(contest: Any, people: Any) -> tuple[Any, dict[str, Any]]:
    """Fifteen complete ballots are counted."""
    contest.limit_to(*VOTES)
    submitter = people.member(country="RW")
    for category, votes in VOTES.items():
        for number in range(len(votes)):
            contest.submit(submitter, category, Organization(f"Entity {category} {number}", "academia", "RW", "en"))
    contest.nominate()
    contest.open_voting()
    orders = {
        category: [place for place, count in enumerate(votes) for _ in range(count)]
        for category, votes in VOTES.items()
    }

    def vote(number: int) -> None:
        voter = people.member()
        stored = contest.vote_all(voter, **{category: places[number] for category, places in orders.items()})
        assert stored["complete"]

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(vote, range(VOTERS)))
    return contest, contest.close_voting()


@pytest.fixture(scope="module")
def finalists(tallied: tuple[Any, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The finalists of each category as the secretariat reads them."""
    contest, _ = tallied
    finalists_fixed(contest.officer, contest.path)
    rows = contest.officer.get(f"{contest.path}/finalists")["items"]
    return {row["category"]: row["finalists"] for row in rows}


@pytest.fixture(scope="module")
def announced(tallied: tuple[Any, dict[str, Any]], finalists: dict[str, Any]) -> list[dict[str, Any]]:
    """The champions in public."""
    contest, _ = tallied
    with pytest.raises(Problem) as refused:
        contest.officer.suite.visitor.get(f"{contest.path}/champions")
    assert (refused.value.status, refused.value.code) == (404, "prizes.champions_not_announced")
    for path in ("log/result", f"log/openings?category={next(iter(VOTES))}"):
        hidden = contest.officer.send("GET", f"{contest.path}/{path}")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "voting.result_under_embargo")
    contest.officer.post(f"{contest.path}/champions/announcement")
    return list(contest.officer.suite.visitor.each(f"{contest.path}/champions"))


def test_the_tally_is_the_votes_and_the_same_when_counted_again(tallied: tuple[Any, dict[str, Any]]):
    contest, tally = tallied
    wanted = {
        project: votes
        for category, counts in VOTES.items()
        for project, votes in zip(contest.projects[category], counts, strict=True)
    }
    assert {row["project"]: row["counted"] for row in tally["projects"]} == wanted
    first, second = (contest.officer.post(f"{contest.path}/tally/recount") for _ in range(2))
    assert first == second
    assert first["agrees"]
    assert (first["votes_cast"], first["votes_counted"], first["ballots_complete"]) == (45, 45, VOTERS)
    assert contest.officer.get(f"{contest.path}/tally") == tally


def test_five_finalists_fewer_where_fewer_are_nominated_and_ties_all_in(
    tallied: tuple[Any, dict[str, Any]], finalists: dict[str, list[dict[str, Any]]]
):
    contest, _ = tallied
    for category, places in FINALISTS.items():
        wanted = {contest.projects[category][place] for place in places}
        assert {row["project"] for row in finalists[category]} == wanted, category


def test_finalists_are_fixed_once(tallied: tuple[Any, dict[str, Any]], finalists: dict[str, Any]):
    contest, _ = tallied
    with pytest.raises(Problem, match=r"prizes\.finalists_fixed"):
        contest.officer.post(f"{contest.path}/finalists", {})


def test_champions_are_public_without_anything_that_ranks_them(
    finalists: dict[str, list[dict[str, Any]]], announced: list[dict[str, Any]]
):
    assert {row["project"] for row in announced} == {row["project"] for rows in finalists.values() for row in rows}
    assert [row["number"] for row in announced] == sorted(row["number"] for row in announced)
    keys = {key for row in announced for key in row}
    assert not keys & {"votes", "rank", "winner", "decision", "counted", "cast"}
    assert "winner" not in json.dumps(announced)


def test_the_certified_result_is_public_with_the_champions(
    tallied: tuple[Any, dict[str, Any]], announced: list[dict[str, Any]]
):
    contest, _ = tallied
    visitor = contest.officer.suite.visitor
    log = f"{contest.path}/log"
    result = wait_for(lambda: (told := visitor.send("GET", f"{log}/result")).is_success and told.json(), 30)
    chosen = {project for row in result["categories"] for project in row["finalists"]}
    assert chosen == {row["project"] for row in announced}
    canonical = json.dumps(result, sort_keys=True, separators=(",", ":"))
    assert visitor.get(f"{log}/certification")["result"] == sha256(canonical.encode()).hexdigest()
    assert len(visitor.get(f"{log}/openings", category="C1")["items"]) == VOTERS


def test_anybody_compares_the_champions_with_the_signed_result(
    tallied: tuple[Any, dict[str, Any]], announced: list[dict[str, Any]], stage: Any, tmp_path: Path
):
    contest, _ = tallied
    place = Path(stage.environment["WSIS_RUN_DIR"], "public-log", contest.edition)
    wait_for((place / "result.json").exists, 90, "the files of the result")
    page = contest.officer.suite.visitor.get(f"{contest.path}/champions", limit=100)
    assert page["rulings"] == [] or {row["kind"] for row in page["rulings"]} == {"disqualified"}

    def verify(items: list[dict[str, Any]]) -> int:
        saved = tmp_path / "champions.json"
        saved.write_text(json.dumps({**page, "items": items}))
        return subprocess.run([sys.executable, VERIFY, place, "--champions", saved]).returncode

    assert verify(page["items"]) == 0
    assert verify(page["items"][1:]) == 1


def test_each_access_to_the_tally_under_embargo_is_audited(
    tallied: tuple[Any, dict[str, Any]], announced: list[dict[str, Any]]
):
    contest, _ = tallied

    def accesses() -> list[dict[str, Any]]:
        rows = contest.officer.each("/v1/audit", object=f"edition/{contest.edition}/tally")
        return [row for row in rows if row["action"] == "voting.tally_read"]

    assert {row["actor"] for row in wait_for(accesses, 30)} == {contest.officer.account}


def test_champions_have_a_certificate_and_others_have_none(
    tallied: tuple[Any, dict[str, Any]], announced: list[dict[str, Any]]
):
    contest, _ = tallied
    visitor = contest.officer.suite.visitor
    pdf = visitor.get(f"/v1/projects/{announced[0]['project']}/certificate", language="zh")
    assert pdf.startswith(b"%PDF-")
    # Made once: whoever has it gets nothing more, and whoever lost half of it gets the other half.
    path = f"/v1/projects/{announced[0]['project']}/certificate?language=zh"
    again = visitor.send("GET", path)
    assert again.content == pdf
    assert visitor.send("GET", path, headers={"If-None-Match": again.headers["ETag"]}).status_code == 304
    rest = visitor.send("GET", path, headers={"Range": "bytes=1000-", "If-Range": again.headers["ETag"]})
    assert (rest.status_code, rest.content) == (206, pdf[1000:])
    with pytest.raises(Problem) as refused:
        visitor.get(f"/v1/projects/{contest.projects['C1'][2]}/certificate")
    assert refused.value.status == 404


def test_a_champion_that_is_disqualified_makes_room_for_the_next(
    tallied: tuple[Any, dict[str, Any]], announced: list[dict[str, Any]]
):
    contest, _ = tallied
    gone = contest.projects["C2"][1]
    contest.officer.post(f"/v1/projects/{gone}/disqualification", {"reason": "Votes were bought"})
    rows = contest.officer.get(f"{contest.path}/finalists", category="C2")["items"][0]["finalists"]
    assert [row["project"] for row in rows] == [contest.projects["C2"][0], contest.projects["C2"][2]]
