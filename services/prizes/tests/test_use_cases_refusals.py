"""What officers and jurors try who know more than voters: other rules, champions and editions, and their own projects.

An edition with seven nominees in one category and 9 to 3 votes for them, which an officer reads once certified. What is
tried before a step is tried by the fixture of that step, so that tests may run in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wsis_shared.errors import SuiteError
from wsis_testkit import actor, refused, wait_for

HEALTH, MEDIA = "C7.e-health", "C9"
COUNTRIES = ("BJ", "PE", "TO", "WS", "LA", "KH", "UY")
RULED = {"eligible": False, "reason": "It won before"}


def profile(who: Any, **more: Any) -> dict[str, Any]:
    return {"account": who.id, "names": "A Juror", "country": "CH", "organization": None, "roles": ["juror"], **more}


def code_of(contest: Any, call: str, who: Any, **arguments: Any) -> str:
    """The code of the refusal; "" where there is none."""
    try:
        contest.call(call, who, **arguments)
    except SuiteError as error:
        return error.code
    return ""


@pytest.fixture(scope="module")
def jurors(contest: Any) -> list[Any]:
    """Three of this edition, and one of the next."""
    people = [actor("juror") for _ in range(4)]
    contest.jurors = [profile(who) for who in people]
    contest.call("open_edition", contest.officer, body={"edition": "2018", "copy_from": "2017", "reason": "Next"})
    for who in people[:3]:
        body: dict[str, Any] = {"categories": []}
        contest.call("set_expertise", contest.officer, edition="2017", account=who.id, body=body)
    contest.call("set_expertise", contest.officer, edition="2018", account=people[3].id, body=body)
    return people


@pytest.fixture(scope="module")
def projects(contest: Any, jurors: list[Any], form: Any) -> dict[str, Any]:
    """Project -> its owner, in the order of their votes; the first belongs to an officer."""
    made = {}
    for number, country in enumerate(COUNTRIES):
        who = actor("officer") if number == 0 else actor()
        body = form(organization=f"Organization {number}", country=country, title=f"Project {number}")
        made[contest.submit(who, body)["id"]] = who
    return made


@pytest.fixture(scope="module")
def interested(projects: dict[str, Any]) -> Any:
    """The officer who has the first project."""
    return next(iter(projects.values()))


@pytest.fixture(scope="module")
def before_the_list(contest: Any, projects: dict[str, Any], interested: Any, form: Any) -> dict[str, str]:
    """What is tried before the list is fixed, and its code."""
    (mine, rival, *_), colleague = projects, actor("officer")
    contest.jurors.append(profile(colleague, organization="ORGANIZATION 1, Ltd.", roles=["officer"]))
    radio = contest.submit(actor(), form(organization="Radio", country="FJ", title="Radio", category=MEDIA))["id"]

    def rule(who: Any, project: str, **more: Any) -> str:
        body = {**RULED, **more}
        return code_of(contest, "decide_eligibility", who, at="nomination", project=project, body=body)

    body: dict[str, Any] = {"nominate": [mine], "not_nominated": []}
    told = {
        "own project": rule(interested, mine),
        "rival": rule(interested, rival),
        "list": code_of(contest, "fix_nominations", interested, at="nomination", edition="2017", body=body),
        "of the organization": rule(colleague, rival),
        "another officer": rule(contest.officer, rival) + rule(contest.officer, rival, eligible=True),
        "elsewhere": rule(interested, radio),
    }
    contest.jurors.pop()
    return told


@pytest.fixture(scope="module")
def assigned(contest: Any, projects: dict[str, Any], before_the_list: Any) -> dict[str, Any]:
    body = {"jurors": None}
    return contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body=body)


@pytest.fixture(scope="module")
def certified(contest: Any, projects: dict[str, Any], before_the_list: Any, assigned: Any) -> list[str]:
    """Nominated, voted for and certified."""
    body = {"nominate": list(projects), "not_nominated": []}
    contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=body)
    contest.run("publish_nominees", at="nomination", edition="2017")
    contest.certify({id: 9 - place for place, id in enumerate(projects)})
    return list(projects)


@pytest.fixture(scope="module")
def settling(contest: Any, certified: list[str], interested: Any) -> str:
    """The code for an officer with a project in the category whose tie is settled."""
    body = {"settle": [{"category": HEALTH, "projects": certified[:1]}]}
    return code_of(contest, "fix_finalists", interested, at="selection", edition="2017", body=body)


@pytest.fixture(scope="module")
def finalists(contest: Any, certified: list[str], settling: str) -> list[str]:
    fixed = contest.call("fix_finalists", contest.officer, at="selection", edition="2017", body={"settle": []})
    assert fixed["finalists"] == 5
    return certified[:5]


@pytest.fixture(scope="module")
def bent(contest: Any, finalists: list[str], certified: list[str], database: Any) -> list[tuple[str, str]]:
    """(code, categories) of announcements with other finalists in the store, by whatever hand; and other settings."""
    db, told = database("prizes"), []
    db["editions"].update_one({"_id": "2017"}, {"$set": {"settings.finalists_per_category": 1}})
    kept = db["results"].find_one({"edition": "2017", "category": HEALTH})
    for wrong in (finalists[:1], [*finalists, certified[5]]):
        db["results"].update_one({"_id": kept["_id"]}, {"$set": {"finalists": wrong}})
        with pytest.raises(SuiteError) as error:
            contest.call("announce_champions", contest.officer, at="selection", edition="2017")
        told.append((error.value.code, error.value.params["categories"]))
    db["results"].replace_one({"_id": kept["_id"]}, kept)
    return told


@pytest.fixture(scope="module")
def announced(contest: Any, finalists: list[str], bent: Any) -> None:
    """One finalist was ruled out meanwhile; the next by votes moved up."""
    body = {"reason": "Votes were bought"}
    contest.call("disqualify_project", contest.officer, at="selection", project=finalists[1], body=body)
    assert contest.call("announce_champions", contest.officer, at="selection", edition="2017")["champions"] == 5


# -- from the opening on the rules are fixed ---------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["voting", "selection"])
@pytest.mark.parametrize(
    "patch",
    [
        {"finalists_per_category": 1},
        {"tie_rule": "expert_group_decides"},
        {"every_category": False},
        {"categories": [HEALTH]},
        {"words": {"short_description": {"max_words": 10}}},
    ],
)
def test_an_officer_who_has_read_the_tally_changes_no_rule(
    contest: Any, certified: list[str], patch: dict[str, Any], at: str
) -> None:
    """Nor the second of two officers, nor before the tally: from the opening of voting."""
    for officer in (contest.officer, actor("officer")):
        with refused("prizes.settings_fixed"):
            body = {**patch, "reason": "A better rule"}
            contest.call("change_settings", officer, at=at, edition="2017", body=body)


@pytest.mark.parametrize(
    ("phase", "at", "dates", "code"),
    [
        ("public_voting", "selection", {"end": "2017-04-25T21:00:00Z"}, "prizes.phase_done"),
        ("public_voting", "selection", {"end": "2017-04-10T21:00:00Z"}, "prizes.phase_done"),
        ("public_voting", "selection", {"start": "2017-03-16T12:00:00Z"}, "prizes.voting_opened"),
        # Moved into the future it would set the rules free again.
        ("public_voting", "voting", {"start": "2017-04-10T21:00:00Z"}, "prizes.voting_opened"),
        ("submission", "selection", {"end": "2017-04-25T21:00:00Z"}, "prizes.phase_done"),
        ("nomination", "selection", {"end": "2017-04-25T21:00:00Z"}, "prizes.phase_done"),
    ],
)
def test_an_officer_who_has_read_the_tally_moves_no_phase_of_the_vote(
    contest: Any, certified: list[str], phase: str, at: str, dates: dict[str, str], code: str
) -> None:
    before = contest.call("read_edition", edition="2017")["phases"]
    with refused(code):
        body = {**dates, "reason": "More time"}
        contest.call("move_phase", contest.officer, at=at, edition="2017", phase=phase, body=body)
    assert contest.call("read_edition", edition="2017")["phases"] == before


@pytest.mark.parametrize("at", ["voting", "selection"])
def test_the_words_of_a_nominee_stay(contest: Any, projects: dict[str, Any], certified: list[str], at: str) -> None:
    owner = projects[certified[2]]
    with refused("prizes.nominee_fixed"):
        contest.call("change_project", owner, at=at, project=certified[2], body={"title": "Another title"})
    with refused("prizes.nominees_published"):
        body = {"nominate": certified[:3], "not_nominated": []}
        contest.call("fix_nominations", contest.officer, at=at, edition="2017", body=body)


# -- what is announced is what was counted -----------------------------------------------------------------------------


def test_champions_that_differ_from_the_signed_result_are_not_announced(bent: list[tuple[str, str]]) -> None:
    assert bent == [("prizes.champions_differ", HEALTH)] * 2


def test_champions_and_the_rulings_since_are_listed_together(
    contest: Any, finalists: list[str], certified: list[str], announced: Any
) -> None:
    """Though the setting of the edition says one place by now."""
    page, gone = contest.call("list_champions", edition="2017", limit=100), finalists[1]
    assert {row["project"] for row in page["items"]} == {*certified[:6]} - {gone}
    assert (page["edition"], page["next"]) == ("2017", None)
    assert page["rulings"] == [{"category": HEALTH, "kind": "disqualified", "project": gone}]


# -- jurors belong to an edition ---------------------------------------------------------------------------------------


def test_a_juror_of_another_edition_is_assigned_nothing(
    contest: Any, jurors: list[Any], assigned: dict[str, Any]
) -> None:
    listed = contest.call("list_jurors", contest.officer, edition="2017")["items"]
    assert {row["account"] for row in listed} == {who.id for who in jurors[:3]}
    assert assigned["jurors"] == 3
    assert contest.call("list_my_reviews", jurors[3], edition="2017")["items"] == []


def test_a_juror_of_another_edition_reads_and_decides_nothing(
    contest: Any, jurors: list[Any], finalists: list[str]
) -> None:
    other, body = jurors[3], {"project": finalists[0], "reason": "The best"}
    with refused("prizes.not_of_this_edition"):
        contest.call("read_finalists", other, at="selection", edition="2017")
    with refused("prizes.not_of_this_edition"):
        contest.call("choose_winner", other, at="selection", edition="2017", category=HEALTH, body=body)
    looks = contest.call("list_looks", contest.officer, edition="2017", limit=100)["items"]
    assert other.id not in {row["account"] for row in looks}
    told = [event["data"] for event in contest.published.wait("finalists_fixed")]
    assert [sorted(data["accounts"]) for data in told] == [sorted(who.id for who in jurors[:3])]


def test_a_juror_who_was_assigned_before_there_were_names_stays(
    contest: Any, jurors: list[Any], finalists: list[str], database: Any
) -> None:
    former = actor("juror")
    with refused("prizes.not_of_this_edition"):
        contest.call("read_finalists", former, at="selection", edition="2017")
    review = {
        "_id": f"{finalists[0]}:{former.id}",
        "edition": "2017",
        "project": finalists[0],
        "juror": former.id,
        "category": HEALTH,
        "state": "done",
        "version": 1,
    }
    database("prizes")["reviews"].insert_one(review)
    assert contest.call("read_finalists", former, at="selection", edition="2017")["items"]
    database("prizes")["reviews"].delete_one({"_id": review["_id"]})


# -- officers have interests as jurors have ----------------------------------------------------------------------------


def test_an_officer_with_a_project_decides_on_no_project_of_its_category(before_the_list: dict[str, str]) -> None:
    """Nor one whose organization has it; another does, and the same officer in other categories."""
    barred = dict.fromkeys(("own project", "rival", "list", "of the organization"), "prizes.interested")
    assert before_the_list == {**barred, "another officer": "", "elsewhere": ""}


def test_an_officer_with_a_project_rules_no_rival_out_and_settles_no_tie(
    contest: Any, interested: Any, certified: list[str], settling: str
) -> None:
    assert settling == "prizes.interested"
    for project in (certified[0], certified[6]):
        with refused("prizes.interested"):
            body = {"reason": "Votes were bought"}
            contest.call("disqualify_project", interested, at="selection", project=project, body=body)
        assert contest.call("read_project", contest.officer, project=project)["state"] == "nominated"


def test_an_officer_with_a_project_does_not_learn_what_became_of_it(
    contest: Any, interested: Any, finalists: list[str]
) -> None:
    def categories(who: Any) -> list[str]:
        shown = contest.call("read_finalists", who, at="selection", edition="2017")
        return [row["category"] for row in shown["items"]]

    assert HEALTH not in categories(interested)
    assert HEALTH in categories(contest.officer)


# -- a winner that changes ---------------------------------------------------------------------------------------------


@pytest.fixture
def decide(contest: Any, finalists: list[str], database: Any) -> Callable[..., Any]:
    """Decide as a juror on a category that nobody has decided."""
    database("prizes")["decisions"].delete_many({"edition": "2017"})

    def choose(who: Any, project: str | None, **more: Any) -> Any:
        body = {"project": project, "reason": "quartzlynx", **more}
        return contest.call("choose_winner", who, at="selection", edition="2017", category=HEALTH, body=body)

    return choose


def test_a_winner_that_changes_needs_a_reason_and_tells_the_other_jurors(
    contest: Any, finalists: list[str], jurors: list[Any], decide: Any
) -> None:
    first, second, third, _ = jurors
    decide(first, finalists[2])
    decide(first, finalists[2], change_reason=None)
    assert contest.published.of("decision_changed") == []
    for project in (finalists[3], None):
        with refused("prizes.change_needs_reason"):
            decide(second, project)
    body: dict[str, Any] = {"categories": [MEDIA]}
    for juror in (first, third):  # the one has decided before, outside of the own lines
        contest.call("set_expertise", contest.officer, edition="2017", account=juror.id, body=body)
    decide(second, finalists[3], change_reason="The panel met again")
    told = contest.published.wait("decision_changed")
    assert [event["data"] for event in told] == [{"edition": "2017", "category": HEALTH, "accounts": [first.id]}]
    entries = wait_for(
        lambda: [
            event["data"]
            for event in contest.published.of("action_taken")
            if event["data"]["action"] == "prizes.decision_changed"
        ]
    )
    assert [(entry["actor"], entry["reason"]) for entry in entries] == [(second.id, "The panel met again")]
    shown = contest.call("read_finalists", first, at="selection", edition="2017", category=HEALTH)["items"][0]
    assert shown["decision"]["change_reason"] == "The panel met again"
    assert "quartzlynx" not in str(contest.published.events)
    assert finalists[3] not in str([*told, *entries])


def test_two_jurors_who_decide_at_once_do_not_overwrite_each_other(
    finalists: list[str], jurors: list[Any], decide: Any
) -> None:
    def outcome(place: int) -> str:
        try:
            return "decided" if decide(jurors[place], finalists[2 + place]) else ""
        except SuiteError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(outcome, (0, 1))) == ["decided", "prizes.change_needs_reason"]
