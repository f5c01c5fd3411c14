"""Followers of discussions: mails about each comment, and digests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import mongo
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import every, rpc, subscribe

from wsis_consultation.discussions.events import COMMENT_NOTICE, DIGEST_DUE
from wsis_consultation.discussions.rules import comments, digests, discussions
from wsis_consultation.discussions.rules.addresses import MARKER
from wsis_consultation.discussions.store import Comments, Discussions, Followers
from wsis_consultation.discussions.use_cases.reading import Presenter
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import Contacts

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


BATCH = 500  # recipients of one event


class FollowerCases:
    """Who follows what, and what they are mailed.

    `reply_to(discussion, account, n)` is the address at which the account replies to a comment, None where it does not
    reply by mail. `host` is the domain of list and thread ids.
    """

    def __init__(
        self,
        editions: Editions,
        discussions: Discussions,
        comments: Comments,
        followers: Followers,
        contacts: Contacts,
        accounts: ServiceProxy,
        presenter: Presenter,
        *,
        host: str,
        reply_to: Callable[[str, str, int], str | None],
    ) -> None:
        self._editions, self._discussions, self._comments = editions, discussions, comments
        self._followers, self._contacts, self._accounts, self._presenter = followers, contacts, accounts, presenter
        self._host, self._reply_to = host, reply_to

    @rpc(writes=True)
    def follow_discussion(self, ctx: Context, edition: str, discussion: str, body: Input) -> JsonObject:
        """Follow a discussion at once, daily, or no more. Raises NotFound."""
        self._discussions.discussion(edition, discussion)
        self._followers.set_mode(edition, discussion, str(ctx.actor.id), body["mode"], ctx.received_at)
        return {"discussion": discussion, "mode": body["mode"]}

    @rpc
    def list_follows(self, ctx: Context, edition: str) -> JsonObject:
        """What the reader follows. Raises NotFound."""
        self._editions.find(edition)
        return {"items": self._followers.of_account(str(ctx.actor.id), edition)}

    @subscribe("consultation", "comment_posted")
    def mail_followers(self, event: Input) -> None:
        """Store the mails of a comment, batch by batch: to those who follow at once, never to its author."""
        data = event["data"]
        comment = self._comments.find(data["discussion"], data["n"])
        if comment["status"] != comments.PUBLISHED:
            return
        wanted = {account for mode in _modes(comment) for account in self._followers.accounts(data["discussion"], mode)}
        others = (account for account in sorted(wanted) if account != comment["author"])
        self._followers.store_events(
            1,
            *(
                new_event(COMMENT_NOTICE, subject=comment["_id"], accounts=batch, **comments.place(comment))
                for batch in mongo.chunks(others, BATCH)
            ),
        )

    @subscribe("consultation", "comment_posted")
    def remember_commenter(self, event: Input) -> None:
        """Changes of the edition concern who takes part in its discussions."""
        data = event["data"]
        comment = self._comments.find(data["discussion"], data["n"])
        if comment["author"] is None:
            return
        contacts = self._accounts.contacts(ids=[comment["author"]])
        self._comments.touch(comment)
        for contact in contacts:
            self._contacts.add(
                data["edition"],
                contact["email"],
                contact["names"],
                contact["locale"],
                "discussion",
                at=comment["posted_at"],
                account=comment["author"],
            )

    @rpc
    def write_comment_notice(self, data: Input, account: str) -> JsonObject:
        """What a comment's mail to a follower says. Raises NotFound where there is nothing to mail any more."""
        discussion = self._discussions.discussion(data["edition"], data["discussion"])
        comment = self._comments.find(data["discussion"], data["n"])
        mode = self._followers.mode(data["discussion"], account)
        if comment["status"] != comments.PUBLISHED or mode not in _modes(comment):
            raise NotFound("consultation.nothing_to_mail")
        is_open = discussion["state"] == discussions.OPEN
        address = self._reply_to(data["discussion"], account, data["n"]) if is_open else None
        headers = self._headers(comment)
        return {
            "title": discussion["title"],
            "text": comment["source"],
            "author": self._presenter.name(comment, comment["language"]),
            "marker": MARKER if address else "",
            "headers": {**headers, "Reply-To": address} if address else headers,
        }

    def _headers(self, comment: comments.Comment) -> dict[str, str]:
        """Mails of a discussion are a list, and each of its threads is one for mail programs."""
        top = f"<{comment['discussion']}@{self._host}>"
        thread = f"<{comments.id_of(comment['discussion'], comment['thread'])}@{self._host}>"
        return {
            "List-Id": f"<{comment['discussion']}.discussions.{self._host}>",
            "References": f"{top} {thread}",
            "In-Reply-To": thread,
        }

    @rpc
    def explain_moderation(self, data: Input, account: str) -> JsonObject:
        """What the author of a comment is told of a decision. Raises NotFound."""
        discussion = self._discussions.discussion(data["edition"], data["discussion"])
        comment = self._comments.find(data["discussion"], data["n"])
        if comment["status"] != data["status"] or comment["moderation"] is None:
            raise NotFound("consultation.nothing_to_mail")
        return {
            "title": discussion["title"],
            "text": comment["source"],
            "reason": comment["moderation"]["reason"],
        }


