"""What is stored before and after each dialogue with the relay, for the rows of deliveries and of campaigns alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateMany


def write_progress(
    rows: Any,
    claim: str,
    sent: Sequence[str],
    finish: Mapping[str, object],
    begun: Sequence[str],
    begin: Mapping[str, object],
) -> set[str]:
    """`sent` rows `finish`, and `begun` ones `begin`: fields that are set with the state; in one round trip. Returns
    those of `begun` that are ours to send.

    A mail that was sent while its outcome was given up as unknown is sent all the same: the late truth wins.
    """
    done = {"$set": {"state": "sent", "reason": None, **finish}}
    start = {"$set": {"state": "sending", "claim": claim, **begin}, "$inc": {"attempts": 1}}
    changes = []
    if sent:
        changes.append(UpdateMany({"_id": {"$in": list(sent)}, "claim": claim, "state": "sending"}, done))
    if begun:
        changes.append(UpdateMany({"_id": {"$in": list(begun)}, "state": "queued"}, start))
    if rows.bulk_write(changes, ordered=False).modified_count == len(sent) + len(begun):
        return set(begun)
    if sent:
        late = {"_id": {"$in": list(sent)}, "claim": claim, "state": {"$in": ["sending", "unknown"]}}
        rows.update_many(late, {**done, "$unset": {"failure_state": 1}})
    return {row["_id"] for row in rows.named(begun, {"_id": 1}, {"claim": claim, "state": "sending"})}
