"""The list that voters read is kept in memory: who leaves it is gone from it at once."""

from typing import Any

from wsis_testkit import actor, refused


def listed(contest: Any) -> set[str]:
    return {row["project"] for row in contest.call("list_nominees", edition="2017", limit=100)["items"]}


def test_a_nominee_who_leaves_is_not_listed_any_more(contest: Any, form: Any) -> None:
    owners = [actor() for _ in range(3)]
    made = {
        contest.submit(who, form(organization=f"Organization {country}", country=country))["id"]: who
        for who, country in zip(owners, ("BJ", "PE", "TO"), strict=True)
    }
    body = {"nominate": list(made), "not_nominated": []}
    contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=body)
    contest.run("publish_nominees", at="nomination", edition="2017")
    assert listed(contest) == set(made)

    def found(**filters: str) -> list[str]:
        return [row["country"] for row in contest.call("list_nominees", edition="2017", limit=100, **filters)["items"]]

    assert found(q="organization of pe") == found(country="PE") == ["PE"]
    assert (found(region="africa"), found(region="arab_states"), found(q="rganization")) == (["BJ"], [], [])
    assert found(q="Organization") == found()
    page = contest.call("list_nominees", edition="2017", limit=2)
    withdraws = page["items"][-1]["project"]
    stays, goes = set(made) - {withdraws}
    body = {"reason": "We stop"}
    contest.call("withdraw_project", made[withdraws], at="nomination", project=withdraws, body=body)
    assert listed(contest) == {stays, goes}
    with refused("prizes.list_changed"):
        contest.call("list_nominees", edition="2017", after=page["next"])
    with refused("prizes.reviews_closed"):
        contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body={})
    contest.call("disqualify_project", contest.officer, at="voting", project=goes, body={"reason": "Copied"})
    assert listed(contest) == {stays}
