"""The channel `queue` of event subscriptions: a queue of its own per subscription, filled from the event log."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from wsis_shared import clock
from wsis_shared.bus import Loop, Parts
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import worker

from wsis_agencies.event_log.rules.filters import matches
from wsis_agencies.event_log.rules.log import numbered
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.events import disabled
from wsis_agencies.event_subscriptions.management import Management
from wsis_agencies.event_subscriptions.store.queues import DELETE, LOCK, EventQueues
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions
from wsis_agencies.queues.publisher import Message, Publisher
from wsis_agencies.queues.rules import from_oldest, is_abandoned, progress, queue_name
from wsis_agencies.settings import Settings

Row = dict[str, Any]
BATCH = 200  # numbers of the log that one round looks through for a queue; as many may be in it beyond its length
SILENT = "silent"  # why it is disabled, as a webhook is
POLL_SECONDS, SLOW_POLL_SECONDS = 0.1, 2.0  # of the log, and of the subscriptions


class Queues:
    """Creates, fills and deletes queues on the broker for agencies (`WSIS_AGENCIES_...`)."""

    def __init__(self, db: Any, batch: int = BATCH) -> None:
        self._settings, self._batch = Settings.current(), batch
        self._log, self._queues, self._subscriptions = EventLog(db), EventQueues(db), EventSubscriptions(db)

    def create(self, subscription: Mapping[str, Any], position: int) -> Row:
        """A queue that gets what follows `position`, with the credentials of its reader, which nobody stores.

        Raises Conflict where the suite has no such broker, Unavailable where it does not answer."""
        self._management.prepare()
        self._queues.put(subscription["_id"], queue_name(subscription), position, clock.now())
        return self._credentials(subscription)

    def rotate(self, subscription: Mapping[str, Any]) -> Row:
        """A new password; connections with the former one end. Makes a lost queue anew.

        Raises Conflict and Unavailable like `create`."""
        self._queues.close(subscription["_id"], None)
        return self._credentials(subscription)

    def lock(self, subscription: Mapping[str, Any]) -> None:
        """Have its reader get a password that nobody knows, and its connections ended (see `close`)."""
        self._queues.close(subscription["_id"], LOCK)

    def remove(self, subscription: Mapping[str, Any]) -> None:
        """Have the queue deleted with what is in it (see `close`)."""
        self._queues.close(subscription["_id"], DELETE)

    @worker(singleton=True)
    def close_queues(self, loop: Loop) -> None:
        """Do at the broker what `lock` and `remove` have asked for, until the loop ends: whoever asks neither waits for
        the broker nor fails with it. Raises Unavailable where it does not answer."""
        while loop.running:
            for queue in self._queues.closing() if self._settings.agencies_management_uri else ():
                if queue["closing"] == DELETE:
                    self._management.delete_queue(queue["name"])
                else:
                    self._management.put_queue(queue["name"], _password())
                self._queues.closed(queue)
            loop.wait(SLOW_POLL_SECONDS)

    def count_full(self) -> int:
        """How many queues of active subscriptions take no more."""
        return self._queues.count_full()

    @worker(singleton=True)
    def fill_queues(self, loop: Loop) -> None:
        """Fill the queues until the loop ends. Raises Unavailable where the broker goes away."""
        while loop.running:
            if not (self._settings.agencies_management_uri and self._queues.active()):
                loop.wait(SLOW_POLL_SECONDS)
                continue
            with Publisher(";".join(self._uris(*_login(self._settings.agencies_management_uri)))) as publisher:
                while loop.running and (queues := self._queues.active()):
                    if not self._fill(queues, publisher):
                        loop.wait(POLL_SECONDS)

    def _fill(self, queues: list[Row], publisher: Publisher) -> bool:
        """One round over all queues; returns whether there may be more."""
        first, last = self._log.bounds()
        now = clock.now()
        behind = [queue for queue in queues if queue["position"] < last and queue["due"] <= now]
        if not behind:
            return False
        begun = [from_oldest(queue, first) for queue in behind]
        starts = {queue["position"] for queue in begun}
        pages = {start: self._log.page(start, self._batch) for start in starts}  # most begin at the same place
        passed = [[row for row in pages[queue["position"]] if matches(row, queue["filters"])] for queue in begun]
        messages = [each for queue, rows in zip(begun, passed, strict=True) for each in _messages(queue, rows)]
        accepted = iter(publisher.publish(messages))
        moves = []
        for stored, queue, rows in zip(behind, begun, passed, strict=True):
            end = pages[queue["position"]][-1]["seq"] if pages[queue["position"]] else queue["position"]
            numbers = [row["seq"] for row in rows]
            moves.append((stored, progress(queue, end, numbers, [next(accepted) for _ in rows], now)))
        self._queues.advance(moves)
        for queue, after in moves:
            if is_abandoned(after.full_since, now):
                self._disable(queue)
        return True

    def _disable(self, queue: Row) -> None:
        """Fill it no more, and mail its owner. Whatever they change at that moment stands."""

        def work() -> None:
            found = self._subscriptions.find(queue["_id"])
            if found["state"] == "active":
                event = disabled(found, queue["name"], SILENT)
                self._subscriptions.put({**found, "state": "disabled", "reason": SILENT}, event)
                self._queues.empty(queue["_id"])

        try:
            in_transaction(work)
        except (NotFound, Conflict):  # removed or changed by its owner
            return

    def _credentials(self, subscription: Mapping[str, Any]) -> Row:
        name, password = queue_name(subscription), _password()
        self._management.put_queue(name, password)
        return {"uri": self._uris(name, password)[0], "queue": name}

    @property
    def _management(self) -> Management:
        uri = self._settings.agencies_management_uri
        if not uri:
            raise Conflict("notifications.queues_not_offered")
        return Management(uri, self._settings.agencies_vhost, self._settings.agencies_queue_length)

    def _uris(self, user: str, password: str) -> list[str]:
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        vhost = quote(self._settings.agencies_vhost, safe="")
        addresses = map(urlsplit, self._settings.agencies_amqp_uri.split(";"))
        return [
            urlunsplit((parts.scheme, f"{login}@{parts.netloc.rpartition('@')[2]}", f"/{vhost}", "", ""))
            for parts in addresses
        ]


def _messages(queue: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Message]:
    """The events for a queue, each with the number of the one before it."""
    previous = queue.get("previous")
    for row in rows:
        yield Message(queue["name"], numbered(row, previous))
        previous = row["seq"]


def _password() -> str:
    return secrets.token_urlsafe(24)


def _login(uri: str) -> tuple[str, str]:
    """(user, password) of a URI."""
    parts = urlsplit(uri)
    return unquote(parts.username or ""), unquote(parts.password or "")


def compose(parts: Parts) -> Queues:
    """The use cases with their collaborators; called once per process."""
    return Queues(parts.db)
