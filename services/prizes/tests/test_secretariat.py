"""What officers and jurors do: phases, settings, jurors, conflicts, ties, at the size of edition 2017."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from wsis_local.patience import factor
from wsis_testkit import actor, refused, wait_for

from wsis_prizes.projects import schemas


def profile(who: Any, country: str, **more: Any) -> dict[str, Any]:
    return {"account": who.id, "names": "A Juror", "country": country, "organization": None, "roles": ["juror"], **more}


def test_editions_show_their_phases_in_the_readers_language(contest: Any) -> None:
    shown = contest.call("read_edition", at="nomination", edition="2017", context={"locale": "ru"})
    assert shown["current"] == ["nomination"]
    now = next(phase for phase in shown["phases"] if phase["current"])
    assert (now["roman"], now["title"]) == ("II", "Этап номинации проектов")
    voting = next(phase for phase in shown["phases"] if phase["code"] == "public_voting")
    assert (voting["end"], voting["end_geneva"]) == ("2017-04-15T21:00:00Z", "2017-04-15 23:00:00 CEST")
    with refused("prizes.edition_unknown"):
        contest.call("read_edition", edition="1999")


def test_extension_of_voting_is_announced_audited_and_checked(contest: Any, form: Any) -> None:
    contest.call("open_edition", contest.officer, body={"edition": "2019", "copy_from": "2017", "reason": "Next"})
    owner, during, after_the_end = actor(), datetime(2019, 1, 9, tzinfo=UTC), datetime(2019, 4, 16, 8, tzinfo=UTC)
    body = {**form(), "submit": True}
    one = contest.call("create_project", owner, at=during, edition="2019", body=body)["id"]

    def move(end: str, at: datetime) -> Any:
        body = {"end": end, "reason": "More time for voters"}
        return contest.call("move_phase", contest.officer, at=at, edition="2019", phase="public_voting", body=body)

    # Before there are nominees it concerns those who sent projects; after, everyone.
    move("2019-04-16T21:00:00Z", during)
    assert contest.published.wait("phase_changed")[0]["data"]["accounts"] == [owner.id]
    contest.call("fix_nominations", contest.officer, at=after_the_end, edition="2019", body={"nominate": [one]})
    contest.run("publish_nominees", at=after_the_end, edition="2019")
    shown = move("2019-04-30T21:00:00Z", after_the_end)
    assert {"phase": "winner_selection", "with": "public_voting", "kind": "ends_first"} in shown["conflicts"]
    extended = contest.published.wait("voting_extended")
    assert len(extended) == 1
    assert extended[0]["data"]["former_closes_at"] == "2019-04-16T21:00:00Z"
    window = contest.published.of("voting_window_changed")[-1]["data"]
    assert (window["edition"], window["closes_at"]) == ("2019", "2019-04-30T21:00:00Z")
    changed = contest.published.of("phase_changed")[-1]["data"]
    assert (changed["former_end"], changed["end"]) == ("2019-04-16T21:00:00Z", "2019-04-30T21:00:00Z")
    assert changed["accounts"] == []
    entry = contest.published.of("action_taken")[-1]["data"]
    assert (entry["actor"], entry["action"]) == (contest.officer.id, "prizes.phase_moved")
    assert (entry["before"]["end"], entry["after"]["end"]) == ("2019-04-16T21:00:00Z", "2019-04-30T21:00:00Z")
    with refused("prizes.nothing_to_change"):
        move("2019-04-30T21:00:00Z", after_the_end)


def test_phases_stay_in_order(contest: Any) -> None:
    body = {"start": "2017-01-01T00:00:00Z", "reason": "Too early"}
    with refused("prizes.phase_out_of_order"):
        contest.call("move_phase", contest.officer, edition="2017", phase="announcement", body=body)


def test_another_edition_has_its_own_rules(contest: Any, form: Any, make_words: Any) -> None:
    body = {"edition": "2020", "copy_from": "2017", "reason": "Next"}
    made = contest.call("open_edition", contest.officer, body=body)
    assert made["phases"][0]["end_geneva"] == "2020-02-15 23:00:00 CET"
    with refused("prizes.edition_exists"):
        contest.call("open_edition", contest.officer, body=body)
    patch = {
        "nominees_cap": 20,
        "one_per_entity": False,
        "same_project_twice": True,
        "reason": "Rules of 2020",
        "words": {"short_description": {"min_words": 1, "max_words": 10}},
    }
    changed = contest.call("change_settings", contest.officer, edition="2020", body=patch)
    assert (changed["settings"]["nominees_cap"], changed["settings"]["jurors_per_project"]) == (20, 2)
    assert contest.call("read_edition", edition="2017")["settings"]["nominees_cap"] is None
    moment = datetime(2020, 1, 10, tzinfo=UTC)
    for _ in range(2):
        body = {**form(short_description=make_words(10)), "submit": True}
        assert contest.call("create_project", actor(), at=moment, edition="2020", body=body)["state"] == "submitted"
    field = contest.call("read_form", edition="2020")["fields"][7]
    assert (field["code"], field["max_words"]) == ("short_description", 10)


@pytest.fixture(scope="module")
def new(contest: Any) -> str:
    """An edition in which nothing has happened."""
    contest.call("open_edition", contest.officer, body={"edition": "2022", "copy_from": "2017", "reason": "New"})
    return "2022"


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("publish_nominees", {}, "prizes.no_list"),
        ("fix_finalists", {"body": {"settle": []}}, "prizes.no_list"),
        ("read_finalists", {}, "prizes.finalists_not_fixed"),
        (
            "choose_winner",
            {"category": "C1", "body": {"project": None, "reason": "None"}},
            "prizes.not_of_this_edition",
        ),
        ("announce_champions", {}, "prizes.finalists_not_fixed"),
        ("list_champions", {}, "prizes.champions_not_announced"),
        ("move_phase", {"phase": "harvest", "body": {"reason": "None such"}}, "prizes.phase_unknown"),
    ],
)
def test_each_step_waits_for_the_one_before(
    contest: Any, new: str, method: str, arguments: dict[str, Any], code: str
) -> None:
    with refused(code):
        contest.call(method, contest.officer, at=datetime(2022, 4, 20, tzinfo=UTC), edition=new, **arguments)


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


def test_conflicts_are_declared_and_reassigned(contest: Any, form: Any) -> None:
    people = [actor("juror") for _ in range(3)]
    contest.jurors = [profile(who, country) for who, country in zip(people, ("CH", "JP", "BR"), strict=True)]
    one = contest.submit(actor(), form(organization="Conflicted", country="LS", category="C5"))
    contest.call("set_expertise", contest.officer, edition="2017", account=people[2].id, body={"categories": ["C9"]})
    body = {"jurors": [who.id for who in people]}
    contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body=body)
    mine = contest.call("list_my_reviews", people[0], edition="2017")["items"]
    assert [row["project"] for row in mine] == [one["id"]]
    assert contest.call("list_my_reviews", people[2], edition="2017")["items"] == []
    shown = contest.call("read_project", people[0], project=one["id"])
    assert (shown["title"], shown.get("contact_email")) == ("Clinics on line", None)
    with refused("prizes.project_unknown"):
        contest.call("read_project", people[2], project=one["id"])
    with refused("prizes.review_unknown"):
        contest.call("save_review", people[2], project=one["id"], body={"scores": {"sustainability": 5}})
    contest.call("set_expertise", contest.officer, edition="2017", account=people[2].id, body={"categories": []})
    body = {"reason": "My sister works there"}
    taken = contest.call("declare_conflict", people[0], at="nomination", project=one["id"], body=body)
    assert taken["reassigned"] is True
    assert [row["project"] for row in contest.call("list_my_reviews", people[2], edition="2017")["items"]] == [
        one["id"]
    ]
    with refused("prizes.conflict_declared"):
        contest.call("save_review", people[0], at="nomination", project=one["id"], body={"scores": {}})
    assert contest.call("list_my_reviews", people[0], edition="2017")["items"] == []
    read = partial(contest.call, "list_reviews", contest.officer, edition="2017", limit=1)
    mine = read(juror=people[0].id)["items"]
    assert [(row["juror"], row["state"], row["title"]) for row in mine] == [(people[0].id, "conflict", one["title"])]
    assert read(juror=people[0].id, state="done")["items"] == []
    first = read(category=one["category"])
    assert read(category=one["category"], after=first["next"])["items"] != first["items"]
    with refused("suite.cursor_invalid"):
        read(after=first["next"])
    before = len(contest.published.of("reviews_due"))
    reminded = contest.call("remind_jurors", contest.officer, at="nomination", edition="2017")
    assert reminded == {"reminded": 2}
    due = contest.published.wait("reviews_due", before + 1)[-1]["data"]
    assert sorted(due["accounts"]) == sorted([people[1].id, people[2].id])
    assert contest.call("juror_details", data=due, account=people[1].id) == {"open": 1}


def test_only_jurors_are_assigned(contest: Any) -> None:
    with refused("prizes.not_jurors"):
        contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body={"jurors": ["nobody"]})


def test_the_rule_of_words_is_served(contest: Any) -> None:
    assert contest.call("count_words", body={"text": "two  words — here"}) == {"words": 3}
    served = contest.call("read_word_counter")
    assert "wordCount" in served["text"]
    assert contest.call("read_form", edition="2017")["word_rule"]["split"] == r"\s+"


def test_the_form_has_labels_and_help_in_the_readers_language(contest: Any) -> None:
    form = schemas.Form().dump(contest.call("read_form", edition="2017", context={"locale": "es"}))
    fields = {field["code"]: field for field in form["fields"]}
    assert fields["completed"]["required"] is True
    assert (fields["title"]["label"], fields["title"]["labels"]["fr"]) == ("Título del proyecto", "Titre du projet")
    assert fields["short_description"]["help"] == "Lo que los votantes leerán sobre el proyecto."


def test_reviews_follow_projects_that_change_or_leave_and_jurors_who_leave(contest: Any, form: Any) -> None:
    people = [actor("juror") for _ in range(2)]
    contest.jurors = [profile(who, country) for who, country in zip(people, ("CH", "BT"), strict=True)]
    owner = actor()
    one = contest.submit(owner, form(organization="Movers", country="LA", category="C3"))["id"]

    def assign_and_read() -> list[bool]:
        body = {"jurors": [row["account"] for row in contest.jurors]}
        contest.call("assign_reviews", contest.officer, at="submission", edition="2017", body=body)
        listed = [contest.call("list_my_reviews", who, edition="2017", limit=100)["items"] for who in people]
        return [one in [row["project"] for row in rows] for rows in listed]

    assert assign_and_read() == [True, True]
    # Now of the second juror's own country.
    contest.call("change_project", owner, project=one, body={"country": "BT"})
    assert assign_and_read() == [True, False]
    third = actor("juror")
    contest.jurors = [profile(people[1], "BT"), profile(third, "CH")]
    assert assign_and_read() == [False, False]
    assert one in [row["project"] for row in contest.call("list_my_reviews", third, edition="2017", limit=100)["items"]]
    contest.call("withdraw_project", owner, project=one, body={"reason": "We stop"})
    left = contest.call("list_my_reviews", third, edition="2017", limit=100)["items"]
    assert one not in [row["project"] for row in left]
