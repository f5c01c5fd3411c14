"""Followers of a community: told of each new discussion, once, with its opening text."""

from __future__ import annotations

from collections.abc import Callable

from wsis_shared import languages, mongo
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.discussions.events import DISCUSSION_NOTICE
from wsis_consultation.discussions.rules import discussions
from wsis_consultation.discussions.rules.addresses import MARKER
from wsis_consultation.discussions.rules.discussions import Discussion
from wsis_consultation.discussions.store import CommunityFollowers, Discussions
from wsis_consultation.editions.store import Editions

BATCH = 500  # recipients of one event


class CommunityFollowerCases:
    """Who follows which community, and what they are mailed.

    `reply_to(discussion, account)` is the address at which the account comments, None where it does not by mail; `host`
    is the domain of list ids.
    """

    def __init__(
        self,
        editions: Editions,
        discussions: Discussions,
        followers: CommunityFollowers,
        *,
        host: str,
        reply_to: Callable[[str, str], str | None],
    ) -> None:
        self._editions, self._discussions, self._followers = editions, discussions, followers
        self._host, self._reply_to = host, reply_to

    @rpc
    def list_followed_communities(self, ctx: Context, edition: str) -> JsonObject:
        """All communities, and which of them the reader follows. Raises NotFound."""
        self._editions.find(edition)
        own = self._followers.of_account(str(ctx.actor.id), edition)
        rows = self._discussions.communities(edition)
        return {
            "items": [
                {
                    "code": row["code"],
                    "title": languages.in_language(row["title"], ctx.locale),
                    "following": row["code"] in own,
                }
                for row in rows
            ]
        }

    @rpc(writes=True)
    def follow_community(self, ctx: Context, edition: str, community: str, body: Input) -> JsonObject:
        """Follow a community, or no more. Raises NotFound."""
        found, account = self._discussions.community(edition, community), str(ctx.actor.id)
        if body["following"]:
            self._followers.follow(edition, community, account, ctx.received_at)
        else:
            self._followers.unfollow(edition, community, account)
        title = languages.in_language(found["title"], ctx.locale)
        return {"code": community, "title": title, "following": body["following"]}

    @rpc
    def write_discussion_notice(self, data: Input, account: str) -> JsonObject:
        """What the mail of a new discussion says. Raises NotFound where there is nothing to mail any more."""
        found = self._discussions.discussion(data["edition"], data["discussion"])
        follows = self._followers.follows(data["edition"], found["community"], account)
        if not follows or found["state"] != discussions.OPEN:
            raise NotFound("consultation.nothing_to_mail")
        address = self._reply_to(found["_id"], account)
        thread = f"<{found['_id']}@{self._host}>"
        headers = {"List-Id": f"<{found['_id']}.discussions.{self._host}>", "References": thread}
        return {
            "title": found["title"],
            "community": self._discussions.community(data["edition"], found["community"])["title"],
            "text": found["source"],
            "marker": MARKER if address else "",
            "headers": {**headers, "Reply-To": address} if address else headers,
        }


def notices(followers: CommunityFollowers, row: Discussion) -> list[PendingEvent]:
    """The mails of a new discussion, batch by batch."""
    accounts = followers.accounts(row["edition"], row["community"])
    return [
        new_event(DISCUSSION_NOTICE, subject=row["_id"], edition=row["edition"], discussion=row["_id"], accounts=batch)
        for batch in mongo.chunks(accounts, BATCH)
    ]
