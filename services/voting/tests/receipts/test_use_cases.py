"""Receipts, the public log and its result as voters and readers meet them; and what nobody may find anywhere."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.amqp import topology
from wsis_shared.errors import Invalid, NotFound, SuiteError
from wsis_testkit import publish, wait_for

from wsis_voting.keys.rules import HEAD, RECEIPT, commitment, logged_by, verify
from wsis_voting.public_log.rules.leaves import Leaf
from wsis_voting.public_log.rules.merkle import leaf_hash, verify_consistency, verify_inclusion

VERIFY = Path(__file__).parents[2] / "verify" / "verify.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("public-log")


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any, published: Any, folder: Path) -> Any:
    published("voting")
    return serve(
        "voting",
        WSIS_VOTING_GRACE_SECONDS="0.2",
        WSIS_VOTING_RECORDER_DEAD_SECONDS="8",
        WSIS_VOTING_LOG_SECONDS="0",
        WSIS_LOG_DIR=str(folder),
        WSIS_LOG_LEVEL="DEBUG",
    )


def state(service: Any, contest: Any, receipt: dict[str, Any]) -> dict[str, Any]:
    return service.call("read_receipt", edition=contest.edition, commitment=receipt["commitment"])


def public_key(service: Any, contest: Any) -> bytes:
    (key,) = service.call("read_keys", edition=contest.edition)["keys"]
    return bytes.fromhex(key["public_key"])


def checked(place: Path) -> None:
    done = subprocess.run([sys.executable, str(VERIFY), str(place)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_receipt_is_signed_and_tells_no_choice(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest = open_contest()
    receipt = vote(service, voter(), contest, "C1", 2)["receipt"]
    assert verify(RECEIPT, receipt, public_key(service, contest))
    assert not verify(HEAD, receipt, public_key(service, contest)), "a signature serves one end"
    assert contest.project("C1", 2) not in json.dumps(receipt)
    wait = clock.parse(receipt["logged_by"]) - clock.now()
    assert timedelta(seconds=120) < wait <= timedelta(seconds=180)


def test_repeat_has_the_same_receipt_and_another_voter_another(
    service: Any, open_contest: Any, voter: Any, vote: Any
) -> None:
    contest, who = open_contest(), voter()
    first = vote(service, who, contest, "C1")["receipt"]
    again = vote(service, who, contest, "C1")
    assert (again["repeated"], again["receipt"]) == (True, first)
    assert vote(service, voter(), contest, "C1")["receipt"]["commitment"] != first["commitment"]
    ballot = service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    assert [row["result"] for row in ballot["votes"]] == ["repeated", "stored", "stored"]
    assert ballot["votes"][0]["receipt"] == first
    assert len({row["receipt"]["commitment"] for row in ballot["votes"]}) == 3


def test_receipt_leads_to_its_place_in_the_log(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest = open_contest()
    receipts = [vote(service, voter(), contest, "C1")["receipt"] for _ in range(9)]
    shown = [wait_for(lambda r=r: (s := state(service, contest, r))["state"] == "logged" and s) for r in receipts]
    for receipt, found in zip(receipts, shown, strict=True):
        head = found["head"]
        assert verify(HEAD, head, public_key(service, contest))
        leaf = leaf_hash(Leaf("vote", bytes.fromhex(receipt["commitment"])).data())
        path = [bytes.fromhex(step) for step in found["proof"]]
        assert verify_inclusion(leaf, found["index"], found["size"], path, bytes.fromhex(head["root"]))
    heads = service.call("list_log_heads", edition=contest.edition)["items"]
    for old, new in zip(heads, heads[1:], strict=False):
        answer = service.call("read_log_consistency", edition=contest.edition, to=new["size"], **{"from": old["size"]})
        path = [bytes.fromhex(step) for step in answer["proof"]]
        roots = bytes.fromhex(old["root"]), bytes.fromhex(new["root"])
        assert verify_consistency(old["size"], new["size"], path, *roots)
    leaves = service.call("list_log_leaves", edition=contest.edition, limit=4)
    rest = service.call("list_log_leaves", edition=contest.edition, after=leaves["next"])
    assert {leaf["c"] for leaf in leaves["items"] + rest["items"]} == {r["commitment"] for r in receipts}
    assert rest["next"] is None


def refused(service: Any, call: str, **arguments: Any) -> SuiteError:
    with pytest.raises(SuiteError) as error:
        service.call(call, **arguments)
    return error.value


def test_what_was_never_given_out_is_refused_by_name(service: Any, open_contest: Any, voter: Any, vote: Any) -> None:
    contest, other = open_contest(), open_contest()
    receipt = vote(service, voter(), contest, "C1")["receipt"]
    check = {"edition": contest.edition}
    assert service.call("verify_receipt", **check, body={"receipt": receipt})["valid"] is True
    forged = [
        {**receipt, "commitment": os.urandom(32).hex()},
        {**receipt, "category": "C2"},
        {**receipt, "v": 2},
        {**receipt, "logged_by": "2030-01-01T00:00:00Z"},
        {**receipt, "signature": "00" * 64},
        {**receipt, "signature": 7},
        {**receipt, "signature": "zz"},
        {**receipt, "more": 1},
        {"v": 1},
        {},
        {**receipt, "signature": receipt["signature"].upper()},
        {**receipt, "signature": f" {receipt['signature']}"},
        {**receipt, "key_id": "0" * 16},
        {**receipt, "edition": other.edition},
        {**receipt, "commitment": {"$gt": ""}},
    ]
    for one in forged:
        error = refused(service, "verify_receipt", **check, body={"receipt": one})
        assert (type(error), error.code) == (Invalid, "voting.receipt_invalid"), one
    assert refused(service, "verify_receipt", edition=other.edition, body={"receipt": receipt}).code == (
        "voting.receipt_invalid"
    )
    for commitment_ in (os.urandom(32).hex(), receipt["commitment"].upper(), "x", receipt["commitment"][:-2]):
        error = refused(service, "read_receipt", **check, commitment=commitment_)
        assert (type(error), error.code) == (NotFound, "voting.receipt_unknown")
    wait_for(lambda: state(service, contest, receipt)["state"] == "logged")
    for sizes in ({"from": 0, "to": 999}, {"from": 5, "to": 1}):
        assert refused(service, "read_log_consistency", **check, **sizes).code == "voting.log_size_unknown"
    assert refused(service, "read_log_head", edition=other.edition).code == "voting.log_empty"
    assert refused(service, "read_log_result", **check).code == "voting.not_certified"


def test_certified_contest_can_be_counted_by_anybody(
    service: Any,
    prizes: Any,
    published: Any,
    open_contest: Any,
    voter: Any,
    vote: Any,
    state_of: Any,
    folder: Path,
    read_counts: Any,
) -> None:
    contest, complete, incomplete = open_contest(), [voter() for _ in range(6)], voter()
    ballots = [
        service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot(1 + n % 2)})
        for n, who in enumerate(complete)
    ]
    alone = vote(service, incomplete, contest, "C1")["receipt"]
    prizes.disqualify(contest, contest.project("C2", 2), "C2")
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["disqualified"])
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    place = folder / contest.edition
    prizes.announce(contest)
    wait_for((place / "result.json").exists)
    checked(place)

    result = service.call("read_log_result", edition=contest.edition)
    assert result == json.loads((place / "result.json").read_bytes())
    assert result["votes"] == {
        "cast": 19,
        "counted": 15,
        "void": {"incomplete_ballot": 1, "disqualified_project": 3},
    }
    tally = read_counts(service, contest)["counted"]
    told = {row["project"]: row["counted"] for category in result["categories"] for row in category["projects"]}
    assert told == tally
    of_c2 = next(row for row in result["categories"] if row["category"] == "C2")
    assert of_c2["finalists"] == [contest.project("C2", 1)]

    assert (state(service, contest, alone)["state"], state(service, contest, alone)["reason"]) == (
        "void",
        "incomplete_ballot",
    )
    states = {row["category"]: state(service, contest, row["receipt"]) for row in ballots[1]["votes"]}
    assert [states[c]["state"] for c in contest.categories] == ["counted", "void", "counted"]
    assert states["C2"]["reason"] == "disqualified_project"

    lines = service.call("list_log_openings", edition=contest.edition, category="C1")["items"]
    opened = {
        commitment(contest.edition, "C1", row["project"], bytes.fromhex(row["r"])).hex(): row["project"]
        for row in map(json.loads, lines)
    }
    mine = {b["votes"][0]["receipt"]["commitment"] for b in ballots}
    assert opened.keys() == mine
    heads = [event["data"] for event in published("voting").of("log_head_published")]
    heads = [head for head in heads if head["edition"] == contest.edition]
    assert heads[-1] == service.call("read_log_head", edition=contest.edition)


def test_contest_without_a_vote_is_certified_and_sound(
    service: Any, prizes: Any, open_contest: Any, state_of: Any, folder: Path
) -> None:
    contest = open_contest()
    service.call("read_voting", edition=contest.edition)
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    prizes.announce(contest)
    wait_for((folder / contest.edition / "result.json").exists)
    checked(folder / contest.edition)


def test_receipts_come_with_the_mail_of_a_complete_ballot(service: Any, open_contest: Any, voter: Any) -> None:
    contest, who = open_contest(), voter()
    stored = service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    summary = service.call("ballot_summary", data={"edition": contest.edition}, account=who.id)
    assert [row["receipt"] for row in summary["votes"]] == [row["receipt"] for row in stored["votes"]]


def test_shredded_key_leads_nobody_to_a_vote(
    service: Any,
    prizes: Any,
    amqp_client: Any,
    database: Any,
    environment: Any,
    open_contest: Any,
    voter: Any,
    state_of: Any,
    folder: Path,
    read_counts: Any,
) -> None:
    contest, who = open_contest(), voter()
    stored = service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    command = [
        str(Path(sys.executable).with_name("wsis")),
        "voting",
        "shred",
        contest.edition,
        "--reason",
        "x",
        "--yes",
    ]
    early = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    assert early.returncode != 0, "not before the tally is certified"
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    db = database("voting")
    key = db["contest_keys"].find_one({"_id": contest.edition})
    assert "sealed" not in key
    assert key["shredded_at"] is not None
    from wsis_voting.ballots.store.ballots import Ballots

    ballots = Ballots(db)
    assert ballots.own_votes(ballots.ballot(contest.edition, who.id)) == {}
    row = db["ballots"].find_one({"account": who.id})
    assert row["last_at"] is None
    assert row["outcomes"] == []
    assert read_counts(service, contest)["counted"][contest.project("C1")] == 1
    assert state(service, contest, stored["votes"][0]["receipt"])["state"] == "counted"
    checked(folder / contest.edition)


# -- what must not be found -----------------------------------------------------------------------------------------

CANARY = "canary-7f3a"


def traces(word: str, service: Any, published: Any, amqp_client: Any, environment: Any, database: Any) -> set[str]:
    """Where a word is found: log of the process, events, dead letters, metrics, and documents of the store."""
    from kombu import Connection

    found = set()
    if word in service.log.read_text("utf-8"):
        found.add("log")
    if any(word in json.dumps(event) for event in published("voting").events):
        found.add("events")
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        while (message := channel.basic_get(topology.dead_letter_queue("voting").name, no_ack=True)) is not None:
            if word in repr(message.body) or word in repr(message.headers):
                found.add("dead letters")
    db = database("voting")
    for name in db.list_collection_names():
        if any(word in str(row) for row in db[name].find()):
            found.add(f"store.{name}")
    return found


def test_choice_is_found_nowhere_but_in_the_row_and_the_sums(
    service: Any,
    prizes: Any,
    published: Any,
    amqp_client: Any,
    environment: Any,
    database: Any,
    open_contest: Any,
    voter: Any,
) -> None:
    """A project whose id occurs nowhere else is voted for, again and wrongly too; then its id is looked for."""
    contest, who = open_contest(), voter()
    contest.project = lambda category, number=1: f"{CANARY}.{category.lower()}.p{number}"  # type: ignore[method-assign]
    before = len(published("voting").events)
    service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    for number in (1, 2):
        body = {"category": "C1", "project": contest.project("C1", number)}
        try:
            service.command("cast", who, {"edition": contest.edition}, body)
        except SuiteError:
            continue
    service.call("read_ballot", who, edition=contest.edition)
    wait_for(lambda: len(published("voting").events) > before)
    wait_for(lambda: published("voting").of("ballot_completed"))
    found = traces(CANARY, service, published, amqp_client, environment, database)
    # rosters: who can be voted for. votes: the row, without a name. counters: sums over all voters.
    assert found == {"store.rosters", "store.votes", "store.counters"}
    assert who.id not in str(list(database("voting")["votes"].find()))

    # The look would have found it: the same word, planted where it must not be.
    with service.log.open("ab") as log:
        log.write(f'{{"event": "{CANARY}"}}\n'.encode())
    publish(amqp_client, "voting", "voting_closed", {"edition": CANARY})
    amqp_client.publish(topology.DEAD_LETTERS.name, "voting.test", {"choice": CANARY}, {})
    database("voting")["reminders"].insert_one({"_id": CANARY})
    wait_for(lambda: any(CANARY in json.dumps(event) for event in published("voting").events))
    planted = traces(CANARY, service, published, amqp_client, environment, database)
    assert planted >= {"log", "events", "dead letters", "store.reminders"}


def test_commitment_is_the_documented_one() -> None:
    r = bytes(range(32))
    made = hashlib.sha256(b"wsis-vote-v1|2017|C7.e-health|p1|" + r).digest()
    assert commitment("2017", "C7.e-health", "p1", r) == made
    assert clock.iso(logged_by(6)) == "1970-01-01T00:06:00Z"
