"""Repository of comments that wait for an approval, and of those that were refused."""

from __future__ import annotations

from wsis_shared import keyset
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.discussions.rules.comments import Comment


class WaitingComments(EventfulRepository):
    """Comments without a number. One that is approved becomes a comment, and is no longer here."""

    def find(self, discussion: str, id: str) -> Comment:
        """The comment. Raises NotFound."""
        found = self.collection("waiting_comments", Comment).find_one({"_id": id, "discussion": discussion})
        if found is None:
            raise NotFound("consultation.comment_unknown")
        return found

    def of_message(self, key: str) -> Comment | None:
        """The comment that a mail became, or None."""
        return self.collection("waiting_comments", Comment).find_one({"message_key": key})

    def page(self, discussion: str, status: str, after: str | None, limit: int) -> Page[Comment]:
        """Comments of a discussion in that status, the first one first."""
        return keyset.find_page(
            self.collection("waiting_comments", Comment),
            {"discussion": discussion, "status": status},
            ("posted_at", "_id"),
            after,
            limit,
        )

    def own(self, discussion: str, account: str, after: str | None, limit: int) -> Page[Comment]:
        """An account's comments in a discussion, the newest first."""
        return keyset.find_page(
            self.collection("waiting_comments", Comment),
            {"author": account, "discussion": discussion},
            ("-posted_at", "-_id"),
            after,
            limit,
        )

    def hold(self, comment: Comment) -> Comment:
        """Store a comment that waits."""
        return self.save("waiting_comments", comment)

    def refuse(self, comment: Comment, *events: PendingEvent) -> Comment:
        """Store a comment that was refused."""
        return self.save("waiting_comments", comment, *events)

    def remove(self, comment: Comment, *events: PendingEvent) -> None:
        """It waits no more: it was approved, or its author took it back."""
        self.collection("waiting_comments").delete_one({"_id": comment["_id"]})
        self.store_events(comment["version"] + 1, *events)

    def forget(self, erasure: Erasure) -> None:
        """Remove what a person wrote: nobody has read it."""
        self.collection("waiting_comments").delete_many(erasure.query("posted_at", account="author"))
