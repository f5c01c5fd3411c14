"""Repository of who follows a community: they are told of each new discussion."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from wsis_shared.erasure import Erasure
from wsis_shared.mongo import Repository


class CommunityFollow(TypedDict):
    """An account follows a community."""

    _id: str
    edition: str
    community: str
    account: str
    at: datetime


class CommunityFollowers(Repository):
    """Who follows which community."""

    def of_account(self, account: str, edition: str) -> set[str]:
        """The codes of the communities that an account follows in an edition."""
        found = self.collection("community_follows", CommunityFollow).find({"account": account, "edition": edition})
        return {row["community"] for row in found}

    def follows(self, edition: str, community: str, account: str) -> bool:
        """Does the account follow the community?"""
        name = _id(edition, community, account)
        return self.collection("community_follows").find_one({"_id": name}, {"_id": 1}) is not None

    def accounts(self, edition: str, community: str) -> list[str]:
        """The accounts that follow a community."""
        query = {"edition": edition, "community": community}
        found = self.collection("community_follows", CommunityFollow).find(query, {"account": 1})
        return sorted(row["account"] for row in found)

    def follow(self, edition: str, community: str, account: str, at: datetime) -> None:
        """Follow the community. A repeat changes nothing."""
        about = {"edition": edition, "community": community, "account": account, "at": at}
        follows, name = self.collection("community_follows", CommunityFollow), _id(edition, community, account)
        follows.update_one({"_id": name}, {"$setOnInsert": about}, upsert=True)

    def unfollow(self, edition: str, community: str, account: str) -> None:
        """Follow it no more."""
        self.collection("community_follows").delete_one({"_id": _id(edition, community, account)})

    def forget(self, erasure: Erasure) -> None:
        """The account follows nothing any more."""
        self.collection("community_follows").delete_many(erasure.query("at", account="account"))


def _id(edition: str, community: str, account: str) -> str:
    return f"{edition}-{community}-{account}"
