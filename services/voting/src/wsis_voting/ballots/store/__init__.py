"""Votes, participation, and who records them."""

from __future__ import annotations

from wsis_shared.collection_specs import CollectionSpec, index

COLLECTIONS = (
    # `votes` and `ballots` have no index but `_id`: more would cost each vote. An edition's ballots are a range of ids.
    CollectionSpec("votes"),
    CollectionSpec("ballots"),
    CollectionSpec("completed_ballots"),
    CollectionSpec("counters", indexes=(index("edition_hour", "edition", "hour"),)),
    CollectionSpec("reminders"),
    CollectionSpec("recorders", small="one for each process"),
    CollectionSpec("voters"),
)
