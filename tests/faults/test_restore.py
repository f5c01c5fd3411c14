"""O1: the store is lost amid a vote, and comes back as docs/runbooks/restore.md says: from a snapshot of its disk, and
from a dump of all its documents at one moment.

The last rows but the tally, which judges what the restored store holds. A dump is read and written here with pymongo,
as mongodump and mongorestore do it: no package that the suite installs has these two programs.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from tests.faults.kit.checker import Checker
from tests.faults.kit.crowd import Crowd
from tests.faults.kit.members import primary_of
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure
from wsis_local.stack import Stack
from wsis_shared.mongo_connection import connect
from wsis_testkit.sizes import size

from wsis_demo.client import Problem

VOTERS = 10  # before, and after
NOT_DUMPED = ("admin", "config", "local")  # users and roles are made anew
Restore = Callable[[list[Path]], None]  # onto the disks of all members, which are empty


@dataclass(frozen=True)
class Dumped:
    """A collection as mongodump keeps it."""

    database: str
    name: str
    options: dict[str, Any]
    indexes: list[dict[str, Any]]
    documents: list[RawBSONDocument]


def _snapshot(suite: Suite, folder: Path) -> Restore:
    """A copy of the disk of a member that goes on, with its writes held back meanwhile."""
    with connect(suite.stack.store.uri, stable=False) as client:
        client.admin.command("fsync", lock=True)
        try:
            shutil.copytree(_disks(suite)[primary_of(suite.stack)], folder)
        finally:
            client.admin.command("fsyncUnlock")

    def restore(disks: list[Path]) -> None:
        for disk in disks:
            shutil.copytree(folder, disk)

    return restore


def _dump(suite: Suite, _folder: Path) -> Restore:
    """All collections at one moment; they go into an empty replica set while nothing else runs."""
    raw = CodecOptions(document_class=RawBSONDocument)
    with connect(suite.stack.store.uri, stable=False) as client, client.start_session(snapshot=True) as session:
        dump = [
            Dumped(
                name,
                row["name"],
                row["options"],
                [dict(index) for index in client[name][row["name"]].list_indexes()],
                list(client[name].get_collection(row["name"], codec_options=raw).find(session=session)),
            )
            for name in client.list_database_names()
            if name not in NOT_DUMPED
            for row in client[name].list_collections()
            if row["type"] == "collection"
        ]

    def restore(_disks: list[Path]) -> None:
        with _store(suite), connect(suite.stack.store.uri, stable=False) as client:
            for each in dump:
                made = client[each.database].create_collection(each.name, **each.options)
                if each.documents:
                    made.insert_many(each.documents)
                client[each.database].command("createIndexes", each.name, indexes=each.indexes)

    return restore


def _disks(suite: Suite) -> list[Path]:
    """Of each member."""
    return sorted((suite.stack.run_dir / "store").glob("mongod*"))


def _store(suite: Suite) -> Stack:
    """All members, and nothing else."""
    members = len(suite.stack.environment()["WSIS_MONGO_URI"].split(","))
    return Stack(suite.stack.run_dir, parts=("store",), members=members, ports=suite.stack.ports)


def _restore(suite: Suite, restore: Restore) -> None:
    """Onto new disks."""
    disks = _disks(suite)
    for disk in disks:
        shutil.rmtree(disk)
    restore(disks)


# Each night the suite comes back from each of both; else from the second, and of the first all votes are in the store.
@pytest.mark.parametrize("backups", size([[_snapshot, _dump]], [[_snapshot], [_dump]]))
def test_the_store_comes_back_from_its_backup(
    suite: Any, crowd: Any, crowds: list[tuple[str, Crowd]], settled: Any, report: Any, tmp_path: Path, backups: Any
) -> None:
    some = crowd(2 * VOTERS)
    before, after = some.jobs(range(VOTERS)), some.jobs(range(VOTERS, 2 * VOTERS))
    asyncio.run(some.vote(before))
    promised = sum(each.ledger.by_project().total() for _, each in crowds)
    suite.stack.wait_until(lambda: _logged(suite) >= promised, "the votes in the public log")
    *others, last = [backup(suite, tmp_path / backup.__name__) for backup in backups]
    name = backups[-1].__name__.strip("_")
    suite.stack.stop()
    for restore in others:
        _restore(suite, restore)
        votes = {(some.voters[number].account, category) for number, category in before}
        with _store(suite):
            assert Checker(suite.stack, suite.contest).stored(list(votes)) == votes
    began = time.monotonic()
    _restore(suite, last)
    suite.stack.start()
    report(Figure(f"O1 from an empty store to a suite that is ready, by {name}", time.monotonic() - began, "s"))
    assert asyncio.run(some.missing(before)) == 0
    asyncio.run(some.vote(after))
    settled(f"O1 {name}", some, before + after)


def _logged(suite: Suite) -> int:
    try:
        return int(suite.contest.visitor.get(f"{suite.contest.path}/log/head")["size"])
    except Problem as error:
        if error.code != "voting.log_empty":  # so soon after the first vote
            raise
        return 0
