"""Repository of comments: windows of numbers, versions, reports.

No query is open at one end, and none is sorted by the store: a page costs the same at any place of any discussion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pymongo import UpdateOne
from wsis_shared import keys, keyset
from wsis_shared.collection import Collection, D, existing
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.discussions.rules import comments
from wsis_consultation.discussions.rules.comments import Comment, FormerText, Report

# One field of many documents, in one command.


def set_each(collection: Collection[D], field: str, values: Mapping[str, object]) -> None:
    """Set `field` to another value in each document, by id."""
    if values:
        collection.bulk_write([UpdateOne({"_id": id}, {"$set": {field: value}}) for id, value in values.items()])


class Comments(EventfulRepository):
    """Comments, what they said before, and who reported them."""

    def window(self, discussion: str, low: int, high: int) -> list[Comment]:
        """The comments `low` to `high` - 1, in their order."""
        found = self.collection("comments", Comment).find({"discussion": discussion, "n": {"$gte": low, "$lt": high}})
        return sorted(found, key=lambda row: row["n"])

    def threads(self, discussion: str, low: int, high: int) -> list[list[Comment]]:
        """The threads `low` to `high` - 1: each its root and its first replies."""
        found = self.collection("comments", Comment).find(
            {"discussion": discussion, "front": {"$gte": low, "$lt": high}}
        )
        by_thread: dict[int, list[Comment]] = {}
        for row in sorted(found, key=lambda row: (row["front"], row["thread_n"])):
            by_thread.setdefault(row["front"], []).append(row)
        return list(by_thread.values())

    def replies(self, discussion: str, thread: int, low: int, high: int) -> list[Comment]:
        """The replies `low` to `high` - 1 of a thread, in their order."""
        found = self.collection("comments", Comment).find(
            {"discussion": discussion, "thread": thread, "thread_n": {"$gte": low, "$lt": high}}
        )
        return sorted(found, key=lambda row: row["thread_n"])

    def own(self, discussion: str, account: str, after: str | None, limit: int) -> Page[Comment]:
        """An account's comments in a discussion, the newest first."""
        return keyset.find_page(
            self.collection("comments", Comment), {"author": account, "discussion": discussion}, ("-n",), after, limit
        )

    def found(self, edition: str, words: Sequence[str], after: str | None, limit: int) -> Page[Comment]:
        """The comments of an edition that have all these words, of which there is one at least; the newest first."""
        return keyset.find_page(
            self.collection("comments", Comment),
            {"edition": edition, "words": {"$all": list(words)}},
            ("-posted_at", "-_id"),
            after,
            limit,
        )

    def find(self, discussion: str, number: int) -> Comment:
        """The comment with that number. Raises NotFound."""
        found = self.collection("comments", Comment).find_one({"_id": comments.id_of(discussion, number)})
        if found is None:
            raise NotFound("consultation.comment_unknown")
        return found

    def touch(self, comment: Comment) -> None:
        """Write to the comment, so that a transaction that changes it meanwhile conflicts with the open one."""
        self.collection("comments").update_one({"_id": comment["_id"]}, {"$inc": {"version": 1}})

    def of_message(self, key: str) -> Comment | None:
        """The comment that a mail became, or None."""
        return self.collection("comments", Comment).find_one({"message_key": key})

    def named(self, ids: Iterable[str]) -> dict[str, Comment]:
        """The comments of these ids, by id."""
        return {row["_id"]: row for row in self.collection("comments", Comment).named(ids)}

    def count_reply(self, discussion: str, thread: int) -> Comment:
        """Take the next number of a thread; returns its root as it is then."""
        root = self.collection("comments", Comment).find_one_and_update(
            {"_id": comments.id_of(discussion, thread)}, {"$inc": {"replies": 1}}, after=True
        )
        return existing(root)

    def count_of_day(self, account: str, at: datetime) -> int:
        """Count one more comment of a member on this day; returns how many there are. One that is deleted later counts:
        it was mailed."""
        name = keys.digest("consultation comments of a day", f"{account}|{at:%Y-%m-%d}")
        counted = self.collection("comment_counts").find_one_and_update(
            {"_id": name},
            {"$inc": {"count": 1}, "$set": {"expires_at": at + timedelta(days=1)}},
            upsert=True,
            after=True,
        )
        return int(counted["count"])

    def set_html(self, html: dict[str, str]) -> None:
        """Show other HTML for what was written, by comment."""
        set_each(self.collection("comments", Comment), "html", html)

    def set_words(self, words: dict[str, list[str]]) -> None:
        """Find comments by other words, by comment."""
        set_each(self.collection("comments", Comment), "words", words)

    # -- versions ------------------------------------------------------------------------------------------------------

    def keep_version(self, comment: Comment) -> None:
        """Keep what the comment says now, before it is changed."""
        number = comment["edits"] + 1
        self.collection("comment_versions", FormerText).insert_one(
            {
                "_id": f"{comment['_id']}-{number}",
                "comment": comment["_id"],
                "number": number,
                "source": comment["source"],
                "html": comment["html"],
                "at": comment["edited_at"] or comment["posted_at"],
            }
        )

    def versions(self, comment: str, after: str | None, limit: int) -> Page[FormerText]:
        """What a comment said before, the first version first."""
        return keyset.find_page(
            self.collection("comment_versions", FormerText), {"comment": comment}, ("number",), after, limit
        )

    def drop_versions(self, comment: str) -> None:
        """Forget what a comment said."""
        self.collection("comment_versions").delete_many({"comment": comment})

    # -- reports -------------------------------------------------------------------------------------------------------

    def add_report(self, comment: str, account: str, reason: str, note: str | None, at: datetime) -> bool:
        """Store an account's report; False where there is one already."""
        reports, name = self.collection("comment_reports", Report), f"{comment}-{account}"
        if reports.find_one({"_id": name}, {"_id": 1}) is not None:
            return False
        reports.insert_one(
            {"_id": name, "comment": comment, "account": account, "reason": reason, "note": note, "at": at}
        )
        return True

    def reports(self, comment: str, after: str | None, limit: int) -> Page[Report]:
        """The reports on a comment, the first one first."""
        return keyset.find_page(
            self.collection("comment_reports", Report), {"comment": comment}, ("at", "_id"), after, limit
        )

    def reported(self, where: Mapping[str, str], state: str, after: str | None, limit: int) -> Page[Comment]:
        """Comments of an edition or of a discussion with reports of that state, the last reported first."""
        return keyset.find_page(
            self.collection("comments", Comment),
            {**where, "report_state": state},
            ("-reported_at", "-_id"),
            after,
            limit,
        )

    def count_reported(self, discussion: str) -> int:
        """How many comments of a discussion have open reports."""
        return self.collection("comments").count_documents({"discussion": discussion, "report_state": comments.OPEN})

    def reported_discussions(self) -> Counter[str]:
        """How many comments have open reports, by discussion, in all editions."""
        found = self.collection("comments", Comment).find({"report_state": comments.OPEN}, {"discussion": 1})
        return Counter(row["discussion"] for row in found)

    # -- erasure -------------------------------------------------------------------------------------------------------

    def forget(self, erasure: Erasure) -> None:
        """Take a person's name from their comments, and their reports. What they said stays, since others answered it
        and the documents of the consultation build on it; who wants it gone deletes it before."""
        nobody = dict.fromkeys(comments.PERSONAL)
        self.collection("comments").update_many(erasure.query("posted_at", account="author"), {"$set": nobody})
        self.collection("comment_reports").delete_many(erasure.query("at", account="account"))
