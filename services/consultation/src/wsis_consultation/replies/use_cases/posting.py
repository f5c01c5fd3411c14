"""A reply as a comment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wsis_shared.errors import Conflict, Invalid, NotFound

from wsis_consultation.discussions.rules import comments as comment_rules
from wsis_consultation.discussions.rules import discussions as discussion_rules
from wsis_consultation.discussions.rules.addresses import ReplyTarget
from wsis_consultation.discussions.store import Comments, Discussions
from wsis_consultation.discussions.use_cases.posting import PostingCases
from wsis_consultation.replies.rules import decisions

Row = dict[str, Any]


class ReplyPosting:
    """Checks before it posts: a number is taken when a comment is posted, and must not be taken for none."""

    def __init__(self, discussions: Discussions, comments: Comments, posting: PostingCases, accounts: Any) -> None:
        self._discussions, self._comments, self._posting, self._accounts = discussions, comments, posting, accounts

    def title(self, edition: str, discussion: str) -> str:
        """The title of a discussion. Raises NotFound."""
        return str(self._discussions.discussion(edition, discussion)["title"])

    def is_blocked(self, account: str) -> bool:
        """Whether the member may do nothing any more. Raises NotFound for who has left."""
        return bool(self._accounts.profile(account=account).get("blocked"))

    def cause(self, target: ReplyTarget, text: str) -> str | None:
        """Why a reply cannot be posted; None where it can."""
        if len(text) > comment_rules.MAX_TEXT:
            return decisions.TOO_LONG
        try:
            self.check(target, text)
        except Conflict as error:
            return decisions.CLOSED if error.code == "consultation.discussion_closed" else decisions.REMOVED
        except NotFound:
            return decisions.REMOVED
        except Invalid:
            return decisions.NOT_ACCEPTABLE
        return None

    def check(self, target: ReplyTarget, text: str) -> None:
        """Raises NotFound (discussion, comment), Conflict (closed, comment hidden or deleted), Invalid (text)."""
        discussion_rules.require_open(self._discussions.discussion(target.edition, target.discussion))
        if target.comment:
            comment = self._comments.find(target.discussion, target.comment)
            starts_thread = comment["thread"] == target.comment
            root = comment if starts_thread else self._comments.find(target.discussion, comment["thread"])
            comment_rules.require_replies(comment, root)
        comment_rules.checked(text)

    def post(self, target: ReplyTarget, text: str, message_key: str, at: datetime) -> Row:
        """Post it in the open transaction, after `check`; returns the comment."""
        author = self._accounts.profile(account=target.account)
        return self._posting.post(
            target.edition, target.discussion, author, text, via="mail", parent=target.comment or None,
            message_id=message_key, at=at,
        )  # fmt: skip
