"""The Atom feed (RFC 4287) of public news: a sentence per event, the newest first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # publishes no types
from wsis_shared import clock

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
ENTRIES = 50
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2

Say = Callable[..., str]  # (key, language, **values)


def key_of(type: str) -> str:
    """The key of an event's sentence: "prizes.nominees_published"."""
    return ".".join(type.split(".")[1:-1])


def atom(rows: Iterable[LogRow], language: str, say: Say, public_url: str, now: datetime) -> str:
    """The feed with these rows of the event log, the newest first. Ids follow from the events: they stay when the
    suite gets another address. An event whose content was taken down is not in it."""
    feed = FeedGenerator()
    feed.id(uuid.uuid5(uuid.NAMESPACE_URL, "wsis:events").urn)
    feed.title(say("feed", language))
    feed.language(language)
    feed.author(name="WSIS")
    feed.link(href=f"{public_url}/v1/events.atom?lang={language}", rel="self", type="application/atom+xml")
    feed.link(href=f"{public_url}/v1/events", rel="alternate", type="application/json")
    shown = [(row, data) for row in rows if (data := row["data"]) is not None]
    feed.updated(clock.parse(shown[0][0]["time"]) if shown else now)
    for row, data in shown:
        entry = feed.add_entry(order="append")
        entry.id(uuid.uuid5(uuid.NAMESPACE_URL, f"wsis:events:{row['_id']}").urn)
        entry.title(_NOT_XML.sub("\ufffd", say(key_of(row["type"]), language, **data)))
        entry.published(row["time"])
        entry.updated(row["time"])
        entry.link(
            href=f"{public_url}/v1/events?after={row['seq'] - 1}&limit=1", rel="alternate", type="application/json"
        )
        for line in row["facets"].get("action_lines", ()):
            entry.category(term=line)
    return str(feed.atom_str(pretty=True).decode())
