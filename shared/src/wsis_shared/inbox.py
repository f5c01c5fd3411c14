"""Inbox: drops duplicates, so that a message that is delivered twice has one effect.

The transaction of the effect also stores the message id; the handler of a duplicate finds the id and stops.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NotRequired, TypedDict

from wsis_shared import clock, keys
from wsis_shared.amqp import serializer
from wsis_shared.collection import Collection
from wsis_shared.context import ANONYMOUS, SYSTEM, Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.migrations import Migration, Step, upgraded, writes_old
from wsis_shared.mongo import in_first_transaction, known
from wsis_shared.mongo_connection import Database
from wsis_shared.roles import MEMBER


class Seen(TypedDict):
    """A message that a handler has processed, or failed with `failures` times; or the last event of a subject that it
    has seen, by its `sequence`, which does not expire."""

    _id: str
    at: NotRequired[datetime]
    failures: NotRequired[int]
    sequence: NotRequired[str]


class Done(TypedDict):
    """A write that was done: with its response under an Idempotency-Key, or as it was `sent`, or with neither where
    that is not stored or is forgotten. `request` is a keyed hash of what was asked. `shows_others`: it may show more
    than the actor's own."""

    _id: str
    at: datetime
    request: NotRequired[str]
    fingerprint: NotRequired[str]  # of a former version: a hash without a key
    response: NotRequired[object]
    answer: NotRequired[object]
    sent: NotRequired[str]
    shows_others: NotRequired[bool]


def process_once(db: Database, message_id: str, handler: str, work: Callable[[], None]) -> bool:
    """Run `work` unless `handler` has processed this message; call it in a transaction. Returns whether it ran."""
    inbox = Collection(db["inbox"], Seen)
    key = f"{handler}|{message_id}"
    if known(inbox, [key]):
        return False
    inbox.insert_one({"_id": key, "at": clock.now()})
    work()
    return True


def filter_unseen(db: Database, handler: str, events: Sequence[JsonObject]) -> list[JsonObject]:
    """The events that `handler` has not processed, without duplicates; stores their ids. Call it in a transaction."""
    inbox = Collection(db["inbox"], Seen)
    wanted = {f"{handler}|{event['id']}": event for event in events}
    seen = known(inbox, wanted)
    new = {key: event for key, event in wanted.items() if key not in seen}
    if new:
        now = clock.now()
        inbox.insert_many([{"_id": key, "at": now} for key in new])
    return list(new.values())


TRIES = 6  # of a message whose handler fails


def has_failed_too_often(db: Database, handler: str, message_id: str) -> bool:
    """Count a failure of `handler` with this message, outside of a transaction. A message that is given up begins anew
    when it is returned."""
    inbox, key = Collection(db["inbox"], Seen), f"try|{handler}|{message_id}"  # no method has this name
    counted = inbox.find_one_and_update(
        {"_id": key},
        {"$inc": {"failures": 1}, "$set": {"at": clock.now()}},
        upsert=True,
        after=True,
    )
    if counted["failures"] < TRIES:
        return False
    inbox.delete_one({"_id": key})
    return True


def has_not_failed(db: Database, handler: str, message_id: str) -> None:
    """Take back one failure."""
    Collection(db["inbox"], Seen).update_one({"_id": f"try|{handler}|{message_id}"}, {"$inc": {"failures": -1}})


def is_newer(db: Database, handler: str, subject: str, sequence: str) -> bool:
    """Whether the event is newer than the last one of `subject` that `handler` has seen; if so, stores its sequence,
    which does not expire: an event may be late by months."""
    seen = Collection(db["inbox"], Seen)
    key = f"seq|{handler}|{subject}"
    last = seen.find_one({"_id": key})
    if last is not None and last["sequence"] >= sequence:
        return False
    seen.update_one({"_id": key}, {"$set": {"sequence": sequence}}, upsert=True)
    return True


def is_superseded(db: Database, handler: str, subject: str, sequence: str) -> bool:
    """Whether `handler` has seen an event of `subject` with this `sequence` or a newer one (see `is_newer`)."""
    last = Collection(db["inbox"], Seen).find_one({"_id": f"seq|{handler}|{subject}"})
    return last is not None and last["sequence"] >= sequence


# `response` was called `answer`.
_RESPONSE = Migration(
    "idempotency",
    2,
    "`answer` is called `response`",
    expand=Step(
        {"answer": {"$exists": True}, "response": {"$exists": False}},
        lambda document: {"$set": {"response": document["answer"]}},
    ),
    contract=Step({"answer": {"$exists": True}}, lambda document: {"$unset": {"answer": ""}}),
)
# Who reads the store must not find out what was asked by hashing what it may have been: a request says more than its
# response, and stays when an erasure takes that.
_REQUEST = Migration(
    "idempotency",
    3,
    "the hash of a request has a key",
    expand=Step(
        {"fingerprint": {"$exists": True}, "request": {"$exists": False}},
        lambda document: {"$set": {"request": _keyed(str(document["fingerprint"]))}},
    ),
    contract=Step({"fingerprint": {"$exists": True}}, lambda _: {"$unset": {"fingerprint": ""}}),
)
MIGRATIONS = (_RESPONSE, _REQUEST)


