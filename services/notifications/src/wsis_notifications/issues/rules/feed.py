"""The Atom feed (RFC 4287) of issues that are sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import datetime

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # publishes no types

from wsis_notifications.issues.rules.contents import Issue, in_language
from wsis_notifications.issues.rules.phrases import say
from wsis_notifications.issues.rules.rendering import archive_url, subject_of

FEED_ENTRIES = 50
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def atom(issues: Iterable[Issue], language: str, public_url: str, updated: datetime) -> str:
    """The feed in a language, the newest first. `updated` is its time where it has no entry. Ids follow from those of
    the issues: they stay when the platform gets another address."""
    feed = FeedGenerator()
    feed.id(_urn("feed"))
    feed.title(say("name", language))
    feed.subtitle(say("feed", language))
    feed.language(language)
    feed.author(name=say("publisher", language))
    url = f"{public_url.rstrip('/')}/v1/newsletter"
    feed.link(href=f"{url}/feed?lang={language}", rel="self", type="application/atom+xml")
    feed.link(href=f"{url}/issues", rel="alternate", type="application/json")
    rows = list(issues)
    feed.updated(max((row["sent_at"] or updated for row in rows), default=updated))
    for row in rows:
        entry = feed.add_entry(order="append")
        entry.id(_urn(row["_id"]))
        entry.title(_xml(subject_of(row, language)))
        entry.published(row["sent_at"])
        entry.updated(row["sent_at"])
        entry.link(href=archive_url(row["_id"], language, public_url), rel="alternate", type="text/html")
        if summary := in_language(row["summary"], language, row["language"]):
            entry.summary(_xml(summary))
    return str(feed.atom_str(pretty=True).decode())


def _urn(id: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"wsis:newsletter:{id}").urn


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
