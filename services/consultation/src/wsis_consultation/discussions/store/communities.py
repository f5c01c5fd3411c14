"""Repositories of communities, discussions, their followers, and who replies to them by mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, TypedDict

from wsis_shared import keyset, revisions
from wsis_shared.collection import existing
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.keyset import Page
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.discussions.rules import discussions
from wsis_consultation.discussions.rules.addresses import ReplyPreference
from wsis_consultation.discussions.rules.digests import Digest, Entry
from wsis_consultation.discussions.rules.discussions import Community, Discussion
from wsis_consultation.discussions.store.comments import set_each


class Follow(TypedDict):
    """How an account follows a discussion."""

    _id: str
    edition: str
    discussion: str
    account: str
    mode: str
    at: datetime


_WITHOUT_TEXT = {"source": 0, "html": 0, "documents": 0}


class Discussions(EventfulRepository):
    """Communities and discussions by edition."""

    edited: ClassVar = {"communities": discussions.edited_community}

    def communities(self, edition: str) -> list[Community]:
        """All communities of an edition, in their order."""
        found = self.collection("communities", Community).find({"edition": edition})
        return sorted(found, key=lambda row: (row["order"], row["code"]))

    def find_community(self, edition: str, code: str) -> Community | None:
        """The community, or None."""
        return self.collection("communities", Community).find_one({"_id": f"{edition}-{code}"})

    def community(self, edition: str, code: str) -> Community:
        """The community. Raises NotFound."""
        found = self.find_community(edition, code)
        if found is None:
            raise NotFound("consultation.community_unknown")
        return found

    def page(self, edition: str, filters: JsonObject, after: str | None, limit: int) -> Page[Discussion]:
        """Discussions of an edition, the newest first."""
        return keyset.find_page(
            self.collection("discussions", Discussion),
            {"edition": edition, **filters},
            ("-number",),
            after,
            limit,
            projection=_WITHOUT_TEXT,
        )

    def next_number(self, edition: str) -> int:
        """The number of the next discussion. The unique index decides a race; the transaction then runs again."""
        newest = (
            self.collection("discussions", Discussion)
            .find({"edition": edition}, {"number": 1})
            .sort("number", -1)
            .limit(1)
        )
        return next((row["number"] for row in newest), 0) + 1

    def discussion(self, edition: str, discussion: str) -> Discussion:
        """The discussion. Raises NotFound."""
        found = self.collection("discussions", Discussion).find_one({"_id": discussion, "edition": edition})
        if found is None:
            raise NotFound("consultation.discussion_unknown")
        return found

    def some(self, edition: str, ids: Sequence[str]) -> list[Discussion]:
        """These discussions, in that order. Raises NotFound."""
        rows = self.collection("discussions", Discussion).find({"_id": {"$in": list(ids)}, "edition": edition})
        found = {row["_id"]: row for row in rows}
        if len(found) < len(ids):
            raise NotFound("consultation.discussion_unknown")
        return [found[id] for id in ids]

    def numbered(self, edition: str, number: int) -> Discussion | None:
        """The discussion of that number, or None."""
        return self.collection("discussions", Discussion).find_one({"edition": edition, "number": number})

    def named(self, ids: Iterable[str]) -> dict[str, Discussion]:
        """The discussions of these ids, by id."""
        return {row["_id"]: row for row in self.collection("discussions", Discussion).named(ids, _WITHOUT_TEXT)}

    def count_comment(self, edition: str, discussion: str, at: datetime, *, starts_thread: bool) -> Discussion:
        """Take the next number of an open discussion; returns it as it is then. Raises NotFound, Conflict."""
        counted = self.collection("discussions", Discussion).find_one_and_update(
            {"_id": discussion, "edition": edition, "state": discussions.OPEN},
            {"$inc": {"comments": 1, "threads": int(starts_thread)}, "$set": {"last_comment_at": at}},
            after=True,
        )
        if counted is None:
            self.discussion(edition, discussion)
            raise Conflict("consultation.discussion_closed")
        return counted

    @transactional
    def set_fields(self, discussion: Discussion, changed: Discussion, *events: PendingEvent) -> Discussion:
        """Change the fields that differ; the counts of comments go on meanwhile."""
        version = discussion["version"] + 1
        before, after = discussions.edited(discussion), discussions.edited(changed)
        fields = {name: value for name, value in changed.items() if discussion.get(name) != value}
        fields["revisions"] = revisions.stamped(discussion, before, after, version)
        saved = self.collection("discussions", Discussion).find_one_and_update(
            {"_id": discussion["_id"]}, {"$set": {**fields, "version": version}}, after=True
        )
        self.store_events(version, *events)
        return existing(saved)

    @transactional
    def save_states(self, changed: Sequence[Discussion], told: Mapping[str, Sequence[PendingEvent]]) -> None:
        """Store state and version of discussions of one new state, with the events of each; the counts of comments go
        on meanwhile."""
        if not changed:
            return
        fields = {name: changed[0][name] for name in ("state", "closed_at")}
        ids = [row["_id"] for row in changed]
        self.collection("discussions", Discussion).update_many(
            {"_id": {"$in": ids}}, {"$set": fields, "$inc": {"version": 1}}
        )
        self.store_each((row["version"], event) for row in changed for event in told[row["_id"]])

    def active_since(self, moment: datetime, until: datetime) -> list[Discussion]:
        """Discussions whose last comment is of that time, `until` included."""
        bounds = {"$gte": moment, "$lte": until}
        return list(self.collection("discussions", Discussion).find({"last_comment_at": bounds}, _WITHOUT_TEXT))

    def set_html(self, html: dict[str, str]) -> None:
        """Show other HTML for what was written, by discussion."""
        set_each(self.collection("discussions", Discussion), "html", html)

    def set_digest(self, numbers: dict[str, int]) -> None:
        """Remember the last comment that a digest had, by discussion."""
        set_each(self.collection("discussions", Discussion), "digest_n", numbers)


class Followers(EventfulRepository):
    """Who follows which discussion, and how."""

    def mode(self, discussion: str, account: str) -> str:
        """How the account follows the discussion: immediate, daily or off."""
        found = self.collection("follows", Follow).find_one({"_id": f"{discussion}-{account}"}, {"mode": 1})
        return found["mode"] if found is not None else discussions.OFF

    def set_mode(self, edition: str, discussion: str, account: str, mode: str, at: datetime) -> None:
        """Follow a discussion, or no more."""
        follows, name = self.collection("follows", Follow), f"{discussion}-{account}"
        if mode == discussions.OFF:
            follows.delete_one({"_id": name})
            return
        follows.update_one(
            {"_id": name},
            {"$set": {"edition": edition, "discussion": discussion, "account": account, "mode": mode, "at": at}},
            upsert=True,
        )

    def of_account(self, account: str, edition: str) -> list[Follow]:
        """What an account follows in an edition."""
        return list(self.collection("follows", Follow).find({"account": account, "edition": edition}))

    def accounts(self, discussion: str, mode: str) -> list[str]:
        """The accounts that follow a discussion in this mode."""
        found = self.collection("follows", Follow).find({"discussion": discussion, "mode": mode}, {"account": 1})
        return [row["account"] for row in found]

    def accounts_of(self, ids: Iterable[str], mode: str) -> set[str]:
        """The accounts that follow one of these discussions in this mode."""
        rows = self.collection("follows", Follow).find({"discussion": {"$in": list(ids)}, "mode": mode}, {"account": 1})
        return {row["account"] for row in rows}

    def forget(self, erasure: Erasure) -> None:
        """The account follows nothing any more."""
        self.collection("follows").delete_many(erasure.query("at", account="account"))

    def add_digest(self, name: str, at: datetime, entries: list[Entry]) -> None:
        """Store what is new in the discussions of a day."""
        self.collection("comment_digests", Digest).insert_one({"_id": name, "at": at, "entries": entries})

    def digest(self, name: str) -> Digest | None:
        """The digest, or None."""
        return self.collection("comment_digests", Digest).find_one({"_id": name})


class ReplyPreferences(EventfulRepository):
    """Who replies by mail."""

    def preference(self, account: str) -> ReplyPreference | None:
        """The member's, or None."""
        return self.collection("reply_preferences", ReplyPreference).find_one({"_id": account})

    def save_preference(self, preference: ReplyPreference) -> ReplyPreference:
        """Store it. Raises Conflict after a concurrent change."""
        return self.save("reply_preferences", preference)

    def forget(self, erasure: Erasure) -> None:
        """Remove what the member chose."""
        self.collection("reply_preferences").delete_many(erasure.query("at", account="_id"))