def _keyed(fingerprint: str) -> str:
    return keys.digest("repeated request", fingerprint)


def idempotent(
    db: Database, context: Context, method: str, arguments: dict[str, object], work: Callable[[], object]
) -> object:
    """Run a write under its Idempotency-Key; call it in a transaction. Without a key it has one effect per message.

    A repeat with the same key and arguments gets the stored response, or Conflict where an erasure took it; other
    arguments raise Invalid (422). A write that raises stores nothing, not even its key: a repeat runs again.
    See the draft at https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
    """
    if context.idempotency_key is None:
        return _once_per_message(db, context, method, work)
    responses = Collection(db["idempotency"], Done)
    key = f"{context.actor.id}|{method}|{context.idempotency_key}"
    fingerprint = hashlib.sha256(json.dumps(_content(arguments), sort_keys=True, default=str).encode()).hexdigest()
    request = _keyed(fingerprint)
    if (stored := responses.find_one({"_id": key})) is not None:
        done = upgraded(MIGRATIONS, stored)
        if done["request"] != request:
            raise Invalid("suite.idempotency_key_reused", fields={"Idempotency-Key": ["Used with another request."]})
        return _kept(done, "response")
    response = work()
    document: Done = {"_id": key, "request": request, "response": response, "at": clock.now()}
    if writes_old(db, _RESPONSE):
        document["answer"] = response
    if writes_old(db, _REQUEST):
        document["fingerprint"] = fingerprint
    responses.insert_one(_marked(document, context))
    return response


# Events of these types, whichever service publishes them, say that somebody is no more: `data.account`, or who has an
# address. Whoever handles one also forgets the stored responses that may show them.
ACCOUNT_ERASED, ADDRESS_ERASED = "account_erased", "address_erased"


def forget_erased(db: Database, event: Input) -> None:
    """Forget the stored responses that may show whom `event` says to be erased, if it does. In a transaction."""
    type = str(event.get("type")).split(".")[-2:-1]
    if type == [ACCOUNT_ERASED]:
        forget_responses(db, str(event["data"]["account"]))
    elif type == [ADDRESS_ERASED]:
        forget_responses(db, str(ANONYMOUS.id))


def forget_responses(db: Database, account: str) -> None:
    """Forget what was stored for repeats by this account, and the responses to staff: which of them show the account,
    nobody knows. A repeat has no second effect and no response (suite.response_forgotten): ANONYMOUS are many, and
    most of them wait for theirs."""
    stored = Collection(db["idempotency"], Done)
    for query in ({"_id": {"$regex": f"^{re.escape(account)}\\|"}}, {"shows_others": True}):
        stored.update_many(query, {"$unset": dict.fromkeys(("response", "answer", "sent", "shows_others"), "")})


def _once_per_message(db: Database, context: Context, method: str, work: Callable[[], object]) -> object:
    """The broker delivers a message again where the process was killed before it acknowledged it. The response is kept
    as it was sent: not every response is a document."""
    if context.message_id is None:
        return work()
    responses = Collection(db["idempotency"], Done)
    key = _message_key(context, method)
    stored = responses.find_one({"_id": key})
    if stored is not None:
        return serializer.loads(str(_kept(stored, "sent")))
    response = work()
    document: Done = {"_id": key, "sent": serializer.dumps(response), "at": clock.now()}
    responses.insert_one(_marked(document, context))
    return response


def done_once(db: Database, context: Context, method: str, work: Callable[[], object]) -> object:
    """Run a write that opens its transactions itself and whose response is not stored: the first transaction also
    stores that its message is done. Another delivery of it raises Conflict there: what was done is not done again."""
    if context.message_id is None:
        return work()
    with in_first_transaction(partial(_note_done, db, context, method)):
        return work()


def _note_done(db: Database, context: Context, method: str) -> None:
    done = Collection(db["idempotency"], Done)
    key = _message_key(context, method)
    if known(done, [key]):
        raise _forgotten()
    done.insert_one({"_id": key, "at": clock.now()})


def _message_key(context: Context, method: str) -> str:
    return f"{context.actor.id}|{method}|message {context.message_id}"  # no Idempotency-Key has a space


def _marked(document: Done, context: Context) -> Done:
    """A response to staff may show more than the actor's own."""
    if set(context.actor.roles) - {MEMBER} and context.actor != SYSTEM:
        document["shows_others"] = True
    return document


def _kept(stored: Mapping[str, object], name: str) -> object:
    """Raises Conflict for a write that was done and whose response is forgotten: it is not done again."""
    if name not in stored:
        raise _forgotten()
    return stored[name]


def _forgotten() -> Conflict:
    return Conflict("suite.response_forgotten")


def _content(arguments: dict[str, object]) -> dict[str, object]:
    """What a repeat has in common with the first request: the same file comes again under another id."""
    upload = arguments.get("upload")
    if not isinstance(upload, dict):
        return arguments
    return {**arguments, "upload": {name: value for name, value in upload.items() if name != "id"}}
