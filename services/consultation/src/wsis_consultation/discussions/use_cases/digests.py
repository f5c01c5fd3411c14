"""The daily digest: made of the discussions that have new comments, not of the people who follow some."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from wsis_shared import mongo
from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.operations import every, rpc

from wsis_consultation.discussions import errors
from wsis_consultation.discussions.events import DIGEST_DUE
from wsis_consultation.discussions.rules import digests
from wsis_consultation.discussions.rules import discussions as discussion_rules
from wsis_consultation.discussions.store import Comments, Discussions, Followers
from wsis_consultation.discussions.use_cases.followers import BATCH
from wsis_consultation.discussions.use_cases.presenters import Presenter

Row = dict[str, Any]


class DigestCases:
    """Makes digests. `hour` is that of Geneva after which the digest of a day goes out."""

    def __init__(
        self, discussions: Discussions, comments: Comments, followers: Followers, presenter: Presenter, *, hour: int
    ) -> None:
        self._discussions, self._comments, self._followers = discussions, comments, followers
        self._presenter, self._hour = presenter, hour

    @every(300)
    def send_comment_digests(self, ctx: Context) -> int:
        """Store the digests that are due, one per edition and day, with the mails of all their readers; returns how
        many there were. Call it as often as you like."""
        now = ctx.received_at
        active = self._discussions.active_since(now - digests.LONGEST_GAP, now)
        day = digests.day_of(now, self._hour)
        by_edition: dict[str, list[Row]] = {}
        for discussion in active:
            if discussion["comments"] > discussion["digest_n"]:
                by_edition.setdefault(discussion["edition"], []).append(discussion)
        return sum(
            mongo.in_transaction(partial(self._make, edition, changed, day, now))
            for edition, changed in by_edition.items()
        )

    def _make(self, edition: str, changed: list[Row], day: str, now: datetime) -> int:
        name = f"{edition}-{day}"
        if self._followers.digest(name) is not None:
            return 0
        self._followers.add_digest(name, now, [digests.entry(discussion) for discussion in changed])
        self._discussions.set_digest({discussion["_id"]: discussion["comments"] for discussion in changed})
        readers = self._followers.accounts_of([discussion["_id"] for discussion in changed], discussion_rules.DAILY)
        self._followers.store_events(1, *(
            new_event(DIGEST_DUE, subject=name, accounts=batch, edition=edition, digest=name)
            for batch in mongo.chunks(sorted(readers), BATCH)
        ))  # fmt: skip
        return 1

    @rpc
    def write_comments_digest(self, data: Row, account: str) -> Row:
        """What the digest says to one of its readers: their discussions, without their own comments and those that are
        hidden by now. Raises NotFound where nothing is left."""
        digest = self._followers.digest(data["digest"])
        followed = {
            row["discussion"]
            for row in self._followers.of_account(account, data["edition"])
            if row["mode"] == discussion_rules.DAILY
        }
        entries = [entry for entry in (digest or {}).get("entries", ()) if entry["discussion"] in followed]
        entries = entries[: digests.MAX_DISCUSSIONS]
        discussions = self._discussions.named(entry["discussion"] for entry in entries)
        comments = self._comments.named(id for entry in entries for id in entry["newest"])
        rows = [self._entry(entry, discussions[entry["discussion"]], comments, account) for entry in entries]
        if not any(entry["comments"] for entry in rows):
            raise errors.nothing_to_mail()
        return {"entries": [entry for entry in rows if entry["comments"]]}

    def _entry(self, entry: Row, discussion: Row, comments: Mapping[str, Row], account: str) -> Row:
        newest = digests.to_mail((comments[id] for id in entry["newest"]), account)
        return {
            "title": discussion["title"], "new": entry["new"], "discussion": discussion["_id"],
            "comments": [
                {"author": self._presenter.name(row, discussion["language"]),
                 "excerpt": digests.excerpt(row["source"])}
                for row in newest
            ],
        }  # fmt: skip
