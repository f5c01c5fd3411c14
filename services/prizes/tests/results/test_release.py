"""The release of the winners: at the moment of a last decision, and when a winner is disqualified after it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_testkit import actor
from wsis_testkit.interruptions import InProcess, overlap_at, overlaps_of

CATEGORY, OFFICER, JUROR = "C7.e-health", actor("officer"), actor("juror")
SUBMISSION, NOMINATION = datetime(2017, 1, 10, tzinfo=UTC), datetime(2017, 3, 1, tzinfo=UTC)
SELECTION, CEREMONY = datetime(2017, 4, 20, tzinfo=UTC), datetime(2017, 6, 13, 12, tzinfo=UTC)


@pytest.fixture
def prizes(database: Any, edition: dict[str, Any], form: Any, make_result: Any) -> InProcess:
    """Two champions of a category, Clinics and Nurses; the Expert Group has chosen Clinics."""
    profile = {"account": JUROR.id, "names": "A Juror", "country": "CH", "organization": None, "roles": ["juror"]}
    made = InProcess("prizes", database("prizes"), {"accounts": {"profiles": lambda role=None, ids=None: [profile]}})
    made.restore({})
    made.db["editions"].insert_one({**edition, "version": 1})
    projects = []
    for title in ("Clinics", "Nurses"):
        body = form(title=title, organization=title, submit=True)
        projects.append(made.call("create_project", actor(), at=SUBMISSION, edition="2017", body=body)["id"])
    officer = {"at": SELECTION, "edition": "2017"}
    body = {"nominate": projects, "not_nominated": []}
    made.call("fix_nominations", OFFICER, at=NOMINATION, edition="2017", body=body)
    made.call("publish_nominees", OFFICER, at=NOMINATION, edition="2017")
    made.run("publish_list")
    made.call("put_result", **officer, result=make_result({CATEGORY: dict.fromkeys(projects, 7)}))
    made.call("fix_finalists", OFFICER, **officer, body={"settle": []})
    made.call("set_expertise", OFFICER, **officer, account=JUROR.id, body={"categories": []})
    choose(made, "Clinics")
    made.call("announce_champions", OFFICER, **officer)
    return made


def project(prizes: InProcess, title: str) -> str:
    return str(prizes.db["projects"].find_one({"title": title})["_id"])


def choose(prizes: InProcess, title: str) -> None:
    body = {"project": project(prizes, title), "reason": "The best", "change_reason": "We talked again"}
    prizes.call("choose_winner", JUROR, at=CEREMONY, edition="2017", category=CATEGORY, body=body)


def release(prizes: InProcess) -> None:
    prizes.call("release_winners", OFFICER, at=CEREMONY, edition="2017", body={"reason": "The ceremony"})


def winners(prizes: InProcess) -> list[str]:
    return [row["title"] for row in prizes.call("list_winners", at=CEREMONY, edition="2017")["items"]]


@pytest.mark.parametrize("first", ["decision", "release"])
def test_of_a_last_decision_and_the_release_one_is_first(prizes: InProcess, first: str) -> None:
    """At each place where one of the two can come between: who is told that the decision has changed sees its winner
    released, and else is told that it is too late."""
    changed = []

    def decide() -> None:
        changed.append(False)
        with suppress(Conflict):
            choose(prizes, "Nurses")
            changed[-1] = True

    one, other = (decide, lambda: release(prizes)) if first == "decision" else (lambda: release(prizes), decide)
    prepared = prizes.documents()
    overlaps = overlaps_of(one)
    assert overlaps
    for place in overlaps:
        prizes.restore(prepared)
        assert overlap_at(place, one, other)
        assert winners(prizes) == ["Nurses" if changed[-1] else "Clinics"], f"at place {place}"


def test_a_winner_who_is_disqualified_has_not_won_for_later_editions(prizes: InProcess) -> None:
    prizes.call("open_edition", OFFICER, at=SELECTION, body={"edition": "2018", "copy_from": "2017", "reason": "Next"})
    release(prizes)

    def past_winners() -> list[str]:
        return [row["title"] for row in prizes.call("list_past_winners", at=CEREMONY, edition="2018")["items"]]

    def found(**filters: str) -> list[str]:
        return [row["title"] for row in prizes.call("find_winners", at=CEREMONY, **filters)["items"]]

    assert (winners(prizes), past_winners(), found()) == (["Clinics"], ["Clinics"], ["Clinics"])
    gone = {"project": project(prizes, "Clinics"), "body": {"reason": "Votes bought"}}
    prizes.call("disqualify_project", OFFICER, at=CEREMONY, **gone)
    assert (winners(prizes), past_winners(), found()) == ([], [], [])


def test_winners_of_all_editions_are_looked_for_and_those_under_embargo_not_found(prizes: InProcess) -> None:
    """Also where an officer imports them by mistake before the release."""
    rows = [
        {"edition": "2012", "title": "Écoles sans murs", "organization": "Université d’Abomey Ltd", "country": "BJ"},
        {"edition": "2014", "title": "Clinics on wheels", "organization": "Afya", "country": "KE"},
        {"edition": "2017", "title": "Clinics", "organization": "Told too early", "country": "KE"},
    ]
    prizes.call("import_past_winners", OFFICER, at=SELECTION, edition="2017", body={"items": rows})

    def found(**filters: object) -> list[tuple[str, str]]:
        items = prizes.call("find_winners", at=CEREMONY, **filters)["items"]
        return [(row["edition"], row["title"]) for row in items]

    prizes.call("open_edition", OFFICER, at=SELECTION, body={"edition": "2018", "copy_from": "2017", "reason": "Next"})
    public = prizes.call("list_past_winners", at=CEREMONY, edition="2018")["items"]
    assert {row["edition"] for row in public} == {"2012", "2014"}
    schools, wheels = ("2012", "Écoles sans murs"), ("2014", "Clinics on wheels")
    assert found() == [wheels, schools]
    assert found(edition="2017") == []
    assert found(q="universite of abomey ltd ecol") == [schools]
    assert found(q="wheel clin") == [wheels]
    assert found(q="heels") == []
    assert found(country="BJ") == found(region="africa", edition="2012") == [schools]
    assert found(country="BJ", region="arab_states") == []
    page = prizes.call("find_winners", at=CEREMONY, limit=1)
    after = prizes.call("find_winners", at=CEREMONY, limit=1, after=page["next"])
    assert [row["title"] for row in (*page["items"], *after["items"])] == [wheels[1], schools[1]]
    release(prizes)
    assert next(edition for edition, _ in found()) == "2017"
