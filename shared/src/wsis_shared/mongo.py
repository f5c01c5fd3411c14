"""MongoDB: one database per service, one client per process, and transactions that repositories join implicitly.

Inside `in_transaction` every operation of a `Collection` joins the transaction. The bus opens one around each handler
that writes: the change, its events (outbox), the message id (inbox) and the response for a repeat (Idempotency-Key) are
committed together.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial, wraps
from itertools import islice
from typing import Any, ParamSpec, TypeVar, overload

from bson import Binary
from pymongo import ReadPreference, WriteConcern
from pymongo import errors as mongo_errors
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern
from wsis_shared import metrics, process_registry, spans
from wsis_shared.collection import Collection, D
from wsis_shared.collection import session as _session
from wsis_shared.collection_specs import check_declared
from wsis_shared.errors import Unavailable
from wsis_shared.mongo_connection import TIMEOUTS, Client, Database, connect, members_away
from wsis_shared.settings import Suite
from wsis_shared.store_spans import StoreSpans

T = TypeVar("T")
P = ParamSpec("P")
_log = logging.getLogger(__name__)

_met_duplicate: ContextVar[bool] = ContextVar("wsis_mongo_met_duplicate", default=False)
_in_first: ContextVar[Callable[[], None] | None] = ContextVar("wsis_in_first_transaction", default=None)
_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("wsis_after_commit", default=None)

# The store is unreachable or has no primary: retry, the work itself is sound.
TRANSIENT = (
    mongo_errors.AutoReconnect,
    mongo_errors.ServerSelectionTimeoutError,
    mongo_errors.WTimeoutError,
    mongo_errors.ExecutionTimeout,
)

# All members have started again, and have not yet read the keys with which the set signs its time: they refuse commands
# of whoever was told the time before.
KEYS_NOT_READ = 211

ATTEMPTS = 30  # of a transaction that meets write conflicts

# Seconds between two tries. Each waits for a primary by itself, and goes on as soon as there is one; who sleeps then
# does not, so a longer pause saves little and keeps people waiting after an election.
LONGEST_PAUSE = 1.0

_unanswered: set[Binary] = set()  # sessions whose transaction lost its connection: perhaps open in the store

_client: Client | None = None
_client_lock = threading.Lock()


def client() -> Client:
    """The client of this process, created at first use (never before a fork)."""
    global _client
    with _client_lock:
        if _client is None:
            listeners = [StoreSpans()] if spans.is_on() else []
            _client = connect(Suite.load().mongo_uri, maxPoolSize=50, event_listeners=listeners, **TIMEOUTS)
            metrics.STORE_AWAY.set_function(partial(members_away, _client))
        return _client


def database(service: str) -> Database:
    """The service's own database, with majority and journalled writes (the defaults have lost data)."""
    name = (Suite.load().mongo_prefix + service).replace("-", "_")
    return client().get_database(name, write_concern=WriteConcern(w="majority", j=True))


