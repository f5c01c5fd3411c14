"""Attacks on what is secret, over the running service: what officers, and whoever holds an old token, could put
together from what they are told."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Conflict, NotFound, SuiteError
from wsis_testkit import actor, publish, wait_for

OFFICER = actor("officer")
VERIFY = Path(__file__).parents[1] / "verify" / "verify.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("public-log")


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any, published: Any, folder: Path) -> Any:
    published("voting")
    return serve(
        "voting",
        WSIS_VOTING_GRACE_SECONDS="0.2",
        WSIS_VOTING_CERTIFY_AUTOMATICALLY="no",
        WSIS_VOTING_LOG_SECONDS="0",
        WSIS_REVIEW_MINUTES="0",
        WSIS_LOG_DIR=str(folder),
    )


def refused(service: Any, call: str, *who: Any, **arguments: Any) -> SuiteError:
    with pytest.raises(SuiteError) as error:
        service.call(call, *who, **arguments)
    return error.value


def whole(service: Any, who: Any, contest: Any, number: int = 1) -> dict[str, Any]:
    return service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot(number)})


def exclude(edition: str, account: str) -> dict[str, Any]:
    return {"edition": edition, "account": account, "body": {"decision": "exclude", "reason": "odd", "ground": None}}


def certify(service: Any, prizes: Any, contest: Any, state_of: Any) -> None:
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "all votes are in"})
    state_of(service, contest, "certified")


# -- two tallies -------------------------------------------------------------------------------------------------------


def test_two_tallies_with_an_exclusion_between_them_tell_no_choices(
    service: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    """The tally before and after one account is excluded."""
    contest, victim = open_contest(), voter()
    for who, number in ((victim, 2), (voter(), 1), (voter(), 1)):
        whole(service, who, contest, number)
    edition = contest.edition
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    hidden = refused(service, "read_tally", OFFICER, edition=edition)
    assert (type(hidden), hidden.code) == (Conflict, "voting.totals_hidden")
    assert edition not in prizes.results
    recount = service.run_job("recount_tally", OFFICER, edition=edition)
    assert (recount["agrees"], recount["votes_cast"], recount["votes_counted"]) == (True, 9, None)
    assert contest.project("C1", 2) not in json.dumps(recount)
    late = refused(service, "decide_on_account", OFFICER, **exclude(edition, victim.id))
    assert (type(late), late.code) == (Conflict, "voting.accounts_closed")


def test_one_account_cannot_be_excluded_between_two_certifications(
    service: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    """There is one certification: what prizes tells of a later end opens nothing."""
    contest, victim = open_contest(), voter()
    whole(service, victim, contest, 2)
    certify(service, prizes, contest, state_of)
    prizes.move(contest, clock.now() + timedelta(hours=1))
    prizes.disqualify(contest, contest.project("C2", 1), "C2")  # handled after it
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["disqualified"])
    assert service.call("read_voting", edition=contest.edition)["state"] == "certified"
    assert refused(service, "decide_on_account", OFFICER, **exclude(contest.edition, victim.id)).code == (
        "voting.accounts_closed"
    )


# -- the embargo -------------------------------------------------------------------------------------------------------


def test_result_is_committed_to_at_certification_and_published_with_the_champions(
    service: Any,
    prizes: Any,
    published: Any,
    open_contest: Any,
    voter: Any,
    state_of: Any,
    folder: Path,
) -> None:
    """Finalists could be counted from the openings days before they were announced."""
    contest = open_contest()
    edition = contest.edition
    receipts = [whole(service, voter(), contest, number)["votes"][0]["receipt"] for number in (1, 1, 2)]
    assert refused(service, "read_log_certification", edition=edition).code == "voting.not_certified"
    certify(service, prizes, contest, state_of)
    place = folder / edition
    wait_for((place / "certification.json").exists)

    def verified() -> str:
        done = subprocess.run([sys.executable, str(VERIFY), str(place)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        return done.stdout

    for call in ({"call": "read_log_result"}, {"call": "list_log_openings", "category": "C1"}):
        error = refused(service, **call, edition=edition)
        assert (type(error), error.code) == (NotFound, "voting.result_under_embargo")
    certification = service.call("read_log_certification", edition=edition)
    leaves = service.call("list_log_leaves", edition=edition)["items"]
    assert leaves[-1] == {"c": certification["result"], "t": "result"}
    assert refused(service, "read_receipt", edition=edition, commitment=leaves[-1]["c"]).code == (
        "voting.receipt_unknown"
    )
    state = service.call("read_receipt", edition=edition, commitment=receipts[0]["commitment"])
    assert state["state"] == "counted"
    assert "the result is not public yet" in verified()
    public = json.dumps([service.call("read_voting", edition=edition), leaves, certification])
    public += "".join(path.read_text("utf-8", "replace") for path in place.rglob("*") if path.is_file())
    public += json.dumps([event for event in published("voting").events if edition in json.dumps(event)])
    assert not any(contest.project(category, n) in public for category in contest.categories for n in (1, 2))

    # The secretariat reads the tally, and this is in the audit before it is answered.
    tally = service.call("read_tally", OFFICER, edition=edition)
    assert {row["counted"] for row in tally["projects"]} == {1, 2}

    def reads() -> list[Any]:
        entries = [event["data"] for event in published("voting").of("action_taken")]
        return [entry for entry in entries if entry["action"] == "voting.tally_read" and edition in entry["object"]]

    wait_for(reads)
    wait_for(lambda: edition in prizes.results)
    (delivered,) = prizes.results[edition]
    assert set(delivered) == {"number", "rules", "categories"}, "what finalists follow from, and nothing else"
    counted = {row["project"]: row["counted"] for row in delivered["categories"][0]["projects"]}
    assert counted[contest.project("C1", 1)] == 2

    prizes.announce(contest)
    wait_for((place / "result.json").exists)
    result = service.call("read_log_result", edition=edition)
    assert result["categories"][0]["finalists"] == [contest.project("C1", 1), contest.project("C1", 2)]
    assert len(service.call("list_log_openings", edition=edition, category="C1")["items"]) == 3
    assert "the result is the one that was certified" in verified()
    wait_for(lambda: [e for e in published("voting").of("result_published") if e["data"]["edition"] == edition])
    service.call("read_tally", OFFICER, edition=edition)
    assert len(reads()) == 1, "what is public needs no entry"


# -- the time of a mail ------------------------------------------------------------------------------------------------


def test_voter_is_told_of_a_complete_ballot_with_the_batch_of_the_log(
    service: Any, published: Any, open_contest: Any, voter: Any
) -> None:
    """The moment of the mail led to the ballot in the log. It tells the batch now, and no more."""
    contest, voters = open_contest(), [voter() for _ in range(3)]
    for who in voters:
        whole(service, who, contest)
    events = published("voting")

    def of(name: str) -> list[Any]:
        return [event for event in events.of(name) if event["data"]["edition"] == contest.edition]

    def is_told() -> bool:
        in_log = any(event["data"]["size"] >= 9 for event in of("log_head_published"))
        return in_log and len(of("ballot_completed")) == 3

    wait_for(is_told)
    heads = [(event["data"]["size"], clock.parse(event["time"])) for event in of("log_head_published")]
    told = sorted(clock.parse(event["time"]) for event in of("ballot_completed"))
    for number, at in enumerate(told, 1):
        assert any(size >= 3 * number and in_log <= at for size, in_log in heads), "told before the log had the votes"


# -- one account under review ------------------------------------------------------------------------------------------


def test_excluding_an_account_does_not_show_it_vote(
    service: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    """To the second, and the log tells the rest while few vote."""
    contest, victim = open_contest(), voter()
    args, (first, *rest) = {"edition": contest.edition}, contest.ballot()
    service.command("cast", victim, args, first)
    service.call("decide_on_account", OFFICER, **exclude(contest.edition, victim.id))
    before = service.call("read_review", OFFICER, **args)
    assert (before["ballots_excluded"], before["votes_excluded"], before["complete_excluded"]) == (1, 1, 0)
    assert service.command("cast", victim, args, {"votes": rest})["complete"] is True
    assert service.call("read_review", OFFICER, **args) == before
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    after = service.call("read_review", OFFICER, **args)
    assert (after["votes_excluded"], after["complete_excluded"]) == (3, 1), "and it could have been told"


def test_a_cluster_does_not_show_its_members_vote(
    service: Any, amqp_client: Any, database: Any, open_contest: Any, voter: Any, votes_from: Any
) -> None:
    """Each vote would move the bands a little: officers would see it come in, and for which label. They are drawn anew
    for thirty ballots more."""
    contest, victim = open_contest(), voter()
    votes_from(service, contest, "quick.test", 32)
    args, (first, *rest) = {"edition": contest.edition}, contest.ballot()
    data = {
        "account": victim.id,
        "domain": "quick.test",
        "throwaway": True,
        "registered_at": clock.iso(clock.now()),
        "confirmed_at": clock.iso(clock.now()),
    }
    publish(amqp_client, "accounts", "voter_signals", data, subject=victim.id)
    service.command("cast", victim, args, first)
    wait_for(lambda: database("voting")["voter_signals"].find_one({"_id": victim.id}), what="signals")

    def look() -> str:
        service.run_job("look_for_clusters", OFFICER, **args)
        clusters = service.call("list_clusters", OFFICER, **args)["items"]
        return next(row["cluster"] for row in clusters if row["kind"] == "throwaway_domain")

    def alike(cluster: str) -> dict[str, Any]:
        return dict(service.call("read_cluster", OFFICER, **args, cluster=cluster)["concentration"])

    before = alike(cluster := look())
    assert [row["category"] for row in before["categories"]] == ["category 1", "category 2", "category 3"]
    database("voting")["clusters"].update_one({"_id": cluster}, {"$set": {"bands.most": "75_to_90"}})  # to know it by
    assert service.command("cast", victim, args, {"votes": rest})["complete"] is True
    assert alike(cluster)["most"] == "75_to_90"
    assert alike(look())["most"] == "75_to_90", "nor with the next scan"
    votes_from(service, contest, "quick.test", 30)
    look()
    assert "bands" not in database("voting")["clusters"].find_one({"_id": cluster}), "a crowd more"


def test_nobody_waits_unseen_for_an_account_to_vote(
    service: Any, published: Any, open_contest: Any, voter: Any
) -> None:
    contest, waiting = open_contest(), voter()
    body = {"reason": "odd", "ground": None}
    asked = {"edition": contest.edition, "account": waiting.id}

    def refusal(decision: str) -> str:
        return refused(service, "decide_on_account", OFFICER, **asked, body={"decision": decision, **body}).code

    before = refusal("reinstate")
    assert [refusal(decision) for decision in ("exclude", "keep")] == ["voting.ballot_unknown"] * 2
    seen = published("voting")
    taken = wait_for(
        lambda: len(found := [e["data"] for e in seen.of("action_taken") if waiting.id in e["subject"]]) == 2 and found
    )
    assert {(entry["action"], entry["actor"]) for entry in taken} == {("voting.review_refused", OFFICER.id)}
    whole(service, waiting, contest)
    assert refusal("reinstate") == before, "this tells nothing, so it is not in the audit"


# -- who has left ------------------------------------------------------------------------------------------------------


def test_erased_account_leads_to_no_choice_by_an_old_token_or_a_new_registration(
    service: Any, amqp_client: Any, database: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    """Accounts gives the same mailbox the same id again, so an old token and a new one look alike."""
    contest, who = open_contest(), voter()
    args, (first, *_) = {"edition": contest.edition}, contest.ballot()
    service.command("cast", who, args, first, message_id="a" * 32)
    service.command("cast", who, args, contest.ballot()[1], message_id="b" * 32)
    publish(amqp_client, "accounts", "account_erased", {"account": who.id}, subject=who.id)
    ballots = database("voting")["ballots"]
    wait_for(lambda: ballots.find_one({"account": who.id, "outcomes": []}), what="the erasure")

    ballot = service.call("read_ballot", who, **args)
    assert [(row["project"], row["receipt"]) for row in ballot["voted"]] == [(None, None)] * 2
    assert service.call("read_outcome", who, **args, command="a" * 32)["votes"] == []
    for project in (first["project"], contest.project("C1", 2)):  # trying out tells nothing either
        with pytest.raises(SuiteError) as error:
            service.command("cast", who, args, {"category": "C1", "project": project})
        assert error.value.code == "voting.category_already_voted"
    assert refused(service, "ballot_summary", data=args, account=who.id).code == "voting.ballot_unknown"

    done = service.command("cast", who, args, contest.ballot()[2])
    assert done["complete"] is True
    summary = service.call("ballot_summary", data=args, account=who.id)
    assert [vote["category"] for vote in summary["votes"]] == ["C7.e-health"]
    certify(service, prizes, contest, state_of)
    assert service.call("read_voting", **args)["totals"]["votes_counted"] == 3
