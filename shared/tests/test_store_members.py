"""How many members of the store a process finds away (alert StoreMemberAway)."""

from __future__ import annotations

from prometheus_client import REGISTRY
from wsis_shared import mongo
from wsis_shared.mongo_connection import connect, members_away
from wsis_testkit.process import free_port


def test_members_that_do_not_answer_are_away() -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    with connect(f"mongodb://{hosts}/?replicaSet=rs0") as client:
        assert members_away(client) == 2


def test_a_process_says_that_none_is_away_while_all_are_there(environment: dict[str, str]) -> None:
    mongo.client().admin.command("ping")
    assert REGISTRY.get_sample_value("wsis_store_members_away") == 0
