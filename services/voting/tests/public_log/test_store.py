"""The public log as its one writer keeps it: rival writers, late writers, killed writers, files that follow."""

from __future__ import annotations

import json
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.events import PendingEvent
from wsis_testkit import actor, unsent, wait_for

from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.contests.store import Contests
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.keys.rules import HEAD, canonical, verify
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.rules.leaves import VOID, VOTE, Leaf
from wsis_voting.public_log.rules.merkle import Tree, leaf_hash, root_of, verify_consistency, verify_inclusion
from wsis_voting.public_log.store.files import Files
from wsis_voting.public_log.store.log import Fenced, Log
from wsis_voting.public_log.store.lookup import Lookup
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import Publishing, completed, published
from wsis_voting.receipts.use_cases import ReceiptCases

EDITION = "2017"


@pytest.fixture
def log(db: Any) -> Log:
    made = Log(db, "writer-1")
    assert made.lease.hold()
    return made


@pytest.fixture
def signer(db: Any) -> Any:
    return Ballots(db).keys.signer(EDITION)


def batch(db: Any, count: int) -> list[bytes]:
    """Votes that wait, as a recorder leaves them."""
    commitments = [os.urandom(32) for _ in range(count)]
    db["log_batches"].insert_one({"edition": EDITION, "k": b"".join(sorted(commitments))})
    return commitments


def all_heads(log: Log) -> list[dict[str, Any]]:
    return log.heads(EDITION, 0, 1000)


def consistent(log: Log, public: bytes) -> list[dict[str, Any]]:
    """Each head is signed, names the former, and its tree begins with the former's; returns the heads."""
    heads, before = all_heads(log), None
    hashes = [leaf_hash(leaf.data()) for leaf in log.leaves(EDITION, 0, 10**9)]
    tree = log.tree(EDITION)
    for head in heads:
        assert verify(HEAD, head, public)
        assert head["root"] == root_of(hashes[: head["size"]]).hex()
        if before:
            import hashlib

            assert head["prev"] == hashlib.sha256(canonical(before)).hexdigest()
            path = tree.consistency(before["size"], head["size"])
            old, new = bytes.fromhex(before["root"]), bytes.fromhex(head["root"])
            assert verify_consistency(before["size"], head["size"], path, old, new)
        before = head
    assert [head["number"] for head in heads] == list(range(1, len(heads) + 1))
    return heads


def test_votes_go_in_together_sorted_and_once(db: Any, log: Log, signer: Any) -> None:
    first = batch(db, 300) + batch(db, 5)
    head = log.take(EDITION, signer, published, completed)
    assert head is not None
    assert [leaf.commitment for leaf in log.leaves(EDITION, 0, 305)] == sorted(first), "order tells nothing of arrival"
    assert log.take(EDITION, signer, published, completed) is None
    second = batch(db, 700)
    assert log.take(EDITION, signer, published, completed)
    assert [leaf.commitment for leaf in log.leaves(EDITION, 305, 2000)] == sorted(second)
    assert [head["size"] for head in consistent(log, signer.public)] == [305, 1005]
    assert db["log_batches"].count_documents({}) == 0


def test_a_batch_stored_meanwhile_waits_for_the_next_turn(db: Any, log: Log, signer: Any) -> None:
    """Recorders are many machines: the id of a later batch can be the lower one."""
    first, late = batch(db, 5), os.urandom(32)

    def meanwhile(head: dict[str, Any]) -> PendingEvent:
        if head["number"] == 1:
            db["log_batches"].insert_one({"_id": ObjectId("0" * 24), "edition": EDITION, "k": late})
        return published(head)

    assert log.take(EDITION, signer, meanwhile, completed)
    assert [leaf.commitment for leaf in log.leaves(EDITION, 0, 9)] == sorted(first)
    assert log.take(EDITION, signer, meanwhile, completed)
    assert [leaf.commitment for leaf in log.leaves(EDITION, 5, 9)] == [late]


