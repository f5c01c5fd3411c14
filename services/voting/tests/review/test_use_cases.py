"""Scenario 8 at its full numbers, and what officers see and the result says."""

from __future__ import annotations

import json
import re
import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from wsis_shared import clock
from wsis_shared.errors import Conflict
from wsis_testkit import publish, wait_for

from .crowd import OFFICER, look, on_account, people, refused, small


def test_fraud_is_excluded_a_ministry_kept_and_reinstating_restores_exactly(
    service: Any, prizes: Any, crowd: Any, decide: Any, state_of: Any, published: Any, capsys: Any
) -> None:
    """3,000 accounts of one throwaway domain in one hour for one project, 5,000 of one ministry behind one address."""
    events, took = published("voting"), {}
    made = crowd(each=3)
    edition, now, lines = made.contest.edition, clock.now(), made.contest.categories
    started = time.monotonic()
    bought = [1] * len(lines)
    varied = lambda n: [1 + (n + k) % 3 for k in range(len(lines))]  # noqa: E731 -- read where it is used
    made.vote(people("fake", 3000, now - timedelta(days=3), 1.1, lambda _: bought), domain="quick.test", throwaway=True)
    made.vote(
        people("staff", 5000, now - timedelta(days=6), 70, varied), domain="ministry.example", network="one address"
    )
    took["load 8,000 ballots"] = time.monotonic() - started
    before = made.counted()
    assert before[0] == before[1]
    assert sum(before[0].values()) == 8000 * len(lines)

    # Both are shown with their signals, the fraud first.
    started = time.monotonic()
    found = look(service, made)
    took["look"] = time.monotonic() - started
    assert list(found) == ["throwaway_domain", "network"]
    fraud, ministry = found["throwaway_domain"], found["network"]
    assert (fraud["key"], fraud["size"], ministry["size"]) == ("quick.test", 3000, 5000)
    # Ballots sent with one call are hasty ones, those of honest people too.
    assert {part["sign"]: part["share"] for part in fraud["parts"]} == {
        "throwaway_domain": 1.0,
        "burst": 1.0,
        "hasty_ballot": 1.0,
    }
    assert {part["sign"]: part["share"] for part in ministry["parts"]} == {"crowded_network": 1.0, "hasty_ballot": 1.0}
    assert ministry["domains"] == [{"name": "ministry.example", "ballots": 5000}]
    assert fraud["score"] >= 80 > 20 > ministry["score"]
    assert service.call("list_clusters", OFFICER, edition=edition, min_score=70)["items"][0]["kind"] == fraud["kind"]
    started = time.monotonic()
    opened = service.call("read_cluster", OFFICER, edition=edition, cluster=fraud["cluster"])
    took["open a cluster"] = time.monotonic() - started
    assert opened["concentration"]["most"] == opened["concentration"]["median"] == "over_90"
    other = service.call("read_cluster", OFFICER, edition=edition, cluster=ministry["cluster"])
    assert other["concentration"]["most"] == "below_75"

    # She excludes the first and keeps the second: the valid tally changes, the cast one does not.
    started = time.monotonic()
    done = decide(made, fraud["cluster"], "exclude", "bought in one hour")
    took["exclude 3,000 ballots"] = time.monotonic() - started
    assert (done["excluded"], done["decision"]["decision"], done["decision"]["ground"]) == (
        3000,
        "exclude",
        "throwaway_addresses",
    )
    decide(made, ministry["cluster"], "keep", "their own network")
    cast, valid = made.tallies()
    assert cast == before[0]
    for category in lines:
        assert valid[made.contest.project(category, 1)] == before[1][made.contest.project(category, 1)] - 3000
        assert valid[made.contest.project(category, 2)] == before[1][made.contest.project(category, 2)]
    summary = service.call("read_review", OFFICER, edition=edition)
    assert (summary["ballots_excluded"], summary["votes_excluded"], summary["undecided"]) == (
        3000,
        3000 * len(lines),
        0,
    )
    assert summary["excluded"] == [{"reason": "throwaway_addresses", "ballots": 3000}]

    # Reinstating restores exactly, also after the close.
    prizes.move(made.contest, clock.now())
    state_of(service, made.contest, "closed")
    assert made.tallies() == (cast, valid)
    started = time.monotonic()
    assert decide(made, fraud["cluster"], "reinstate", "only to be sure")["excluded"] == 0
    took["reinstate 3,000 ballots"] = time.monotonic() - started
    assert made.tallies() == before
    taken = [event["data"] for event in events.of("action_taken") if f"edition/{edition}/review" in event["subject"]]
    assert [(entry["action"], entry["reason"]) for entry in taken] == [
        ("voting.review_scan_requested", None),
        ("voting.review_exclude", "bought in one hour"),
        ("voting.review_keep", "their own network"),
        ("voting.review_reinstate", "only to be sure"),
    ]
    assert {entry["actor"] for entry in taken} == {OFFICER.id}
    with capsys.disabled():
        print("\n" + "\n".join(f"scenario 8: {what}: {seconds:.1f} s" for what, seconds in took.items()))


