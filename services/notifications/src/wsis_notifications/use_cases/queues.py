"""The channel `queue` of event subscriptions: a queue of its own per subscription, filled from the event log."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from wsis_shared import clock
from wsis_shared.bus import Loop, Parts

from wsis_notifications.agency_broker.management import Management
from wsis_notifications.agency_broker.publisher import Message, Publisher
from wsis_notifications.domain.event_filters import matches
from wsis_notifications.domain.event_log import public_envelope
from wsis_notifications.domain.event_queues import progress, queue_name
from wsis_notifications.errors import event_log as errors
from wsis_notifications.settings import Settings
from wsis_notifications.store.event_log import EventLog
from wsis_notifications.store.event_queues import DELETE, LOCK, EventQueues

Row = dict[str, Any]
BATCH = 200  # numbers of the log that one round looks through for a queue; as many may be in it beyond its length
POLL_SECONDS, SLOW_POLL_SECONDS = 0.1, 2.0  # of the log, and of the subscriptions


class Queues:
    """Creates, fills and deletes queues on the broker for agencies (`WSIS_AGENCIES_...`)."""

    def __init__(self, db: Any, batch: int = BATCH) -> None:
        self._settings, self._batch = Settings.current(), batch
        self._log, self._queues = EventLog(db), EventQueues(db)

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

    def close(self, loop: Loop) -> None:
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

    def deliver(self, loop: Loop) -> None:
        """Fill the queues until the loop ends. Raises Unavailable where the broker goes away."""
        while loop.running:
            if not (self._settings.agencies_management_uri and self._queues.active()):
                loop.wait(SLOW_POLL_SECONDS)
                continue
            with Publisher(self._uri(*_login(self._settings.agencies_management_uri))) as publisher:
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
        starts = [max(queue["position"], first - 1) for queue in behind]
        pages = {start: self._log.page(start, self._batch) for start in set(starts)}  # most begin at the same place
        ends = [pages[start][-1]["seq"] if pages[start] else start for start in starts]
        passed = [
            [row for row in pages[start] if matches(row, queue["filters"])]
            for start, queue in zip(starts, behind, strict=True)
        ]
        messages = [
            Message(queue["name"], public_envelope(row))
            for queue, rows in zip(behind, passed, strict=True) for row in rows
        ]  # fmt: skip
        accepted = iter(publisher.publish(messages))
        self._queues.advance(
            (queue, progress(queue, end, [row["seq"] for row in rows], [next(accepted) for _ in rows], now))
            for queue, rows, end in zip(behind, passed, ends, strict=True)
        )
        return True

    def _credentials(self, subscription: Mapping[str, Any]) -> Row:
        name, password = queue_name(subscription), _password()
        self._management.put_queue(name, password)
        return {"uri": self._uri(name, password), "queue": name}

    @property
    def _management(self) -> Management:
        uri = self._settings.agencies_management_uri
        if not uri:
            raise errors.queues_not_offered()
        return Management(uri, self._settings.agencies_vhost, self._settings.agencies_queue_length)

    def _uri(self, user: str, password: str) -> str:
        parts = urlsplit(self._settings.agencies_amqp_uri)
        host = parts.netloc.rpartition("@")[2]
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        vhost = quote(self._settings.agencies_vhost, safe="")
        return urlunsplit((parts.scheme, f"{login}@{host}", f"/{vhost}", "", ""))


def _password() -> str:
    return secrets.token_urlsafe(24)


def _login(uri: str) -> tuple[str, str]:
    """(user, password) of a URI."""
    parts = urlsplit(uri)
    return unquote(parts.username or ""), unquote(parts.password or "")


def compose(parts: Parts) -> Queues:
    """The use cases with their collaborators; called once per process."""
    return Queues(parts.db)