def _modes(comment: comments.Comment) -> tuple[str, ...]:
    """Who gets it at once: an announcement goes to all followers."""
    announced = comments.kind_of(comment) == comments.ANNOUNCEMENT
    return (discussions.IMMEDIATE, discussions.DAILY) if announced else (discussions.IMMEDIATE,)


class DigestCases:
    """Makes digests."""

    def __init__(
        self, discussions: Discussions, comments: Comments, followers: Followers, presenter: Presenter
    ) -> None:
        self._discussions, self._comments, self._followers = discussions, comments, followers
        self._presenter = presenter

    @every(300)
    def send_comment_digests(self, ctx: Context) -> int:
        """Store the digests that are due, one per edition and day, with the mails of all their readers; returns how
        many there were. Call it as often as you like."""
        now = ctx.received_at
        active = self._discussions.active_since(now - digests.LONGEST_GAP, now)
        day = digests.day_of(now)
        by_edition: dict[str, list[discussions.Discussion]] = {}
        for discussion in active:
            if discussion["comments"] > discussion["digest_n"]:
                by_edition.setdefault(discussion["edition"], []).append(discussion)
        return sum(
            mongo.in_transaction(partial(self._make, edition, changed, day, now))
            for edition, changed in by_edition.items()
        )

    def _make(self, edition: str, changed: list[discussions.Discussion], day: str, now: datetime) -> int:
        name = f"{edition}-{day}"
        if self._followers.digest(name) is not None:
            return 0
        self._followers.add_digest(name, now, [digests.entry(discussion) for discussion in changed])
        self._discussions.set_digest({discussion["_id"]: discussion["comments"] for discussion in changed})
        readers = self._followers.accounts_of([discussion["_id"] for discussion in changed], discussions.DAILY)
        self._followers.store_events(
            1,
            *(
                new_event(DIGEST_DUE, subject=name, accounts=batch, edition=edition, digest=name)
                for batch in mongo.chunks(sorted(readers), BATCH)
            ),
        )
        return 1

    @rpc
    def write_comments_digest(self, data: Input, account: str) -> JsonObject:
        """What the digest says to one of its readers: their discussions, without their own comments and those that are
        hidden by now. Raises NotFound where nothing is left."""
        digest = self._followers.digest(data["digest"])
        followed = {
            row["discussion"]
            for row in self._followers.of_account(account, data["edition"])
            if row["mode"] == discussions.DAILY
        }
        entries = [entry for entry in (digest["entries"] if digest else ()) if entry["discussion"] in followed]
        entries = entries[: digests.MAX_DISCUSSIONS]
        about = self._discussions.named(entry["discussion"] for entry in entries)
        newest = self._comments.named(id for entry in entries for id in entry["newest"])
        rows = [self._entry(entry, about[entry["discussion"]], newest, account) for entry in entries]
        if not any(entry["comments"] for entry in rows):
            raise NotFound("consultation.nothing_to_mail")
        return {"entries": [entry for entry in rows if entry["comments"]]}

    def _entry(
        self,
        entry: digests.Entry,
        discussion: discussions.Discussion,
        newest: Mapping[str, comments.Comment],
        account: str,
    ) -> JsonObject:
        mailed = digests.to_mail((newest[id] for id in entry["newest"]), account)
        return {
            "title": discussion["title"],
            "new": entry["new"],
            "discussion": discussion["_id"],
            "comments": [
                {
                    "author": self._presenter.name(row, discussion["language"]),
                    "excerpt": digests.excerpt(row["source"]),
                }
                for row in mailed
            ],
        }
