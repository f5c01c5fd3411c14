"""Repositories of discussions: communities and discussions, comments, reports, followers and what they are mailed."""

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index, present

from wsis_consultation.store.discussions.comments import Comments
from wsis_consultation.store.discussions.communities import Discussions
from wsis_consultation.store.discussions.followers import Followers

__all__ = ["COLLECTIONS", "Comments", "Discussions", "Followers"]

COLLECTIONS = (
    CollectionSpec("communities", outbox=True, indexes=(index("edition", "edition"),)),
    CollectionSpec(
        "discussions", outbox=True,
        indexes=(
            index("edition", "edition", "number", unique=True),
            index("last_comment_at", "last_comment_at"),
        ),
        few={"edition": "some 100 in an edition"},
    ),
    CollectionSpec(
        "comments", outbox=True,
        indexes=(
            index("number", "discussion", "n", unique=True),
            index("threads", "discussion", "front"),  # roots and their first replies
            index("thread", "discussion", "thread", "thread_n"),
            present("author", "author"),
            index("reported", "edition", "report_state", "-reported_at", "-_id"),
            present("message", "message_key", unique=True),
        ),
    ),
    CollectionSpec("comment_counts", indexes=(expires("expires_at"),)),
    CollectionSpec("comment_versions", indexes=(index("comment", "comment", "number"),)),
    CollectionSpec(
        "comment_reports", indexes=(index("comment_at", "comment", "at", "_id"), index("account", "account")),
    ),
    CollectionSpec(
        "follows", indexes=(index("discussion", "discussion", "mode"), index("account", "account", "edition")),
    ),
    # What was mailed to followers, and to whom: the events of a comment or a day, batch by batch.
    CollectionSpec("follower_mails", outbox=True, indexes=(expires("at", 30 * clock.DAY),)),
    CollectionSpec("comment_digests", indexes=(expires("at", 30 * clock.DAY),)),
)  # fmt: skip
