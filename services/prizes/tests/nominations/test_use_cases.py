"""Reviewed, chosen, published: what those left out, voters and voting read."""

from __future__ import annotations

from typing import Any

HEALTH, MEDIA = "C7.e-health", "C9"


def test_nobody_reviews_own_country_or_organization(contest: Any, nominees: Any, jurors: Any) -> None:
    second, third = (
        [row for row in contest.call("list_my_reviews", who, edition="2017", limit=100)["items"]] for who in jurors[1:3]
    )
    assert "RW" not in {row["country"] for row in second}
    assert "Organization 1" not in {row["organization"] for row in third}


def test_those_left_out_can_read_why(contest: Any, nominees: Any, owners: Any) -> None:
    left = next(id for id in owners if id not in nominees)
    shown = contest.call("read_project", owners[left], at="voting", project=left, context={"locale": "fr"})
    assert shown["state"] == "not_nominated"
    assert shown["outcome"]["code"] == "below_threshold"
    assert shown["outcome"]["mean"] == 2.0
    assert shown["outcome"]["title"]
    told = contest.published.wait("project_not_nominated")[0]["data"]
    assert (told["project"], told["reason_code"]) == (left, "below_threshold")
    assert len(contest.published.wait("project_nominated", 8)) == 8
    details = contest.call("outcome_details", data=told, account=told["account"])
    assert set(details["standard"]) == {"en", "fr", "pt", "es", "zh", "ar", "ru"}


def test_orders_are_fixed_permutations_and_pages_join(contest: Any, nominees: Any) -> None:
    def listed(order: int) -> list[str]:
        first = contest.call("list_nominees", edition="2017", category=HEALTH, order=order, limit=4)
        rest = contest.call("list_nominees", edition="2017", category=HEALTH, order=order, limit=4, after=first["next"])
        assert rest["next"] is None
        return [row["project"] for row in first["items"] + rest["items"]]

    orders = {order: listed(order) for order in range(8)}
    assert all(sorted(ids) == sorted(orders[0]) for ids in orders.values())
    assert len({tuple(ids) for ids in orders.values()}) > 4
    assert listed(3) == orders[3]


def test_voting_learns_window_rule_and_nominees(contest: Any, nominees: Any) -> None:
    told = contest.call("contest", edition="2017")
    assert (told["opens_at"], told["closes_at"]) == ("2017-03-15T23:00:00Z", "2017-04-15T21:00:00Z")
    assert (told["rule"]["every_category"], told["rule"]["categories"]) == (True, [HEALTH, MEDIA])
    assert (told["rule"]["finalists_per_category"], told["rule"]["tie_rule"]) == (5, "all_tied")
    assert {row["project"] for row in told["nominees"]} == set(nominees)
