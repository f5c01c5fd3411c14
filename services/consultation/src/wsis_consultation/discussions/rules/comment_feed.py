"""The Atom feed (RFC 4287) of a discussion."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # publishes no types

from wsis_consultation.discussions.rules.comments import Comment
from wsis_consultation.discussions.rules.discussions import Discussion

FEED_ENTRIES = 50
_FSI, _PDI = "\u2068", "\u2069"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def atom(discussion: Discussion, comments: Iterable[Comment], texts: Mapping[str, str], url: str) -> str:
    """The feed with these comments, each published; the newest comes first.

    `texts` has `subtitle` and `former_participant` in the reader's language, and `community`. `url` is the address of
    the discussion. Ids follow from the ids of the comments: they stay when the platform gets another address.
    """
    feed = FeedGenerator()
    feed.id(_urn(discussion["_id"]))
    feed.title(_xml(discussion["title"]))
    feed.subtitle(_xml(texts["subtitle"]))
    feed.language(discussion["language"])
    feed.link(href=f"{url}/feed", rel="self", type="application/atom+xml")
    feed.link(href=f"{url}/comments", rel="alternate", type="application/json")
    feed.category(term=discussion["community"], label=_xml(texts["community"]))
    rows = sorted(comments, key=lambda row: -row["n"])
    feed.updated(max([discussion["opened_at"], *(row["edited_at"] or row["posted_at"] for row in rows)]))
    for row in rows:
        name = _xml(row["names"] or texts["former_participant"])
        entry = feed.add_entry(order="append")
        entry.id(_urn(row["_id"]))
        entry.title(f"{_FSI}{name}{_PDI}: {_FSI}{_xml(discussion['title'])}{_PDI}")
        entry.author(name=name)
        entry.published(row["posted_at"])
        entry.updated(row["edited_at"] or row["posted_at"])
        entry.link(href=f"{url}/comments/{row['n']}", rel="alternate", type="application/json")
        entry.content(_xml(row["html"]), type="html")
    return str(feed.atom_str(pretty=True).decode())


def _urn(id: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"wsis:consultation:{id}").urn


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
