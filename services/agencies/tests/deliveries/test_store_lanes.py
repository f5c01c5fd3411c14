"""Lanes on a store that stops in the middle of a write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pymongo.write_concern import WriteConcern
from wsis_local import mongod
from wsis_local.stack import Stack
from wsis_shared.mongo_connection import Client, connect
from wsis_testkit import wait_for

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import Lanes, lane_row
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions

PAUSE = "hangAfterCollectionInserts"  # the write has its place in the order of writes, and has not ended


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Of a store that can be stopped in the middle."""
    monkeypatch.setattr(mongod, "PARAMETERS", (*mongod.PARAMETERS, "enableTestCommands=1"))
    with Stack(tmp_path, parts=("store",)) as stack, connect(stack.store.uri, stable=False) as client:
        yield client


def test_what_a_transaction_does_not_see_yet_is_not_read(client: Client) -> None:
    db, lanes, subscriptions = client["agencies"], Lanes(client["agencies"]), EventSubscriptions(client["agencies"])
    for name in ("other", "webhook_lanes", "event_subscriptions"):
        db.create_collection(name)

    def stopped(**more: Any) -> int:
        return int(client.admin.command({"configureFailPoint": PAUSE, **more})["count"])

    stopped(mode="alwaysOn", data={"collectionNS": "agencies.other"})
    earlier = Thread(target=db["other"].insert_one, args=({"_id": 1},))
    earlier.start()
    try:
        wait_for(lambda: stopped(mode="alwaysOn", data={"collectionNS": "agencies.other"}), 20, "the earlier write")
        at_once = WriteConcern(w=1)
        db.get_collection("webhook_lanes", write_concern=at_once).insert_one(dict(lane_row("s1", "s1", Cursor(0))))
        queue = {"_id": "s1", "channel": "queue", "state": "active"}
        db.get_collection("event_subscriptions", write_concern=at_once).insert_one(queue)
        assert (db["webhook_lanes"].count_documents({}), lanes.all_of(["s1"])) == (1, [])
        assert (db["event_subscriptions"].count_documents({}), subscriptions.of_channel("queue", ["active"])) == (1, [])
    finally:
        stopped(mode="off")
        earlier.join()
    wait_for(lambda: lanes.all_of(["s1"]) and subscriptions.of_channel("queue", ["active"]), 20, "both")