class Repository:
    """Base of each service's store: `self.collection("projects")`, `self.save(...)`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @overload
    def collection(self, name: str) -> Collection[Any]: ...

    @overload
    def collection(self, name: str, of: type[D]) -> Collection[D]: ...

    def collection(self, name: str, of: object = None) -> Collection[Any]:
        """The named collection with its documents of the type `of`, joined to the open transaction. Raises LookupError
        where it is not declared."""
        check_declared(self.db, name)
        return Collection(self.db[name])


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items in their order, the last one shorter. Reads `items` as it goes."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def is_in_transaction() -> bool:
    """Is a transaction open, which operations join?"""
    return _session.get() is not None


def in_transaction(work: Callable[[], T]) -> T:
    """Run `work` in a transaction (or in the one that is open) and return its result.

    A write conflict runs `work` again. So does a duplicate key: the second run sees the document that won the race.
    `work` may therefore run several times; its effects outside the store must be idempotent.
    """
    if _session.get() is not None:
        return work()
    met_duplicate = False
    for attempt in range(ATTEMPTS):
        hooks: list[Callable[[], None]] = []
        try:
            _end_unanswered()
            with client().start_session() as session:
                if registry := process_registry.current():
                    registry.register_session(session)
                session.start_transaction(
                    read_concern=ReadConcern("snapshot"),
                    write_concern=WriteConcern(w="majority", j=True),
                    read_preference=ReadPreference.PRIMARY,
                )
                result = _run(session, hooks, work, met_duplicate)
        except mongo_errors.PyMongoError as error:
            raced = isinstance(error, (mongo_errors.DuplicateKeyError, mongo_errors.BulkWriteError)) and _is_duplicate(
                error
            )
            if attempt == ATTEMPTS - 1 or not (raced or error.has_error_label("TransientTransactionError")):
                raise
            met_duplicate = met_duplicate or raced
            if attempt % 10 == 9 and (registry := process_registry.current()):
                registry.reap()  # a persistent conflict may be the transaction of a dead process
            time.sleep(random.uniform(0.001, 0.01 * (attempt + 1)))  # noqa: S311 -- jitter, not a secret
            continue
        _in_first.set(None)
        for hook in hooks:
            hook()
        return result
    raise AssertionError("unreachable")


def transactional(method: Callable[P, T]) -> Callable[P, T]:
    """The method runs in the open transaction, or in one of its own."""

    @wraps(method)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return in_transaction(partial(method, *args, **kwargs))

    return run


def _run(session: ClientSession, hooks: list[Callable[[], None]], work: Callable[[], T], met_duplicate: bool) -> T:
    token, hooked, met = _session.set(session), _after_commit.set(hooks), _met_duplicate.set(met_duplicate)
    try:
        if first := _in_first.get():
            first()
        result = work()
        _commit(session)
        return result
    except mongo_errors.ConnectionFailure:
        _unanswered.add(session.session_id["id"])
        # Nobody else gets this session from pymongo's pool: a kill that comes late would end their transaction.
        session._server_session.mark_dirty()
        # pymongo would abort it at the end of the session, and say of a store that is just starting that it has none.
        if session.in_transaction:
            with suppress(mongo_errors.ConfigurationError):
                session.abort_transaction()
        raise
    finally:
        _session.reset(token)
        _after_commit.reset(hooked)
        _met_duplicate.reset(met)


@contextmanager
def in_first_transaction(hook: Callable[[], None]) -> Iterator[None]:
    """Run `hook` within the first transaction of this block that is committed, before its work. What `hook` raises ends
    the transaction."""
    token = _in_first.set(hook)
    try:
        yield
    finally:
        _in_first.reset(token)


def known(collection: Collection[D], ids: Iterable[T]) -> set[T]:
    """Those of `ids` that are stored, for a work that inserts the others; call it in a transaction.

    Messages seldom repeat: at first all ids are taken for new. One that is not is a duplicate key, for which
    `in_transaction` runs the work again, and then they are looked up.
    """
    if not _met_duplicate.get():
        return set()
    return {row["_id"] for row in collection.find({"_id": {"$in": list(ids)}}, {"_id": 1})}


def _end_unanswered() -> None:
    """End the transactions that lost their connection, with which the abort is lost too: pymongo says nothing of it,
    and the store would keep their documents locked for a minute. One that was committed stays so."""
    if lost := _unanswered.copy():
        try:
            process_registry.end_sessions(lost)
        except mongo_errors.OperationFailure:
            _log.exception("transactions not ended; the store ends them in a minute")
        _unanswered.difference_update(lost)


def _commit(session: ClientSession) -> None:
    for attempt in range(5):
        try:
            return session.commit_transaction()
        except mongo_errors.PyMongoError as error:
            if attempt == 4 or not error.has_error_label("UnknownTransactionCommitResult"):
                raise
            time.sleep(0.05 * 2**attempt)


def after_commit(hook: Callable[[], None]) -> None:
    """Call `hook` after the commit of the open transaction, or now when none is open."""
    hooks = _after_commit.get()
    hook() if hooks is None else hooks.append(hook)


def _is_duplicate(error: mongo_errors.PyMongoError) -> bool:
    if isinstance(error, mongo_errors.BulkWriteError):
        return any(item.get("code") == 11000 for item in (error.details or {}).get("writeErrors", []))
    return True


def is_transient(error: Exception) -> bool:
    """Is the store away, so that the same work may succeed later?"""
    if isinstance(error, mongo_errors.OperationFailure) and error.code == KEYS_NOT_READ:
        return True
    return isinstance(error, TRANSIENT) or _is_held(error)


def _is_held(error: Exception) -> bool:
    # A process that was killed in a transaction locks its documents until the store ends the transaction.
    return isinstance(error, mongo_errors.PyMongoError) and error.has_error_label("TransientTransactionError")


def retry_while_unavailable(
    work: Callable[[], T], *, seconds: float, stopping: Callable[[], bool] = lambda: False
) -> T:
    """Run `work`; while the store is unavailable, retry with back-off (0.1 s, doubling to LONGEST_PAUSE) for `seconds`.

    Then raises Unavailable. The message stays unacknowledged meanwhile: nothing is lost.
    """
    until, pause = time.monotonic() + seconds, 0.1
    while True:
        try:
            return work()
        except mongo_errors.PyMongoError as error:
            if not is_transient(error):
                raise
            if stopping() or time.monotonic() + pause > until:
                raise Unavailable("suite.store_away", "The store is unavailable.", retry_after=2) from error
            _log.warning("store unavailable, retrying", extra={"error": type(error).__name__, "held": _is_held(error)})
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
