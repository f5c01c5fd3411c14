"""Repositories: the only modules that know pymongo."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index

from wsis_voting.review.store import COLLECTIONS as REVIEW

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
