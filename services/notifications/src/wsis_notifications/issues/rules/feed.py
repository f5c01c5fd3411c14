"""The Atom feed of issues that are sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wsis_shared.atom import HTML, Entry, Feed, atom

from wsis_notifications.issues.rules.contents import Issue, in_language
from wsis_notifications.issues.rules.phrases import say
from wsis_notifications.issues.rules.rendering import subject_of


def feed_of(issues: Iterable[Issue], language: str, public_url: str, updated: datetime) -> str:
    """The feed in a language, the newest first. `updated` is its time where it has no entry."""
    site = public_url.rstrip("/")
    url = f"{site}/v1/newsletter"
    entries = [
        Entry(
            name=f"newsletter:{row['_id']}",
            title=subject_of(row, language),
            published=row["sent_at"] or updated,
            url=f"{site}/{language}/newsletter/{row['_id']}",
            media=HTML,
            summary=in_language(row["summary"], language, row["language"]),
        )
        for row in issues
    ]
    feed = Feed(
        name="newsletter:feed",
        title=say("name", language),
        subtitle=say("feed", language),
        language=language,
        author=say("publisher", language),
        url=f"{url}/feed?lang={language}",
        items=f"{url}/issues",
        updated=max((entry.published for entry in entries), default=updated),
    )
    return atom(feed, entries)
