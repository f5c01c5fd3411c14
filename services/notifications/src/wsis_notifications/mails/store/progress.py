"""What is stored before and after each dialogue with the relay, for the rows of deliveries and of campaigns alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pymongo import UpdateMany
from wsis_shared.collection import Collection, D

Begun = tuple[str, str]  # the claim by which a row is sent, and the row


def write_progress(
    rows: Collection[D],
    sent: Sequence[Begun],
    finish: Mapping[str, object],
    begun: Sequence[Begun],
    begin: Mapping[str, object],
) -> set[Begun]:
    """`sent` rows `finish`, and `begun` ones `begin`: fields that are set with the state; in one round trip. Returns
    those of `begun` that are ours to send: of two claims that begin a row, one.

    A mail that was sent while its outcome was given up as unknown is sent all the same: the late truth wins.
    """
    done = {"$set": {"state": "sent", "reason": None, **finish}}
    changes = []
    for claim, ids in _by_claim(sent):
        changes.append(UpdateMany({"_id": {"$in": ids}, "claim": claim, "state": "sending"}, done))
    for claim, ids in _by_claim(begun):
        start = {"$set": {"state": "sending", "claim": claim, **begin}, "$inc": {"attempts": 1}}
        changes.append(UpdateMany({"_id": {"$in": ids}, "state": "queued"}, start))
    if rows.bulk_write(changes, ordered=False).modified_count == len(sent) + len(begun):
        return set(begun)
    for claim, ids in _by_claim(sent):
        late = {"_id": {"$in": ids}, "claim": claim, "state": {"$in": ["sending", "unknown"]}}
        rows.update_many(late, {**done, "$unset": {"failure_state": 1}})
    return {
        (claim, row["_id"])
        for claim, ids in _by_claim(begun)
        for row in rows.named(ids, {"_id": 1}, {"claim": claim, "state": "sending"})
    }


def _by_claim(begun: Iterable[Begun]) -> Iterable[tuple[str, list[str]]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for claim, row in begun:
        found[claim].append(row)
    return found.items()
