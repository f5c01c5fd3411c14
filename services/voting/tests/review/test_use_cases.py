"""The review of fraud over a real broker and a real store: scenario 8, at its full numbers."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Conflict, NotFound, SuiteError
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, publish, wait_for

from wsis_voting.ballots.rules import ballots as rules
from wsis_voting.ballots.rules.ballots import VoteRequest
from wsis_voting.ballots.rules.counts import Counts
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters, Recorders
from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.contests.store import Contests
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import Publishing
from wsis_voting.tallies.rules import valid
from wsis_voting.tallies.store import Tallies

OFFICER = actor("officer")


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any) -> Any:
    return serve(
        "voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_VOTING_CERTIFY_AUTOMATICALLY="no", WSIS_REVIEW_MINUTES="0"
    )


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    return database("voting")


class Crowd:
    """Puts accounts and their ballots into the store, as accounts and the recorders would."""

    def __init__(self, db: Any, contest: Any) -> None:
        ballots = Ballots(db)
        self.db, self.contest = db, contest
        self.closing = ContestLifecycle(
            Contests(db),
            ballots,
            Counters(db, f"crowd-{contest.edition}"),
            Recorders(db),
            Tallies(db),
            Publishing(Log(db), Results(db), Keys(db)),
        )
        self.closing.contests.put(contest.edition, contest.contest())

    @property
    def known(self) -> Contest:
        known = self.closing.contests.read(self.contest.edition)
        assert known is not None
        return known

    def vote(self, ballots: Iterable[tuple[str, datetime, list[int]]], batch: int = 500, **signals: Any) -> list[str]:
        """(account, when, the number of the nominee for each category): complete ballots, with equal signals."""
        accounts, requests, rows = [], [], []
        for account, at, numbers in ballots:
            accounts.append(account)
            chosen = zip(self.contest.categories, numbers, strict=True)
            votes = tuple((category, self.contest.project(category, number)) for category, number in chosen)
            requests.append(VoteRequest(uuid.uuid4().hex, self.contest.edition, account, True, at, votes))
            times = {"registered_at": at - timedelta(hours=2), "confirmed_at": at - timedelta(hours=1)}
            rows.append({"_id": account, **times, **signals})
        self.db["voter_signals"].insert_many(rows)
        for start in range(0, len(requests), batch):
            in_transaction(partial(self._record, requests[start : start + batch]))
        return accounts

    def _record(self, requests: list[VoteRequest]) -> None:
        contests = {self.contest.edition: self.known}
        ballots = self.closing.ballots.read(self.contest.edition, [request.account for request in requests])
        self.closing.recorder.record(rules.decide(requests, contests, ballots, {}))

    def counts(self) -> Counts:
        return self.closing.counters.read(self.contest.edition)

    def counted(self) -> tuple[dict[str, int], dict[str, int]]:
        """(cast, valid) by project, from the counters."""
        counts = self.counts()
        return dict(counts.cast), valid(self.known, counts)

    def tallies(self) -> tuple[dict[str, int], dict[str, int]]:
        """The same, once a recount of the votes has given the same."""
        assert self.closing.recount(self.known).agrees
        return self.counted()


@pytest.fixture
def crowd(db: Any, open_contest: Callable[..., Any]) -> Callable[..., Crowd]:
    """`crowd(each=2)`: a contest that has been open for ten days, and people for it."""
    return lambda **more: Crowd(db, open_contest(opened_ago=10 * 86400, **more))


@pytest.fixture
def decide(service: Any) -> Callable[..., Any]:
    """`decide(crowd, cluster, "exclude")`."""

    def on(crowd: Crowd, cluster: str, decision: str, reason: str = "looked at it", **more: Any) -> Any:
        body = {"decision": decision, "reason": reason, "ground": None, **more}
        return service.run_job("decide_on_cluster", OFFICER, edition=crowd.contest.edition, cluster=cluster, body=body)

    return on


def refused(call: Callable[..., Any], *args: Any, **more: Any) -> SuiteError:
    with pytest.raises(SuiteError) as error:
        call(*args, **more)
    return error.value


def people(prefix: str, count: int, start: datetime, apart: float, choose: Callable[[int], list[int]]) -> Any:
    return ((f"{prefix}{n:05d}", start + timedelta(seconds=n * apart), choose(n)) for n in range(count))


def look(service: Any, crowd: Crowd) -> dict[str, dict[str, Any]]:
    """Clusters by kind, as an officer sees them."""
    edition = crowd.contest.edition
    service.run_job("look_for_clusters", OFFICER, edition=edition)
    page = service.call("list_clusters", OFFICER, edition=edition)
    return {row["kind"]: row for row in page["items"]}


# -- scenario 8 --------------------------------------------------------------------------------------------------------


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


def small(crowd: Any, count: int = 20, **more: Any) -> tuple[Crowd, list[str]]:
    """`count` ballots of a throwaway domain, all alike, and twenty of people."""
    made, now = crowd(), clock.now()
    tag = uuid.uuid4().hex[:6]
    fakes = made.vote(
        people(f"{tag}f", count, now - timedelta(days=2), 30, lambda _: [1, 1, 1]),
        domain="quick.test",
        throwaway=True,
        **more,
    )
    made.vote(people(f"{tag}p", 20, now - timedelta(days=5), 9000, lambda n: [1 + n % 2, 1, 2]), domain="ngo.example")
    return made, fakes


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


def on_account(service: Any, made: Crowd, account: str, decision: str, **more: Any) -> Any:
    body = {"decision": decision, "reason": "looked at it", "ground": None, **more}
    return service.call("decide_on_account", OFFICER, edition=made.contest.edition, account=account, body=body)


def test_one_account_is_decided_on_whatever_its_cluster_says(service: Any, crowd: Any, decide: Any) -> None:
    made, fakes = small(crowd)
    before = made.tallies()
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    assert on_account(service, made, fakes[0], "exclude", ground="aliases")["excluded"] == "aliases"
    decide(made, cluster, "exclude")
    assert made.counts().grounds == {"aliases": 1, "throwaway_addresses": 19}
    spared = on_account(service, made, fakes[1], "keep")
    assert (spared["excluded"], spared["spared"]) == ("", True)
    assert decide(made, cluster, "exclude")["excluded"] == 19
    decide(made, cluster, "reinstate")
    assert made.counts().excluded.ballots_started == 1
    on_account(service, made, fakes[0], "reinstate")
    assert made.tallies() == before


def test_same_request_again_decides_once(service: Any, crowd: Any, published: Any) -> None:
    events, (made, fakes) = published("voting"), small(crowd)
    cluster, edition = look(service, made)["throwaway_domain"]["cluster"], made.contest.edition
    body = {"decision": "exclude", "reason": "once", "ground": None}
    key = {"idempotency_key": uuid.uuid4().hex}
    for _ in range(3):
        done = service.run_job("decide_on_cluster", OFFICER, context=key, edition=edition, cluster=cluster, body=body)
        assert done["excluded"] == len(fakes)
    on_account(service, made, fakes[0], "keep")
    wait_for(lambda: [e for e in events.of("action_taken") if fakes[0] in e["subject"]], what="the last entry")
    assert len([e for e in events.of("action_taken") if e["subject"].endswith(cluster)]) == 1


def test_cluster_whose_ballots_are_all_out_needs_no_decision(service: Any, crowd: Any, decide: Any) -> None:
    made, _ = small(crowd, sequence="s" * 64)
    clusters = look(service, made)
    assert service.call("read_review", OFFICER, edition=made.contest.edition)["undecided"] == 2
    decide(made, clusters["throwaway_domain"]["cluster"], "exclude")
    after = look(service, made)
    assert {row["kind"]: row["still_in"] for row in after.values()} == {"throwaway_domain": 0, "sequential_names": 0}
    assert service.call("read_review", OFFICER, edition=made.contest.edition)["undecided"] == 0


def test_decision_on_nothing_is_refused(service: Any, crowd: Any, decide: Any) -> None:
    made, fakes = small(crowd)
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    assert refused(decide, made, cluster, "reinstate").code == "voting.nothing_to_reinstate"
    assert refused(on_account, service, made, fakes[0], "reinstate").code == "voting.nothing_to_reinstate"
    missing = refused(decide, made, "nowhere", "exclude")
    assert (type(missing), missing.code) == (NotFound, "voting.cluster_unknown")
    assert refused(on_account, service, made, "nobody", "exclude").code == "voting.ballot_unknown"


def test_votes_of_an_excluded_account_are_cast_and_not_valid(service: Any, crowd: Any, voter: Any, vote: Any) -> None:
    made, who = crowd(), voter()
    vote(service, who, made.contest, "C1")
    on_account(service, made, who.id, "exclude")
    vote(service, who, made.contest, "C2")
    assert vote(service, who, made.contest, "C7.e-health")["complete"] is True
    cast, valid = made.tallies()
    assert sum(cast.values()) == 3
    assert sum(valid.values()) == 0
    on_account(service, made, who.id, "reinstate")
    assert made.tallies() == (cast, {**valid, **cast})


def test_votes_that_come_in_while_it_is_decided_are_counted_exactly(
    service: Any, crowd: Any, voter: Any, vote: Any
) -> None:
    made, voters = crowd(), [voter() for _ in range(12)]
    for who in voters:
        vote(service, who, made.contest, "C1")

    def finish(who: Any) -> None:
        for category in ("C2", "C7.e-health"):
            vote(service, who, made.contest, category)

    def waver(who: Any) -> None:
        for decision in ("exclude", "reinstate", "exclude"):
            wait_for(partial(_taken, on_account, service, made, who.id, decision), what="the review is not busy")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda work: work(), [partial(do, who) for who in voters for do in (finish, waver)]))
    cast, valid = made.tallies()
    assert sum(cast.values()) == 36
    assert sum(valid.values()) == 0
    assert made.counts().excluded.ballots_complete == 12


def _taken(call: Callable[..., Any], *args: Any) -> bool:
    try:
        call(*args)
    except Conflict as error:
        if error.code == "voting.review_busy":
            return False
        raise
    return True


def test_decision_that_a_dead_process_left_half_done_is_finished(service: Any, crowd: Any, db: Any) -> None:
    """It was noted and no ballot changed: nobody decides meanwhile, nothing is sealed, and then it is carried out."""
    made, fakes = small(crowd)
    edition, long_ago = made.contest.edition, clock.now() - timedelta(minutes=5)
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    id = uuid.uuid4().hex
    db["decisions"].insert_one(
        {
            "_id": id,
            "version": 1,
            "edition": edition,
            "subject": cluster,
            "accounts": fakes,
            "decision": "exclude",
            "ground": "burst",
            "reason": "r",
            "by": "o",
            "at": long_ago,
            "worked_on_at": clock.now(),
            "open": True,
        }
    )
    made.closing.contests.change(edition, lambda document: document | {"deciding": id})
    assert refused(on_account, service, made, fakes[0], "exclude").code == "voting.review_busy"
    assert made.closing.certify(made.known) is False
    db["decisions"].update_one({"_id": id}, {"$set": {"worked_on_at": long_ago}})
    wait_for(lambda: made.counts().excluded.ballots_started == 20, 20, "the decision to be finished")
    wait_for(lambda: not (made.closing.contests.document(edition) or {}).get("deciding"), what="its end")
    made.tallies()


def test_cluster_that_is_decided_on_stays_and_others_go_when_nobody_is_in_them(
    service: Any, crowd: Any, decide: Any, db: Any
) -> None:
    made, fakes = small(crowd, sequence="s" * 64)
    clusters = look(service, made)
    decide(made, clusters["throwaway_domain"]["cluster"], "exclude")
    db["voter_signals"].delete_many({"_id": {"$in": fakes}})
    assert set(look(service, made)) == {"throwaway_domain"}
    decide(made, clusters["throwaway_domain"]["cluster"], "reinstate")
    assert made.counts().excluded.ballots_started == 0
