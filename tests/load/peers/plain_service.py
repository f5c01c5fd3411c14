"""A service in nameko's plain way: `nameko run tests.load.peers.plain_service`."""

import os

from nameko.extensions import DependencyProvider
from nameko.rpc import rpc
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError


class Votes(DependencyProvider):
    def setup(self) -> None:
        self.votes = MongoClient(os.environ["WSIS_MONGO_URI"])["bench_plain"]["votes"]

    def get_dependency(self, _worker: object) -> object:
        return self.votes


class Plain:
    name = "plain"
    votes = Votes()

    @rpc
    def echo(self, value: str) -> dict[str, str]:
        return {"value": value}

    @rpc
    def cast(self, voter: str, category: str, project: str) -> dict[str, str]:
        vote = {"_id": f"{voter}|{category}", "category": category, "project": project}
        try:
            self.votes.insert_one(vote)
        except DuplicateKeyError:
            pass
        return {"category": category, "project": project}
