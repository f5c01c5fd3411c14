"""Queues and their readers at the broker for agencies (`WSIS_AGENCIES_...`)."""

from __future__ import annotations

import secrets
from functools import partial

from wsis_shared.bus import Loop
from wsis_shared.errors import Conflict
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import worker

from wsis_agencies.event_subscriptions.management import Management, uris
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription, queue_name
from wsis_agencies.event_subscriptions.store.queues import DELETE, LOCK, ClosingQueue, EventQueues
from wsis_agencies.settings import Settings

POLL_SECONDS = 2.0


class QueueReaders:
    """Creates, locks and deletes them."""

    def __init__(self, queues: EventQueues) -> None:
        self._settings, self._queues = Settings.current(), queues

    def create(self, subscription: Subscription) -> dict[str, str]:
        """A queue with the credentials of its reader, which nobody stores.

        Raises Conflict where the suite has no such broker, Unavailable where it does not answer."""
        name, password = queue_name(subscription), _password()
        self._management.prepare()
        self._management.put_queue(name, password)
        return {"uri": uris(self._settings, name, password)[0], "queue": name}

    def rotate(self, subscription: Subscription) -> dict[str, str]:
        """A new password; connections with the former one end. Makes a lost queue anew, also at a broker that is empty.

        Raises Conflict and Unavailable like `create`."""
        self._queues.keep(subscription["_id"])
        return self.create(subscription)

    def lock(self, subscription: Subscription) -> None:
        """Have its reader get a password that nobody knows, and its connections ended (see `close_queues`)."""
        self._queues.close(subscription["_id"], queue_name(subscription), LOCK)

    def remove(self, subscription: Subscription) -> None:
        """Have the queue deleted with what is in it (see `close_queues`)."""
        self._queues.close(subscription["_id"], queue_name(subscription), DELETE)

    @worker(singleton=True)
    def close_queues(self, loop: Loop) -> None:
        """Do at the broker what `lock` and `remove` have asked for, until the loop ends: whoever asks neither waits for
        the broker nor fails with it. Raises Unavailable where it does not answer."""
        while loop.running:
            for queue in self._queues.closing() if self._settings.agencies_management_uri else ():
                in_transaction(partial(self._close, queue))
            loop.wait(POLL_SECONDS)

    def _close(self, queue: ClosingQueue) -> None:
        if not self._queues.take(queue):
            return  # its reader was given a new password since
        if queue["closing"] == DELETE:
            self._management.delete_queue(queue["name"])
        else:
            self._management.put_password(queue["name"], _password())

    @property
    def _management(self) -> Management:
        uri = self._settings.agencies_management_uri
        if not uri:
            raise Conflict("notifications.queues_not_offered")
        return Management(uri, self._settings.agencies_vhost, self._settings.agencies_queue_length)


def _password() -> str:
    return secrets.token_urlsafe(24)
