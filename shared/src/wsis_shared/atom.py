"""Atom feeds (RFC 4287). Ids follow from names: they stay when the suite gets another address."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # publishes no types

MAX_ENTRIES = 50
HTML, JSON = "text/html", "application/json"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


@dataclass(frozen=True)
class Entry:
    """`name` is its own in the suite: "newsletter:<id>". `updated`: None where nothing was changed since."""

    name: str
    title: str
    published: datetime
    url: str
    media: str = JSON
    updated: datetime | None = None
    author: str = ""
    summary: str = ""
    html: str = ""
    categories: Sequence[str] = ()


@dataclass(frozen=True)
class Feed:
    """`url` is its address, `items` that of the same as JSON. `category` is a term with its label."""

    name: str
    title: str
    language: str
    url: str
    items: str
    updated: datetime
    subtitle: str = ""
    author: str = ""
    category: tuple[str, str] | None = None


def atom(feed: Feed, entries: Iterable[Entry]) -> str:
    """The feed with these entries in their order."""
    made = FeedGenerator()
    made.id(_urn(feed.name))
    made.title(xml_text(feed.title))
    made.language(feed.language)
    made.link(href=feed.url, rel="self", type="application/atom+xml")
    made.link(href=feed.items, rel="alternate", type=JSON)
    made.updated(feed.updated)
    if feed.subtitle:
        made.subtitle(xml_text(feed.subtitle))
    if feed.author:
        made.author(name=feed.author)
    if feed.category:
        term, label = feed.category
        made.category(term=term, label=xml_text(label))
    for entry in entries:
        _add(made.add_entry(order="append"), entry)
    return str(made.atom_str(pretty=True).decode())


def _add(made: FeedGenerator, entry: Entry) -> None:
    made.id(_urn(entry.name))
    made.title(xml_text(entry.title))
    made.published(entry.published)
    made.updated(entry.updated or entry.published)
    made.link(href=entry.url, rel="alternate", type=entry.media)
    if entry.author:
        made.author(name=xml_text(entry.author))
    if entry.summary:
        made.summary(xml_text(entry.summary))
    if entry.html:
        made.content(xml_text(entry.html), type="html")
    for term in entry.categories:
        made.category(term=term)


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"wsis:{name}").urn


def xml_text(text: str) -> str:
    """The text with what no XML 1.0 may contain replaced, for any XML that services write."""
    return _NOT_XML.sub("\ufffd", text)
