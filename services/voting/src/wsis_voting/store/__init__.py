"""Repositories: the only modules that know pymongo."""

from __future__ import annotations

from pymongo import ASCENDING, IndexModel
from wsis_shared.mongo import outbox_index

from wsis_voting.store.ballots import Ballots
from wsis_voting.store.claims import Claims
from wsis_voting.store.contests import Contests
from wsis_voting.store.counters import Counters
from wsis_voting.store.log import Fenced, Log, Results
from wsis_voting.store.lookup import Lookup
from wsis_voting.store.recorders import Recorders
from wsis_voting.store.registrations import Registrations
from wsis_voting.store.review import INDEXES as REVIEW
from wsis_voting.store.review import Review
from wsis_voting.store.tallies import Tallies

# `votes` and `ballots` have no index but `_id`: more would cost each vote. An edition's ballots are a range of ids.
INDEXES: dict[str, list[IndexModel]] = {
    **REVIEW,
    "contests": [outbox_index()],
    "rosters": [],
    "contest_keys": [],
    "votes": [],
    "ballots": [],
    "log_batches": [],
    "logs": [outbox_index()],
    "log_leaves": [IndexModel([("edition", ASCENDING), ("start", ASCENDING)], name="edition_start")],
    "log_tiles": [],
    "log_heads": [],
    "log_openings": [],
    "log_results": [],
    "completions": [
        outbox_index(),
        IndexModel([("at", ASCENDING)], name="at", expireAfterSeconds=7 * 24 * 3600),
    ],
    "counters": [IndexModel([("edition", ASCENDING), ("hour", ASCENDING)], name="edition_hour")],
    "tallies": [
        IndexModel([("edition", ASCENDING), ("number", ASCENDING)], name="number", unique=True),
        outbox_index(),
    ],
    "reminders": [outbox_index()],
    "recorders": [],
    "registered": [],
    "registrations": [],
    "voters": [],
}

__all__ = [
    "INDEXES", "Ballots", "Claims", "Contests", "Counters", "Fenced", "Log", "Lookup", "Recorders", "Registrations",
    "Results", "Review", "Tallies",
]  # fmt: skip
