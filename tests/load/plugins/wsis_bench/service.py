from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from wsis_shared.bus import Command, Dependency, Service, command, rpc
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

COLLECTIONS = (CollectionSpec("votes"),)
NOMINEES = 20
SLOW_SECONDS = 0.25


class Store(Repository):
    def store_votes(self, votes: dict[str, dict[str, str]]) -> None:
        """Store the votes that are not there yet."""
        query = {"_id": {"$in": list(votes)}}
        there = {row["_id"] for row in self.collection("votes").find(query, {"_id": 1}).batch_size(len(votes) + 1)}
        fresh = [{"_id": id, **vote} for id, vote in votes.items() if id not in there]
        if fresh:
            self.collection("votes").insert_many(fresh)


class Bench(Service):
    name = "bench"
    store = Dependency(Store)

    @rpc
    def nominees(self) -> dict[str, Any]:
        items = [
            {
                "number": number,
                "project": f"{number:032x}",
                "category": f"C{number % 18 + 1}",
                "title": f"A network of rural libraries and the people who run them, project {number}",
                "organization": "Ministry of Communications",
                "country": "NO",
            }
            for number in range(1, NOMINEES + 1)
        ]
        return {"items": items, "next": None}

    @rpc
    def echo(self, value: str) -> dict[str, str]:
        return {"value": value}

    @rpc
    def wait(self) -> dict[str, str]:
        time.sleep(SLOW_SECONDS)
        return {"value": "at last"}

    @command(batch=500, min_interval=0.02)
    def cast(self, commands: Sequence[Command]) -> list[dict[str, Any]]:
        self.store.store_votes({f"{one.context.actor.id}|{one.body['category']}": one.body for one in commands})
        return [one.body for one in commands]
