"""Repositories of discussions: communities, comments, reports, followers, mails to them, and who replies by mail."""

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index, present

from wsis_consultation.discussions.store.comments import Comments
from wsis_consultation.discussions.store.communities import Discussions, Followers, ReplyPreferences
from wsis_consultation.discussions.store.community_followers import CommunityFollowers
from wsis_consultation.discussions.store.waiting_comments import WaitingComments

__all__ = [
    "COLLECTIONS",
    "Comments",
    "CommunityFollowers",
    "Discussions",
    "Followers",
    "ReplyPreferences",
    "WaitingComments",
]

COLLECTIONS = (
    CollectionSpec("communities", indexes=(index("edition", "edition"),)),
    CollectionSpec(
        "discussions",
        indexes=(
            index("edition", "edition", "number", unique=True),
            index("last_comment_at", "last_comment_at"),
        ),
        few={"edition": "some 100 in an edition"},
    ),
    CollectionSpec(
        "comments",
        indexes=(
            index("number", "discussion", "n", unique=True),
            index("threads", "discussion", "front"),  # roots and their first replies
            index("thread", "discussion", "thread", "thread_n"),
            present("own", "author", "discussion", "-n"),
            index("waiting", "report_state", "reported_at", partialFilterExpression={"report_state": "open"}),
            index("reported", "edition", "report_state", "-reported_at", "-_id"),
            index("reported_there", "discussion", "report_state", "-reported_at", "-_id"),
            present("message", "message_key", unique=True),
            index("words", "edition", "words", "-posted_at", "-_id"),
        ),
    ),
    CollectionSpec(
        "waiting_comments",
        indexes=(
            index("status", "status", "posted_at"),
            index("discussion", "discussion", "status", "posted_at", "_id"),
            index("own", "author", "discussion", "-posted_at", "-_id"),
            present("message", "message_key", unique=True),
            expires("ends_at"),
        ),
    ),
    CollectionSpec("comment_counts", indexes=(expires("expires_at"),)),
    CollectionSpec("comment_versions", indexes=(index("comment", "comment", "number"),)),
    CollectionSpec(
        "comment_reports",
        indexes=(index("comment_at", "comment", "at", "_id"), index("account", "account")),
    ),
    CollectionSpec(
        "follows",
        indexes=(index("discussion", "discussion", "mode"), index("account", "account", "edition")),
    ),
    CollectionSpec(
        "community_follows",
        indexes=(index("community", "edition", "community"), index("account", "account", "edition")),
    ),
    CollectionSpec("reply_preferences"),
    CollectionSpec("comment_digests", indexes=(expires("at", 30 * clock.DAY),)),
)