def test_what_is_left_over_comes_with_the_next_turn(
    db: Any, log: Log, signer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsis_voting.public_log.store.log.BATCH_SIZE", 10)
    batches = [batch(db, 4) for _ in range(5)]
    heads = [log.take(EDITION, signer, published, completed) for _ in range(3)]
    assert [head and head["size"] for head in heads] == [12, 20, None]
    assert {leaf.commitment for leaf in log.leaves(EDITION, 0, 20)} == {c for its in batches for c in its}


def test_every_leaf_is_proved_in_every_later_tree(db: Any, log: Log, signer: Any) -> None:
    for count in (1, 2, 255, 3, 256, 40):
        batch(db, count)
        log.take(EDITION, signer, published, completed)
    leaves, tree = list(log.leaves(EDITION, 0, 1000)), log.tree(EDITION)
    for head in consistent(log, signer.public):
        root, size = bytes.fromhex(head["root"]), head["size"]
        for index in {0, 1, size // 2, size - 1} & set(range(size)):
            path = tree.inclusion(index, size)
            assert verify_inclusion(leaf_hash(leaves[index].data()), index, size, path, root)
            assert not verify_inclusion(leaf_hash(b"another"), index, size, path, root)


def test_head_is_an_event_saved_with_it(db: Any, log: Log, signer: Any) -> None:
    batch(db, 3)
    head = log.take(EDITION, signer, published, completed)
    (event,) = unsent(db, "log_head_published")
    assert event["data"] == head


def test_only_who_holds_the_lease_writes_and_who_lost_it_is_refused(db: Any, log: Log, signer: Any) -> None:
    batch(db, 3)
    assert Publishing(Log(db, "writer-2"), Results(db), Keys(db)).log.lease.hold() is False
    db["leases"].update_one({"_id": "log"}, {"$set": {"until": 0.0}})  # writer-1 sleeps for long
    second = Log(db, "writer-2")
    assert second.lease.hold()
    assert second.take(EDITION, signer, published, completed)
    late = batch(db, 2)
    with pytest.raises(Fenced):
        log.take(EDITION, signer, published, completed)
    assert db["log_batches"].count_documents({}) == 1, "what it had in flight is still there"
    second.take(EDITION, signer, published, completed)
    assert {leaf.commitment for leaf in second.leaves(EDITION, 3, 5)} == set(late)
    assert len(consistent(second, signer.public)) == 2


def test_two_writers_at_the_same_moment_make_one_history(db: Any, signer: Any) -> None:
    """Even if a lease were held twice (a clock that jumped), the transactions leave one history."""
    import threading

    writers = [Log(db, f"writer-{number}") for number in range(3)]
    for writer in writers:
        writer.lease.token = 7
    voted: list[bytes] = []
    for _ in range(30):
        voted += batch(db, 20)

    def work(writer: Log) -> None:
        for _ in range(10):
            writer.take(EDITION, signer, published, completed)

    threads = [threading.Thread(target=partial(work, writer)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(leaf.commitment for leaf in writers[0].leaves(EDITION, 0, 10**6)) == sorted(voted)
    consistent(writers[0], signer.public)


def test_lookup_finds_every_leaf_and_goes_on_with_the_log(db: Any, log: Log, signer: Any) -> None:
    lookup, known = Lookup(log), []
    for count in (5, 3, 200, 1, 40):
        known += batch(db, count)
        log.take(EDITION, signer, published, completed)
        for commitment in known[-3:]:
            ((place, leaf),) = lookup.find(EDITION, commitment)
            assert (next(log.leaves(EDITION, place, place + 1)), leaf.commitment) == (leaf, commitment)
    assert [log.leaf(EDITION, place) for place in range(len(known))] == list(log.leaves(EDITION, 0, len(known)))
    log.append(EDITION, [Leaf(VOID, known[0], "incomplete_ballot")], len(known), signer, published)
    assert [leaf.kind for _, leaf in lookup.find(EDITION, known[0])] == [VOTE, VOID]
    assert lookup.find(EDITION, os.urandom(32)) == []


def test_receipt_is_known_while_the_writer_takes_its_vote(db: Any, signer: Any) -> None:
    """It is not in the log when the reader looks there, and does not wait any more when he looks at what waits."""

    class Taking(Log):
        def waits(self, edition: str, commitment: bytes) -> bool:
            assert self.lease.hold()
            assert self.take(edition, signer, published, completed)
            return super().waits(edition, commitment)

    class Known(ContestDirectory):
        def get(self, edition: str, document: Any = None) -> Any:
            return None

    (commitment,), log = batch(db, 1), Taking(db, "writer-1")
    cases = ReceiptCases(Known(Contests(db), None), log, Results(db), Ballots(db), Lookup(log))
    assert cases.read_receipt(Context(), EDITION, commitment.hex())["state"] == "logged"


def test_late_writer_does_not_touch_the_openings_that_were_certified(db: Any) -> None:
    results = Results(db)
    certified = results.put_openings(EDITION, [b"a", b"b"])
    results.put(EDITION, {"number": 1, "files": {"openings/C1.jsonl": certified}}, {})
    late = results.put_openings(EDITION, [b"b", b"a"])
    assert b"".join(results.openings(EDITION, certified)) == b"a\nb\n"
    results.drop_openings(EDITION)
    assert [list(results.openings(EDITION, digest)) for digest in (certified, late)] == [[b"a\nb\n"], []]


def test_files_can_be_made_from_the_store_alone(db: Any, log: Log, signer: Any, tmp_path: Path) -> None:
    """A folder that followed each head holds the same as one that is made at the end."""
    publishing = Publishing(log, Results(db), Keys(db))
    for count in (10, 250, 1, 600):
        batch(db, count)
        log.take(EDITION, signer, published, completed)
        publishing.write_files(EDITION, str(tmp_path / "followed"))
    publishing.write_files(EDITION, str(tmp_path / "made"))
    followed, made = (
        {
            path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("followed", "made")
    )
    assert followed == made
    assert f"{EDITION}/tile/0/x000/002.p/93" not in made, "861 leaves are 3 full tiles"
    assert {f"{EDITION}/tile/0/002", f"{EDITION}/tile/0/003.p/93", f"{EDITION}/tile/1/000.p/3"} <= made.keys()


def test_store_that_is_behind_its_published_files_signs_nothing(
    db: Any, log: Log, signer: Any, tmp_path: Path, set_setting: Any
) -> None:
    """A store that came from a backup must not sign a second head of a size that the world has seen."""
    set_setting("log_dir", tmp_path)
    publishing = Publishing(log, Results(db), Keys(db))
    batch(db, 10)
    publishing.run(votes=True)
    assert len(all_heads(log)) == 1
    head = json.loads((tmp_path / EDITION / "head.json").read_bytes())
    (tmp_path / EDITION / "head.json").write_bytes(canonical({**head, "number": 9}))
    batch(db, 10)
    db["logs"].update_one({"_id": EDITION}, {"$set": {"at": clock.parse("2017-01-01T00:00:00Z")}})
    publishing.run(votes=True)
    assert len(all_heads(log)) == 1


def test_writer_killed_again_and_again_leaves_one_consistent_log(
    serve: Any, prizes: Any, database: Any, open_contest: Any, tmp_path: Path
) -> None:
    more = {
        "WSIS_LOG_DIR": str(tmp_path),
        "WSIS_VOTING_LOG_SECONDS": "0",
        "WSIS_VOTING_GRACE_SECONDS": "0.2",
        "WSIS_VOTING_RECORDER_DEAD_SECONDS": "4",
    }
    contest, receipts = open_contest(), []
    db = database("voting")
    for _ in range(3):
        service = serve("voting", **more)
        for _ in range(12):
            stored = service.command("cast", actor(), {"edition": contest.edition}, {"votes": contest.ballot()})
            receipts += [vote["receipt"]["commitment"] for vote in stored["votes"]]
        db["leases"].update_many({}, {"$set": {"until": 0.0}})  # what a minute of waiting would do
        wait_for(lambda: (db["logs"].find_one({"_id": contest.edition}) or {"size": 0})["size"] > 0, 20)
        service.stop(signal.SIGKILL)
    service = serve("voting", **more)
    db["leases"].update_many({}, {"$set": {"until": 0.0}})
    wait_for(lambda: db["log_batches"].count_documents({}) == 0, 40, "all votes in the log")
    log = Log(db, "reader")
    leaves = [leaf.commitment.hex() for leaf in log.leaves(contest.edition, 0, 10**6)]
    assert sorted(leaves) == sorted(receipts), "every receipt that was given out, once"
    state = log.state(contest.edition)
    head = tmp_path / contest.edition / "head.json"
    wait_for(lambda: head.exists() and json.loads(head.read_bytes())["number"] == state["number"], 20)
    assert Tree(state["size"], log.tree(contest.edition).read).root().hex() == json.loads(head.read_bytes())["root"]
    service.stop()


def test_a_file_is_in_its_place_once_the_wait_for_the_disk_is_over(tmp_path: Path) -> None:
    waiting: list[Any] = []
    Files(str(tmp_path), EDITION, waiting.append).put_keys({"edition": EDITION})
    place = tmp_path / EDITION / "keys.json"
    assert not place.exists()
    waiting.pop()()
    assert json.loads(place.read_bytes()) == {"edition": EDITION}
    assert [path.name for path in place.parent.iterdir()] == ["keys.json"]
