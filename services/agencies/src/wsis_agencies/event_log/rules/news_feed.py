"""The Atom feed of public news: a sentence per event, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from wsis_shared import clock
from wsis_shared.atom import Entry, Feed, atom

from wsis_agencies.event_log.rules.log import LogRow

# Events that readers of news care for; their sentences are in the part `news` of texts/.
NEWS = (
    "wsis.prizes.nominees_published.v1",
    "wsis.prizes.champions_announced.v1",
    "wsis.prizes.winners_announced.v1",
    "wsis.prizes.voting_extended.v1",
    "wsis.voting.voting_opened.v1",
    "wsis.voting.voting_closed.v1",
    "wsis.consultation.edition_opened.v1",
    "wsis.consultation.programme_published.v1",
    "wsis.stocktaking.entry_published.v1",
    "wsis.stocktaking.matrix_published.v1",
)
Say = Callable[..., str]  # (key, language, **values)


def key_of(type: str) -> str:
    """The key of an event's sentence: "prizes.nominees_published"."""
    return ".".join(type.split(".")[1:-1])


def feed_of(rows: Iterable[LogRow], language: str, say: Say, public_url: str, now: datetime) -> str:
    """The feed with these rows of the event log, the newest first. An event whose content was taken down is not in
    it."""
    entries = [
        Entry(
            name=f"events:{row['_id']}",
            title=say(key_of(row["type"]), language, **data),
            published=clock.parse(row["time"]),
            url=f"{public_url}/v1/events?after={row['seq'] - 1}&limit=1",
            categories=[str(line) for line in row["facets"].get("action_lines", ())],
        )
        for row in rows
        if (data := row["data"]) is not None
    ]
    feed = Feed(
        name="events",
        title=say("feed", language),
        language=language,
        author="WSIS",
        url=f"{public_url}/v1/events.atom?lang={language}",
        items=f"{public_url}/v1/events",
        updated=entries[0].published if entries else now,
    )
    return atom(feed, entries)
