from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from kombu import Connection
from wsis_shared import clock
from wsis_shared.amqp import queue_stats, topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import Actor
from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, SuiteError
from wsis_shared.reference import action_lines
from wsis_testkit import actor, make_context, publish, wait_for


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any) -> Any:
    return serve("voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_VOTING_RECORDER_DEAD_SECONDS="8")


def refused(call: Any, *args: Any, **more: Any) -> SuiteError:
    with pytest.raises(SuiteError) as error:
        call(*args, **more)
    return error.value


# -- scenario 4: the rule of every category --------------------------------------------------------------------------


def test_votes_count_only_when_every_category_is_voted(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any, read_counts: Any
) -> None:
    contest, complete, incomplete = open_contest(), voter(), voter()
    for category in contest.categories[:-1]:
        first = vote(service, complete, contest, category)
        vote(service, incomplete, contest, category)
    assert (first["done"], first["of"], first["complete"]) == (2, 3, False)
    assert first["message"].startswith("2 of 3: your votes do not count yet")
    last = vote(service, complete, contest, contest.categories[-1])
    assert (last["done"], last["complete"]) == (3, True)
    assert last["message"].startswith("Voting complete")

    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    tally = read_counts(service, contest)
    assert tally["certified"] is True
    assert tally["ballots"] == {"started": 2, "complete": 1}
    assert [tally["cast"][contest.project(c)] for c in contest.categories] == [2, 2, 1]
    assert [tally["counted"][contest.project(c)] for c in contest.categories] == [1, 1, 1]


def test_whole_ballot_in_one_call(service: Any, open_contest: Any, voter: Any) -> None:
    contest, who = open_contest(), voter()
    answer = service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    assert [item["result"] for item in answer["votes"]] == ["stored"] * 3
    assert (answer["complete"], answer["repeated"]) == (True, False)
    again = service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    assert (again["complete"], again["repeated"]) == (True, True)


def test_each_vote_of_a_ballot_is_decided_on_its_own(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest, who = open_contest(), voter()
    vote(service, who, contest, "C1", 2)
    votes = contest.ballot()
    votes[1]["project"] = "nobody"
    answer = service.command("cast", who, {"edition": contest.edition}, {"votes": votes})
    assert {item["category"]: (item["result"], item["code"]) for item in answer["votes"]} == {
        "C1": ("refused", "voting.category_already_voted"),
        "C2": ("refused", "voting.nominee_unknown"),
        "C7.e-health": ("stored", None),
    }
    assert answer["done"] == 2


def test_ballot_of_which_nothing_stands_is_refused(service: Any, open_contest: Any, voter: Any) -> None:
    contest = open_contest(seconds=-60)
    error = refused(service.command, "cast", voter(), {"edition": contest.edition}, {"votes": contest.ballot()})
    assert (type(error), error.code) == (Conflict, "voting.closed")


def test_every_vote_counts_where_the_rule_is_off(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any, read_counts: Any
) -> None:
    contest = open_contest(every_category=False)
    assert vote(service, voter(), contest, "C1")["message"] == "1 of 3: each of your votes counts."
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    assert read_counts(service, contest)["counted"][contest.project("C1")] == 1


# -- scenario 5: one vote, once --------------------------------------------------------------------------------------


def test_fifty_parallel_votes_make_one(
    service: Any, environment: Any, database: Any, open_contest: Any, voter: Any, vote: Any
) -> None:
    contest, who = open_contest(), voter()
    amqp_clients = [AmqpClient(environment["WSIS_AMQP_URI"], f"gateway-{number}").start() for number in range(5)]
    try:

        def cast(number: int) -> Any:
            body = {"category": "C2", "project": contest.project("C2")}
            payload = {"args": {"edition": contest.edition}, "body": body}
            return amqp_clients[number % 5].command(
                "voting", "cast", payload, make_context(who), message_id=uuid.uuid4().hex, wait=15
            )

        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(cast, range(50)))
    finally:
        for amqp_client in amqp_clients:
            amqp_client.stop()
    assert all(settled and answer["done"] == 1 for settled, answer in answers)
    assert sum(not answer["repeated"] for _, answer in answers) == 1
    assert all(answer.get("status") == (200 if answer["repeated"] else None) for _, answer in answers)
    error = refused(vote, service, who, contest, "C2", 2)
    assert (type(error), error.code) == (Conflict, "voting.category_already_voted")
    assert database("voting")["votes"].count_documents({"edition": contest.edition}) == 1


def test_same_command_answers_as_the_first(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest, who = open_contest(), voter()
    first, second = (vote(service, who, contest, "C1", message_id="f" * 32) for _ in range(2))
    assert first == second
    assert first["repeated"] is False


def test_repeat_of_a_stored_vote_is_answered_after_the_close(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any
) -> None:
    contest, who = open_contest(), voter()
    vote(service, who, contest, "C1")
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    assert vote(service, who, contest, "C1")["repeated"] is True
    assert refused(vote, service, who, contest, "C2").code == "voting.closed"


# -- refusals ----------------------------------------------------------------------------------------------------


def test_refusals_have_codes_of_their_own(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest, other, who = open_contest(), open_contest(), voter()

    def cast(category: str, project: str, edition: str = contest.edition, by: Any = who) -> SuiteError:
        return refused(service.command, "cast", by, {"edition": edition}, {"category": category, "project": project})

    assert cast("C1", contest.project("C2")).code == "voting.nominee_unknown"
    assert cast("C1", other.project("C1")).code == "voting.nominee_unknown"
    assert cast("C11", contest.project("C1")).code == "voting.category_unknown"
    assert cast("C1", contest.project("C1"), edition="2019").code == "voting.edition_unknown"
    assert cast("C1", contest.project("C1"), edition="{$ne: 1}").code == "voting.edition_unknown"
    unconfirmed = cast("C1", contest.project("C1"), by=Actor(uuid.uuid4().hex, ()))
    assert (type(unconfirmed), unconfirmed.code) == (Forbidden, "voting.account_not_confirmed")
    assert isinstance(cast("C1", "nobody"), Invalid)
    early = open_contest(opened_ago=-600, seconds=1200)
    assert cast("C1", early.project("C1"), edition=early.edition).code == "voting.not_open"
    assert service.call("read_ballot", who, edition=contest.edition)["done"] == 0


def test_the_second_of_the_close_is_settled_by_the_gateway_clock(
    service: Any, open_contest: Any, voter: Any, vote: Any
) -> None:
    contest = open_contest(seconds=-5)
    last_moment = contest.closes_at - timedelta(milliseconds=1)
    assert vote(service, voter(), contest, "C1", received_at=last_moment)["done"] == 1
    assert refused(vote, service, voter(), contest, "C1", received_at=contest.closes_at).code == "voting.closed"
    first_moment = contest.opens_at
    assert vote(service, voter(), contest, "C1", received_at=first_moment)["done"] == 1
    early = contest.opens_at - timedelta(milliseconds=1)
    assert refused(vote, service, voter(), contest, "C1", received_at=early).code == "voting.not_open"


# -- what the voter sees -----------------------------------------------------------------------------------------------


def test_voter_goes_on_where_she_stopped(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest, who = open_contest(), voter()
    before = service.call("read_ballot", who, edition=contest.edition)
    assert (before["done"], before["of"], before["state"], before["voted"]) == (0, 3, "open", [])
    vote(service, who, contest, "C2", 2)
    after = service.call("read_ballot", who, context={"locale": "fr"}, edition=contest.edition)
    (own,) = after["voted"]
    assert (own["category"], own["project"]) == ("C2", contest.project("C2", 2))
    assert own["receipt"] == vote(service, who, contest, "C2", 2)["receipt"], "a repeat has the same receipt"
    assert after["missing"] == ["C1", "C7.e-health"]
    assert after["message"].startswith("1 sur 3 : vos votes ne comptent pas encore")
    assert after["order"] == before["order"] in range(64)
    assert service.call("read_ballot", voter(), edition=contest.edition)["voted"] == []


def test_outcome_of_an_accepted_command_appears(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest, who = open_contest(), voter()
    vote(service, who, contest, "C1", message_id="a" * 32)
    refused(vote, service, who, contest, "C1", 2, message_id="b" * 32)

    def outcome(command: str, by: Any = who) -> Any:
        return service.call("read_outcome", by, edition=contest.edition, command=command)

    (vote_,) = outcome("a" * 32)["votes"]
    assert (vote_["category"], vote_["result"], vote_["code"]) == ("C1", "stored", None)
    assert vote_["receipt"]["category"] == "C1"
    assert outcome("b" * 32)["votes"][0]["code"] == "voting.category_already_voted"
    assert (outcome("c" * 32)["state"], outcome("a" * 32, voter())["state"]) == ("pending", "pending")


def test_summary_holds_the_voters_own_choices(service: Any, open_contest: Any, voter: Any) -> None:
    contest, who = open_contest(), voter()
    service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot(2)})
    data = {"edition": contest.edition, "account": who.id}
    summary = service.call("ballot_summary", data=data, account=who.id)
    assert summary["count"] == 3
    assert [row["shown"] for row in summary["votes"]] == [f"Project 2 of {c} (Radio Élan)" for c in contest.categories]
    assert [row["category"] for row in summary["votes"]] == list(contest.categories)


# -- totals ------------------------------------------------------------------------------------------------------------


def test_no_totals_for_anybody_before_the_close(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest = open_contest()
    vote(service, voter(), contest, "C1")
    for call in ("read_tally", "recount_tally"):
        assert refused(service.call, call, actor("officer"), edition=contest.edition).code == "voting.totals_hidden"
    body = {"reason": "early"}
    error = refused(service.call, "certify_tally", actor("officer"), edition=contest.edition, body=body)
    assert error.code == "voting.totals_hidden"
    shown = service.call("read_voting", edition=contest.edition)
    assert (shown["state"], shown["totals"], shown["live_totals"]) == ("open", None, False)


def test_certified_totals_are_public_and_the_recount_agrees(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any
) -> None:
    contest = open_contest()
    service.command("cast", voter(), {"edition": contest.edition}, {"votes": contest.ballot()})
    vote(service, voter(), contest, "C1")
    prizes.move(contest, clock.now())
    said = state_of(service, contest, "certified")
    assert said["totals"] == {"votes_cast": 4, "votes_counted": 3, "ballots_complete": 1}
    recounts = [service.run_job("recount_tally", actor("officer"), edition=contest.edition) for _ in range(2)]
    assert recounts[0] == recounts[1]
    assert (recounts[0]["agrees"], recounts[0]["votes_cast"], recounts[0]["votes_counted"]) == (True, 4, 3)


def test_nothing_is_certified_by_itself_while_messages_are_dead_lettered(
    service: Any,
    prizes: Any,
    amqp_client: Any,
    environment: Any,
    open_contest: Any,
    voter: Any,
    vote: Any,
    state_of: Any,
    database: Any,
) -> None:
    """A dead letter may be a vote that was accepted with 202: an operator returns it first, or an officer decides."""
    contest, other = open_contest(), open_contest()
    for one in (contest, other):
        vote(service, voter(), one, "C1")
    amqp_client.publish_all([("wsis-commands", "commands.voting.cast", "none", {}, {"message_id": uuid.uuid4().hex})])
    wait_for(lambda: queue_stats.dead_letters("voting") == 1)
    for one in (contest, other):
        prizes.move(one, clock.now())
        wait_for(lambda one=one: database("voting")["contests"].find_one({"_id": one.edition, "parked": True}))
        assert service.call("read_voting", edition=one.edition)["state"] == "closed"
    held = service.call("read_certification", actor("officer"), edition=contest.edition)
    assert (held["waits_for"], held["dead_letters"], held["requested"]) == (["dead_letters"], 1, None)
    service.call("certify_tally", actor("officer"), edition=other.edition, body={"reason": "it is no vote"})
    state_of(service, other, "certified")
    assert service.call("read_voting", edition=contest.edition)["state"] == "closed"
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        topology.dead_letter_queue("voting")(connection.channel()).purge()
    state_of(service, contest, "certified")
    done = service.call("read_certification", actor("officer"), edition=contest.edition)
    assert (done["state"], done["waits_for"], done["sealed"]) == ("certified", [], True)
    assert done["certified_at"]


def an_hour_later(db: Any, contest: Any) -> None:
    """The votes so far came two hours ago."""
    for row in list(db["counters"].find({"edition": contest.edition, "hour": {"$ne": None}})):
        db["counters"].update_one({"_id": row["_id"]}, {"$set": {"hour": row["hour"] - timedelta(hours=2)}})


def test_turnout_tells_hours_and_countries_never_projects(
    service: Any, amqp_client: Any, database: Any, open_contest: Any, voter: Any
) -> None:
    """Ten voters make a country; the votes of one, of however many categories, do not."""
    contest, voters = open_contest(categories=tuple(line.code for line in action_lines())), [voter() for _ in range(11)]
    for who, country in zip(voters, ["NO"] * 10 + ["SC"], strict=True):
        publish(amqp_client, "accounts", "account_confirmed", {"account": who.id, "country": country}, subject=who.id)
    wait_for(lambda: database("voting")["voters"].count_documents({"country": {"$in": ["NO", "SC"]}}) == 11)
    for who in voters:
        service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    now = service.call("read_turnout", actor("officer"), edition=contest.edition)
    assert (now["votes"], now["started"], now["complete"], now["countries"]) == (198, 11, 11, [])
    an_hour_later(database("voting"), contest)
    turnout = service.call("read_turnout", actor("officer"), edition=contest.edition)
    assert (turnout["votes"], turnout["started"], turnout["complete"]) == (198, 11, 11)
    assert turnout["countries"] == [
        {"country": "NO", "started": 10, "votes": 180, "complete": 10},
        {"country": "other", "started": 1, "votes": 18, "complete": 1},
    ]
    assert sum(hour["votes"] for hour in turnout["hours"]) == 198
    assert not re.search(re.escape(contest.project("C1")), str(turnout))


# -- traps ----------------------------------------------------------------------------------------------------


def test_disqualified_nominee_leaves_ballots_complete_and_its_votes_void(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any, read_counts: Any
) -> None:
    contest, who = open_contest(), voter()
    service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    prizes.disqualify(contest, contest.project("C1"), "C1")
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["disqualified"])
    assert service.call("read_ballot", who, edition=contest.edition)["complete"] is True
    assert refused(vote, service, voter(), contest, "C1").code == "voting.nominee_disqualified"
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    tally = read_counts(service, contest)
    assert (tally["cast"][contest.project("C1")], tally["counted"][contest.project("C1")]) == (1, 0)
    assert tally["counted"][contest.project("C2")] == 1


def test_ballot_is_complete_when_its_last_category_has_nobody_left(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any
) -> None:
    contest, who = open_contest(each=1), voter()
    vote(service, who, contest, "C1")
    vote(service, who, contest, "C2")
    prizes.disqualify(contest, contest.project("C7.e-health"), "C7.e-health")
    ballot = wait_for(lambda: (b := service.call("read_ballot", who, edition=contest.edition))["complete"] and b)
    assert (ballot["done"], ballot["of"]) == (2, 2)


def test_erased_account_leaves_the_tally_as_it_is(
    service: Any, prizes: Any, amqp_client: Any, database: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    contest, who = open_contest(), voter()
    publish(amqp_client, "accounts", "account_confirmed", {"account": who.id, "country": "CH"}, subject=who.id)
    wait_for(lambda: database("voting")["voters"].find_one({"_id": who.id}))
    service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    publish(amqp_client, "accounts", "account_erased", {"account": who.id}, subject=who.id)
    wait_for(lambda: database("voting")["voters"].find_one({"_id": who.id}) is None)
    prizes.move(contest, clock.now())
    assert state_of(service, contest, "certified")["totals"]["votes_counted"] == 3


def test_certification_asked_twice_is_refused(
    service: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    contest = open_contest()
    prizes.move(contest, clock.now())
    service.call("read_voting", edition=contest.edition)
    state_of(service, contest, "certified")
    call = {"edition": contest.edition, "body": {"reason": "all votes are in"}}
    assert refused(service.call, "certify_tally", actor("officer"), **call).code == "voting.already_certified"


def test_unknown_edition_is_not_found(service: Any) -> None:
    assert isinstance(refused(service.call, "read_voting", edition="2018"), NotFound)
