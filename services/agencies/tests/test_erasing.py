"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wsis_shared import clock
from wsis_testkit import canaries

LEAVER = "leaver-account"


def test_an_owner_is_in_no_collection_any_more(serve: Any, amqp_client: Any, database: Any) -> None:
    serve("agencies")
    at = clock.now() - timedelta(minutes=1)
    row = {"_id": "mine", "owner": LEAVER, "channel": "webhook", "state": "active", "created_at": at, "version": 1}
    database("agencies")["event_subscriptions"].insert_one(row)
    assert canaries.to_go("agencies") - canaries.found("agencies", (LEAVER,)).keys() == set()
    canaries.erase(amqp_client, "agencies", account=LEAVER)
    assert canaries.found("agencies", (LEAVER,)).keys() - canaries.may_stay("agencies") == set()
