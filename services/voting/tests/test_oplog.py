"""What the log of the store, by which its members replicate, holds of a vote: what decision 8 says of it."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock, keys, mongo

from wsis_voting.keys.store import PURPOSE

VOTERS = 4


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any) -> Any:
    return serve("voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_VOTING_LOG_SECONDS="0")


def transactions(db: Any, since: Any) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Of each entry of the oplog about the database: its operations by collection."""
    for entry in mongo.client().local["oplog.rs"].find({"ts": {"$gt": since}}).sort("$natural", 1):
        found: dict[str, list[dict[str, Any]]] = {}
        for operation in entry["o"].get("applyOps", [entry]):
            database, _, collection = str(operation.get("ns", "")).partition(".")
            if database == db.name:
                found.setdefault(collection, []).append(operation)
        yield found


def test_oplog_holds_whole_votes_without_accounts_and_beside_them_who_voted_in_the_same_transaction(
    service: Any, database: Any, open_contest: Any, voter: Any
) -> None:
    contest, voters, db = open_contest(), [voter() for _ in range(VOTERS)], database("voting")
    since = mongo.client().admin.command("hello")["operationTime"]
    with ThreadPoolExecutor(VOTERS) as pool:
        args = {"edition": contest.edition}, {"votes": contest.ballot()}
        list(pool.map(lambda who: service.command("cast", who, *args), voters))
    recorded = [found for found in transactions(db, since) if "votes" in found and "ballots" in found]
    votes = [vote for found in recorded for vote in found["votes"]]
    assert sorted({vote["o"]["project"] for vote in votes}) == sorted(row["project"] for row in contest.ballot())
    assert not any(who.id in repr(votes) for who in voters)
    accounts = {row["o"]["account"] for found in recorded for row in found["ballots"]}
    assert accounts == {who.id for who in voters}, "and it could have been found"
    for found in recorded:
        ids = [vote["o"]["_id"] for vote in found["votes"]]
        assert ids == sorted(ids), "the order within a transaction tells nothing"
        assert len(ids) == len(contest.ballot()) * len(found["ballots"]), "of one voter it tells all"
    images = {"preImageOpTime", "postImageOpTime", "needsRetryImage"}
    assert not any(images & operation.keys() for found in recorded for rows in found.values() for operation in rows)


def test_oplog_keeps_the_key_of_an_edition_beyond_its_shredding(
    service: Any, prizes: Any, environment: Any, database: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    since = mongo.client().admin.command("hello")["operationTime"]
    contest, who, db = open_contest(), voter(), database("voting")
    service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified")
    wsis = str(Path(sys.executable).with_name("wsis"))
    command = [wsis, "voting", "shred", contest.edition, "--reason", "x", "--yes"]
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
    assert "sealed" not in db["contest_keys"].find_one({"_id": contest.edition})
    operations = [one for found in transactions(db, since) for one in found.get("contest_keys", ())]
    made = next(one["o"] for one in operations if one["op"] == "i" and one["o"]["_id"] == contest.edition)
    key = keys.unseal(PURPOSE, contest.edition, made["sealed"])
    [choice, *_] = contest.ballot()
    text = f"vote|{contest.edition}|{choice['category']}|{who.id}"
    vote = db["votes"].find_one({"_id": hmac.digest(key, text.encode(), hashlib.sha256)})
    assert vote["project"] == choice["project"], "so long as the entry is there"