# -- what officers are shown -------------------------------------------------------------------------------------------


def test_officers_never_see_projects_categories_or_addresses(service: Any, crowd: Any) -> None:
    made, _ = small(crowd, 40, sequence="s" * 64)
    shown = [look(service, made)]
    edition = made.contest.edition
    for row in shown[0].values():
        where = {"edition": edition, "cluster": row["cluster"]}
        shown.append(service.call("read_cluster", OFFICER, **where))
        shown.append(service.call("list_cluster_accounts", OFFICER, **where))
    shown.append(service.call("read_review", OFFICER, edition=edition))
    told = json.dumps(shown, default=str)
    assert "category 1" in told
    assert not [
        word for nominee in made.contest.nominees for word in (nominee["project"], nominee["title"]) if word in told
    ]
    assert not re.search(r'"(C1|C2|C7\.e-health)"', told)
    assert "@" not in told


def test_accounts_of_a_cluster_come_page_by_page(service: Any, crowd: Any) -> None:
    made, fakes = small(crowd)
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    call = partial(service.call, "list_cluster_accounts", OFFICER, edition=made.contest.edition, cluster=cluster)
    first = call(limit=15)
    second = call(limit=15, after=first["next"])
    assert [row["account"] for row in first["items"] + second["items"]] == sorted(fakes)
    assert second["next"] is None
    assert {(row["domain"], row["throwaway"], row["excluded"]) for row in first["items"]} == {("quick.test", True, "")}
    moments = [
        clock.parse(row[name])
        for row in first["items"]
        for name in ("first_at", "acted_at", "registered_at", "confirmed_at")
    ]
    assert {(at.hour, at.minute, at.second) for at in moments} == {(0, 0, 0)}, "the log tells no officer more"


def test_clusters_come_page_by_page_and_by_kind(service: Any, crowd: Any) -> None:
    made, _ = small(crowd, sequence="s" * 64, alias="m" * 64)
    kinds = look(service, made)
    assert set(kinds) == {"throwaway_domain", "sequential_names", "aliases"}
    call = partial(service.call, "list_clusters", OFFICER, edition=made.contest.edition, limit=1)
    seen, after = [], None
    while True:
        page = call(after=after)
        seen += [row["cluster"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(row["cluster"] for row in kinds.values())
    assert [row["kind"] for row in call(kind="aliases")["items"]] == ["aliases"]


def test_signals_arrive_by_event_and_go_with_the_account(service: Any, amqp_client: Any, db: Any) -> None:
    account = uuid.uuid4().hex
    data = {
        "account": account,
        "domain": "quick.test",
        "throwaway": True,
        "alias": None,
        "sequence": "s",
        "network": "n",
        "registered_at": "2017-03-20T12:00:00Z",
        "confirmed_at": "2017-03-20T12:02:10Z",
        "seconds_to_fill": 2.5,
    }
    publish(amqp_client, "accounts", "voter_signals", data, subject=account)
    kept = wait_for(lambda: db["voter_signals"].find_one({"_id": account}), what="signals")
    assert (kept["domain"], kept["network"], kept["seconds_to_fill"]) == ("quick.test", "n", 2.5)
    assert kept["confirmed_at"] == datetime(2017, 3, 20, 12, 2, 10, tzinfo=UTC)
    publish(amqp_client, "accounts", "account_erased", {"account": account}, subject=account, sequence=2)
    gone = wait_for(lambda: db["voter_signals"].find_one({"_id": account, "forget_at": {"$ne": None}}), what="the end")
    assert timedelta(days=89) < gone["forget_at"] - clock.now() < timedelta(days=91)


def test_result_says_how_many_were_excluded_and_why_and_is_final(
    service: Any, prizes: Any, crowd: Any, decide: Any, state_of: Any
) -> None:
    made, fakes = small(crowd)
    edition = made.contest.edition
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    decide(made, cluster, "exclude")
    on_account(service, made, fakes[0], "keep")
    assert service.call("read_voting", edition=edition)["excluded"] is None
    prizes.move(made.contest, clock.now())
    state_of(service, made.contest, "closed")
    service.call("certify_tally", OFFICER, edition=edition, body={"reason": "the review is over"})
    public = state_of(service, made.contest, "certified", 60)
    assert public["excluded"] == [{"reason": "throwaway_addresses", "ballots": 19}]
    assert public["totals"] == {"votes_cast": 120, "votes_counted": 63, "ballots_complete": 40}
    late = refused(decide, made, cluster, "reinstate")
    assert (type(late), late.code) == (Conflict, "voting.review_closed")
    assert refused(on_account, service, made, fakes[0], "exclude").code == "voting.accounts_closed"
    recount = service.run_job("recount_tally", OFFICER, edition=edition)
    assert (recount["agrees"], recount["votes_counted"]) == (True, 63)


# -- deciding ----------------------------------------------------------------------------------------------------------
