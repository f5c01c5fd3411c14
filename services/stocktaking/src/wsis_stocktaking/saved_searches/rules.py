"""Saved searches: when they run, and what is new to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_stocktaking.register.rules.cards import Card, facet_values
from wsis_stocktaking.search.rules import SearchQuery, admits

IMMEDIATE, DAILY, NONE = MAILS = ("immediate", "daily", "none")
AGENCY = "agency"  # the role whose searches may fire events
PAUSE = timedelta(minutes=10)
"""Time from one immediate mail to the next at least: what is published meanwhile comes in one."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
MAX_SEARCHES = 20  # of one account
MAX_TITLES = 20  # in a mail
MAX_ENTRIES = 500  # in an event


class SavedSearch(TypedDict):
    """`query` is {"q": text, facet: codes}, `event` whether an event fires, `position` the sequence up to which it has
    run, `due_at` when it runs next."""

    _id: str
    owner: str
    name: str
    query: Mapping[str, str | list[str]]
    mail: str
    event: bool
    position: int
    due_at: datetime
    created_at: datetime
    version: NotRequired[int]


class FoundTitle(TypedDict):
    """An entry in the mail of a run; `language` is the original one of its title."""

    entry: str
    title: dict[str, str]
    language: str


class SearchRun(TypedDict):
    """What a search has found: of `total` entries those that its mail lists."""

    _id: str
    search: str
    owner: str
    at: datetime
    total: int
    entries: list[FoundTitle]


def new_search(search: str, owner: str, position: int, at: datetime) -> SavedSearch:
    """One without a name and a query yet, for what becomes public after `position`."""
    return {
        "_id": search,
        "owner": owner,
        "name": "",
        "query": {},
        "mail": NONE,
        "event": False,
        "position": position,
        "due_at": at,
        "created_at": at,
    }


def query_of(saved: SavedSearch) -> SearchQuery:
    """The search of what a saved search keeps: {"q": text, facet: codes}."""
    kept = saved["query"]
    return SearchQuery(
        str(kept.get("q", "")), {name: tuple(codes) for name, codes in kept.items() if name != "q" and codes}
    )


def first_run(saved: SavedSearch, now: datetime) -> datetime:
    """When a search that is new or was changed runs for the first time."""
    if saved["mail"] == NONE and not saved["event"]:
        return NEVER
    return next_run(saved, now) if saved["mail"] == DAILY and not saved["event"] else now


def next_run(saved: SavedSearch, now: datetime) -> datetime:
    """When a search runs again after a run that found something."""
    if saved["mail"] == NONE and not saved["event"]:
        return NEVER
    return now + (timedelta(days=1) if saved["mail"] == DAILY and not saved["event"] else PAUSE)


def newly_fit(found: Iterable[Card], formerly: Set[str]) -> list[Card]:
    """The entries that fit and did not before: what fits again with another revision is not new."""
    return [card for card in found if card["entry"] not in formerly]


def fits_filters(card: Card, query: SearchQuery, year: int) -> bool:
    """Whether a card has the codes of each facet of the query. `year` is this year."""
    values = facet_values(card, year)
    return all(admits(codes, values[facet]) for facet, codes in query.filters.items())
