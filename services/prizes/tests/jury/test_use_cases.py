"""Jurors, their conflicts, and projects that change or leave."""

from __future__ import annotations

from functools import partial
from typing import Any

from wsis_testkit import actor, refused


def profile(who: Any, country: str, **more: Any) -> dict[str, Any]:
    return {"account": who.id, "names": "A Juror", "country": country, "organization": None, "roles": ["juror"], **more}


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


def test_a_juror_reads_one_review_after_the_other_and_the_answer_to_the_question(contest: Any, form: Any) -> None:
    juror, owner = actor("juror"), actor()
    contest.jurors = [profile(juror, "CH")]
    mine = {
        contest.submit(owner, form(organization=f"Readers {n}", country="LS", category="C6"))["id"] for n in range(3)
    }
    body = {"jurors": [juror.id], "per_project": 20}
    contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body=body)
    listed = contest.call("list_my_reviews", juror, limit=100)
    rows = [row["project"] for row in listed["items"]]
    assert mine <= set(rows)
    assert (listed["edition"], listed["open"]) == ("2017", len(rows))
    assert {row["language"] for row in listed["items"]} == {"en"}
    read = partial(contest.call, "read_review", juror)
    assert [read(project=project)["next_project"] for project in rows] == [*rows[1:], rows[0]]
    scores = {row["code"]: 3 for row in contest.call("read_form", edition="2017")["criteria"]}
    contest.call("save_review", juror, at="nomination", project=rows[1], body={"scores": scores, "done": True})
    assert (read(project=rows[0])["next_project"], read(project=rows[1])["state"]) == (rows[2], "done")
    assert contest.call("list_my_reviews", juror, edition="2017")["open"] == len(rows) - 1
    with refused("prizes.review_unknown"):
        contest.call("read_review", actor("juror"), project=rows[0])
    contest.call("declare_conflict", juror, at="nomination", project=rows[0], body={"reason": "A friend"})
    with refused("prizes.conflict_declared"):
        read(project=rows[0])
    [asked, *_] = [project for project in rows[1:] if project in mine]
    question = {"question": "What has ended?", "until": "2017-03-10T00:00:00Z"}
    contest.call("request_clarification", contest.officer, at="nomination", project=asked, body=question)
    contest.call("answer_clarification", owner, at="nomination", project=asked, body={"answer": "The first phase"})
    shown = contest.call("read_project", juror, project=asked)
    assert (shown["clarification"]["answer"], shown.get("contact_email")) == ("The first phase", None)


def test_only_jurors_are_assigned(contest: Any) -> None:
    with refused("prizes.not_jurors"):
        contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body={"jurors": ["nobody"]})


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


def test_a_juror_who_is_taken_out_gives_back_what_is_not_finished(contest: Any, form: Any) -> None:
    out, stays = actor("juror"), actor("juror")
    contest.jurors = [profile(out, "CH"), profile(stays, "JP")]
    first, second = (
        contest.submit(actor(), form(organization=f"Taken out {number}", country="LS", category="C6"))["id"]
        for number in range(2)
    )
    order = {"jurors": [out.id, stays.id], "per_project": 2}
    contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body=order)
    review = partial(contest.call, "save_review", out, at="nomination", project=first)
    scores = {row["code"]: 4 for row in contest.call("read_form", out, edition="2017")["criteria"]}
    assert review(body={"scores": scores, "done": True})["state"] == "done"
    take_out = partial(contest.call, "take_out_juror", contest.officer, edition="2017", body={"reason": "Works there"})
    assert take_out(account=out.id)["given_back"] >= 1
    mine = contest.call("list_my_reviews", out, edition="2017", limit=100)["items"]
    assert {row["project"]: row["state"] for row in mine}.get(second) is None
    assert [row["state"] for row in mine if row["project"] == first] == ["done"], "what is finished counts"
    with refused("prizes.not_of_this_edition"):
        review(body={"scores": dict.fromkeys(scores, 1)})
    with refused("prizes.not_of_this_edition"):  # which would delete the scores
        contest.call("declare_conflict", out, at="nomination", project=first, body={"reason": "Taken out"})
    assert contest.call("read_review", out, project=first)["mean"] == 4
    with refused("prizes.not_jurors"):
        take_out(account=out.id)
    jurors = contest.call("list_jurors", contest.officer, edition="2017", everyone=True)["items"]
    assert {row["account"]: row["named"] for row in jurors}[out.id] is False
    named = {"edition": "2017", "account": out.id, "body": {"categories": []}}
    contest.call("set_expertise", contest.officer, **named)
    assert review(body={"scores": dict.fromkeys(scores, 2)})["mean"] == 2, "named again, they go on"


def test_a_juror_who_was_taken_out_while_reviews_were_assigned_keeps_none_of_them(
    contest: Any, form: Any, database: Any
) -> None:
    out, stays = actor("juror"), actor("juror")
    contest.jurors = [profile(out, "CH"), profile(stays, "JP")]
    project = contest.submit(actor(), form(organization="Assigned meanwhile", country="LS", category="C6"))["id"]
    assign = partial(contest.call, "assign_reviews", contest.officer, at="nomination", edition="2017")
    assign(body={"jurors": [out.id], "per_project": 1})
    reviews = database("prizes")["reviews"]
    row = reviews.find_one({"juror": out.id, "project": project})
    contest.call("take_out_juror", contest.officer, edition="2017", account=out.id, body={"reason": "Works there"})
    reviews.insert_one(row)  # the assignment was committed just after
    assign(body={"jurors": [stays.id], "per_project": 1})
    assert [each["juror"] for each in reviews.find({"project": project})] == [stays.id]


def test_a_juror_who_changes_employer_is_bound_to_both(contest: Any, form: Any) -> None:
    """What the profile says is the juror's own to write: a change neither frees them nor goes unnoticed."""
    mover = actor("juror")
    contest.jurors = [profile(mover, "CH", organization="Before Ltd")]
    before, after = (
        contest.submit(actor(), form(organization=name, country="LS", category="C8"))["id"]
        for name in ("Before", "After")
    )
    order = {"jurors": [mover.id], "per_project": 1}
    assign = partial(contest.call, "assign_reviews", contest.officer, at="nomination", edition="2017", body=order)
    assign()
    contest.jurors = [profile(mover, "CH", organization="After")]
    assign()
    mine = {row["project"] for row in contest.call("list_my_reviews", mover, edition="2017", limit=100)["items"]}
    assert before not in mine, "the former employer's is not theirs to read, after the change either"
    assert after in mine
    save = partial(contest.call, "save_review", mover, at="nomination", body={"scores": {}})
    with refused("prizes.own_project"):
        save(project=after)
    declared = {"reason": "I work there now."}
    contest.call("declare_conflict", mover, at="nomination", project=after, body=declared)
    [other, *_] = mine - {after}
    assert save(project=other)["state"]
