"""The list that voters read is kept in memory: who leaves it is gone from it at once."""

from typing import Any

from wsis_testkit import actor


def listed(contest: Any) -> set[str]:
    return {row["project"] for row in contest.call("list_nominees", edition="2017", limit=100)["items"]}


def test_a_nominee_who_leaves_is_not_listed_any_more(contest: Any, form: Any) -> None:
    owners = [actor() for _ in range(3)]
    made = [
        contest.submit(who, form(organization=f"Organization {country}", country=country))["id"]
        for who, country in zip(owners, ("BJ", "PE", "TO"), strict=True)
    ]
    body = {"nominate": made, "not_nominated": []}
    contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=body)
    contest.run("publish_nominees", at="nomination", edition="2017")
    assert listed(contest) == set(made)
    stays, withdraws, goes = made
    body = {"reason": "We stop"}
    contest.call("withdraw_project", owners[1], at="nomination", project=withdraws, body=body)
    assert listed(contest) == {stays, goes}
    contest.call("disqualify_project", contest.officer, at="voting", project=goes, body={"reason": "Copied"})
    assert listed(contest) == {stays}
