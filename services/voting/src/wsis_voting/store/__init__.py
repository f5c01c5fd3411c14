"""Repositories: the only modules that know pymongo."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index

from wsis_voting.store.ballots import Ballots
from wsis_voting.store.claims import Claims
from wsis_voting.store.contests import Contests
from wsis_voting.store.counters import Counters
from wsis_voting.store.log import Fenced, Log, Results
from wsis_voting.store.looks import Looks
from wsis_voting.store.lookup import Lookup
from wsis_voting.store.recorders import Recorders
from wsis_voting.store.registrations import Registrations
from wsis_voting.store.review import COLLECTIONS as REVIEW
from wsis_voting.store.review import Review
from wsis_voting.store.tallies import Tallies

COLLECTIONS = (
    *REVIEW,
    CollectionSpec("contests", small="one for each edition"),
    CollectionSpec("rosters"),
    CollectionSpec("contest_keys"),
    # `votes` and `ballots` have no index but `_id`: more would cost each vote. An edition's ballots are a range of ids.
    CollectionSpec("votes"),
    CollectionSpec("ballots"),
    CollectionSpec("log_batches"),
    CollectionSpec("logs", small="one for each edition"),
    CollectionSpec("log_leaves"),
    CollectionSpec("log_tiles"),
    CollectionSpec("log_heads"),
    CollectionSpec("log_openings"),
    CollectionSpec("log_results", small="one for each count of an edition"),
    CollectionSpec("completed_ballots"),
    CollectionSpec("looks", indexes=(expires("at", 7 * clock.DAY),)),
    CollectionSpec("counters", indexes=(index("edition_hour", "edition", "hour"),)),
    CollectionSpec("tallies", indexes=(index("number", "edition", "number", unique=True),)),
    CollectionSpec("reminders"),
    CollectionSpec("recorders", small="one for each process"),
    CollectionSpec("registered", small="one for each hour, domain and country; all read every ten seconds"),
    CollectionSpec("registrations"),
    CollectionSpec("voters"),
)

__all__ = [
    "COLLECTIONS", "Ballots", "Claims", "Contests", "Counters", "Fenced", "Log", "Looks", "Lookup", "Recorders",
    "Registrations", "Results", "Review", "Tallies",
]  # fmt: skip
