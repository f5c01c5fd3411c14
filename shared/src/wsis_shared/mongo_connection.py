"""Clients of MongoDB, all made here. Each keeps to MongoDB's Stable API, strictly: the server refuses what is not part
of it and uses no such index, and servers of later versions take the same commands (decision 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database as PymongoDatabase
from pymongo.server_api import ServerApi
from wsis_shared.collection import Document

Client = MongoClient[Document]
Database = PymongoDatabase[Document]
# A member that hangs is given up after heartbeatFrequencyMS and connectTimeoutMS, and what waits for its answer fails:
# before the others have elected another (10 s), where the driver's 10 s would add to that.
TIMEOUTS: Mapping[str, Any] = {
    "serverSelectionTimeoutMS": 3000,
    "connectTimeoutMS": 3000,
    "socketTimeoutMS": 60000,
    "heartbeatFrequencyMS": 5000,
}
TAKES_PART = ("RSPrimary", "RSSecondary", "RSArbiter", "Standalone", "Mongos")
STABLE = ServerApi("1", strict=True, deprecation_errors=True)


def connect(uri: str, *, stable: bool = True, **options: Any) -> Client:
    """A client; `options` are pymongo's. A write whose connection breaks is sent once more, and done once.

    `stable=False` is for the few commands of administration that no version of the Stable API has: those that end
    sessions (wsis_shared.process_registry), and those that make a replica set and its users (wsis_local).
    """
    api = {"server_api": STABLE} if stable else {}
    return MongoClient(uri, **{"tz_aware": True, "retryWrites": True, "retryReads": True, **api, **options})


def members_away(client: Client) -> int:
    """How many members of the store do not answer this client, or take no part: what it knows, nobody is asked."""
    servers = client.topology_description.server_descriptions().values()
    return sum(server.server_type_name not in TAKES_PART for server in servers)
