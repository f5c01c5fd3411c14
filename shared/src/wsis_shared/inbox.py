"""Inbox: the same message twice has one effect.

The note that a message is done is written in the transaction of its effect. Whoever comes second finds it and stops.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from pymongo.database import Database
from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.errors import Invalid
from wsis_shared.mongo import Collection


def once(db: Database[dict[str, Any]], message_id: str, handler: str, work: Callable[[], None]) -> bool:
    """Run `work` unless this message was handled before; call it inside a transaction. Returns whether it ran."""
    inbox = Collection(db["inbox"])
    key = f"{handler}|{message_id}"
    if inbox.find_one({"_id": key}, {"_id": 1}) is not None:
        return False
    inbox.insert_one({"_id": key, "at": clock.now()})
    work()
    return True


def first_time(db: Database[dict[str, Any]], handler: str, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of `events` that were not handled before, each once, noted as handled; call it inside a transaction."""
    inbox = Collection(db["inbox"])
    wanted = {f"{handler}|{event['id']}": event for event in events}
    known = {row["_id"] for row in inbox.find({"_id": {"$in": list(wanted)}}, {"_id": 1})}
    new = {key: event for key, event in wanted.items() if key not in known}
    if new:
        now = clock.now()
        inbox.insert_many([{"_id": key, "at": now} for key in new])
    return list(new.values())


def newer(db: Database[dict[str, Any]], handler: str, subject: str, sequence: str) -> bool:
    """Is this event newer than what `handler` last saw of `subject`? Notes it if so (reliability, D13)."""
    seen = Collection(db["inbox"])
    key = f"seq|{handler}|{subject}"
    last = seen.find_one({"_id": key})
    if last is not None and last["sequence"] >= sequence:
        return False
    seen.update_one({"_id": key}, {"$set": {"sequence": sequence, "at": clock.now()}}, upsert=True)
    return True


def overtaken(db: Database[dict[str, Any]], handler: str, subject: str, sequence: str) -> bool:
    """Has `handler` seen a newer event of this subject than one with this `sequence` (see `newer`)?"""
    last = Collection(db["inbox"]).find_one({"_id": f"seq|{handler}|{subject}"})
    return last is not None and last["sequence"] >= sequence


def repeatable(
    db: Database[dict[str, Any]], context: Context, call: str, arguments: dict[str, Any], work: Callable[[], Any]
) -> Any:
    """Run a write under its Idempotency-Key; call it inside a transaction.

    The same key and arguments answer as the first time; other arguments raise Invalid (422). A refusal saves nothing,
    its key neither, so that a repeat is decided anew.
    See the draft at https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
    """
    if context.idempotency_key is None:
        return work()
    kept = Collection(db["idempotency"])
    key = f"{context.actor.id}|{call}|{context.idempotency_key}"
    print_ = hashlib.sha256(json.dumps(arguments, sort_keys=True, default=str).encode()).hexdigest()
    before = kept.find_one({"_id": key})
    if before is not None:
        if before["fingerprint"] != print_:
            raise Invalid(
                "suite.idempotency_key_reused",
                "This Idempotency-Key came before with another request.",
                fields={"Idempotency-Key": ["Used before with another request."]},
            )
        return before["answer"]
    answer = work()
    kept.insert_one({"_id": key, "fingerprint": print_, "answer": answer, "at": clock.now()})
    return answer
