"""The connection to the store breaks after a write arrived and before its reply: it is done, and done once. So is a
transaction that meets another one's write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import InsertOne, UpdateOne
from wsis_shared import mongo
from wsis_shared.collection import Collection
from wsis_shared.mongo_connection import connect
from wsis_testkit import wait_for
from wsis_testkit.proxy import Proxy, behind, proxied
from wsis_testkit.store_commands import STORE_COMMANDS

COUNT = {"$inc": {"n": 1}}
WRITES: dict[str, Callable[[Any], Any]] = {
    "insert": lambda rows: rows.insert_one({"_id": 2, "n": 1}),
    "update": lambda rows: rows.update_one({"_id": 1}, COUNT),
    "findAndModify": lambda rows: rows.find_one_and_update({"_id": 1}, COUNT),
    "several": lambda rows: rows.bulk_write([UpdateOne({"_id": 1}, COUNT), InsertOne({"_id": 2, "n": 0})]),
}


@pytest.fixture
def rows(database: Any) -> Iterator[Any]:
    """A collection whose documents count, reached without the proxy."""
    rows = database("madeup")["replies"]
    rows.insert_one({"_id": 1, "n": 0})
    yield rows
    rows.drop()


@pytest.fixture
def proxy(rows: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """What stands between the client of this process and the store."""
    with (
        proxied(environment["WSIS_MONGO_URI"]) as between,
        connect(behind(environment["WSIS_MONGO_URI"], between)) as client,
    ):
        monkeypatch.setattr(mongo, "_client", client)
        yield between


def total(rows: Any) -> int:
    return sum(row["n"] for row in rows.find())


def cut_when_done(proxy: Proxy, rows: Any, work: Callable[[], Any]) -> Any:
    """Do `work`, and break its connection as soon as the store has its write."""
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        wait_for(lambda: total(rows) == 1)
        proxy.cut()
        return working.result(20)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_whose_reply_is_lost_is_done_once(
    proxy: Proxy, rows: Any, count_commands: Callable[[Callable[[], Any]], list[str]], name: str
) -> None:
    through = mongo.database("madeup")["replies"]
    through.find_one()  # connected
    proxy.drop_replies()
    sent = count_commands(lambda: cut_when_done(proxy, rows, lambda: WRITES[name](through)))
    assert total(rows) == 1
    assert [command for command in sent if command not in ("find", "hello")][:2] == [
        "update" if name == "several" else name
    ] * 2, "the driver sent it again"


def test_a_read_whose_reply_is_lost_is_asked_for_again(proxy: Proxy, rows: Any) -> None:
    through = mongo.database("madeup")["replies"]
    through.find_one()  # connected
    proxy.drop_replies()
    before = len(STORE_COMMANDS.names)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(through.find_one, {"_id": 1})
        wait_for(lambda: "find" in STORE_COMMANDS.names[before:])
        proxy.cut()
        assert reading.result(20) == {"_id": 1, "n": 0}


def test_a_commit_whose_reply_is_lost_is_asked_for_again(proxy: Proxy, rows: Any) -> None:
    """UnknownTransactionCommitResult: the work is not."""
    through, runs, told = Collection(mongo.database("madeup")["replies"]), [], []

    def work() -> None:
        runs.append(through.update_one({"_id": 1}, COUNT))
        mongo.after_commit(lambda: told.append(1))
        proxy.drop_replies()

    cut_when_done(proxy, rows, lambda: mongo.in_transaction(work))
    assert (len(runs), len(told), total(rows)) == (1, 1, 1)


def test_a_transaction_that_meets_another_write_runs_again(rows: Any) -> None:
    """TransientTransactionError, a write conflict: the second run sees what the other wrote."""
    through, seen, told = Collection(mongo.database("madeup")["replies"]), [], []

    def work() -> None:
        seen.append(through.find_one({"_id": 1})["n"])
        mongo.after_commit(lambda: told.append(1))
        if len(seen) < 3:
            rows.update_one({"_id": 1}, {"$inc": {"n": 10}})  # outside of the transaction
        through.update_one({"_id": 1}, COUNT)

    mongo.in_transaction(work)
    assert (seen, len(told), total(rows)) == ([0, 10, 20], 1, 21)
