"""Agencies with webhooks: the service in this process, the process `webhooks` beside it, and a log to append to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from wsis_shared import clock
from wsis_testkit import actor, wait_for
from wsis_testkit.interruptions import InProcess

from wsis_agencies.deliveries.store.lanes import LEASE
from wsis_agencies.event_log.rules.log import row_of
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.schemas import EventSubscriptionBody
from wsis_agencies.webhooks import supervisor

from .webhook_receiver import Receiver

TYPE = "wsis.prizes.project_submitted.v1"
SPEEDUP = 3_600.0  # six hours are six seconds
WAITS = {"POLL_SECONDS": 0.05, "FLUSH_SECONDS": 0.1, "SCAN_SECONDS": 0.1, "LEASE_SECONDS": 4}  # of the supervisor


def settings(**waits: float) -> dict[str, str]:
    """Of the process, with other waits."""
    return {
        "WSIS_WEBHOOKS_LOOPBACK": "1",
        "WSIS_WEBHOOKS_SPEEDUP": str(SPEEDUP),
        "WSIS_WEBHOOKS_TIMEOUT": "2",
        "CONSTANTS": " ".join(f"{supervisor.__name__}:{name}={value}" for name, value in {**WAITS, **waits}.items()),
    }


SETTINGS = settings()
AGENCY = actor("agency", id="itu")
OFFICER = actor("officer", id="officer")


class Agencies:
    """One per test module."""

    def __init__(self, db: Any) -> None:
        self.service = InProcess("agencies", db, {"accounts": {}})
        self.log = EventLog(db)
        self.receivers: list[Receiver] = []

    def call(self, method: str, who: Any = AGENCY, **arguments: Any) -> Any:
        """Call the service."""
        return self.service.call(method, who, at=clock.now(), **arguments)

    def append(self, subjects: Iterable[str], type: str = TYPE, **facets: list[Any]) -> list[int]:
        """Append an event for each subject; returns their numbers."""
        rows = [
            {
                **row_of(
                    {
                        "id": uuid.uuid4().hex,
                        "source": "/wsis/prizes",
                        "type": type,
                        "time": clock.iso(clock.now()),
                        "subject": subject,
                        "data": {"project": subject, "title": "Ünïcödé"},
                    },
                    {},
                ),
                "facets": facets,
            }
            for subject in subjects
        ]
        before = self.log.last()
        self.log.append(rows)
        return list(range(before + 1, before + 1 + len(rows)))

    def receiver(self, **options: Any) -> Receiver:
        """One that listens."""
        made = Receiver(**options).start()
        self.receivers.append(made)
        return made

    def subscribe(self, receiver: Receiver, who: Any = AGENCY, *, active: bool = True, **body: Any) -> str:
        """A subscription of a receiver, which has agreed; returns its id."""
        given = EventSubscriptionBody().load({"name": "Register", "url": receiver.url, **body})
        made = self.call("create_event_subscription", who, body=given)
        receiver.secrets = [made["secret"]]
        if active:
            self.wait_state(made["id"], "active")
        return str(made["id"])

    def read(self, subscription: str) -> dict[str, Any]:
        """As its owner sees it."""
        found: dict[str, Any] = self.call("read_event_subscription", OFFICER, subscription=subscription)
        return found

    def wait_state(self, subscription: str, state: str, seconds: float = 15) -> dict[str, Any]:
        """Wait until it is in a state."""

        def found() -> Any:
            read = self.read(subscription)
            return read if read["state"] == state else None

        return dict(wait_for(found, seconds, f"{subscription} to be {state}"))

    def attempts(self, subscription: str) -> list[dict[str, Any]]:
        """The newest 100 attempts."""
        page = self.call("list_delivery_attempts", OFFICER, subscription=subscription, limit=100)
        return list(page["items"])

    def deliverer(self, lane: str) -> int | None:
        """The process (its number) that delivers a lane."""
        lease = self.service.db.leases.find_one({"_id": LEASE + lane, "until": {"$gt": clock.now().timestamp()}})
        return int(lease["owner"].split(":")[1]) if lease else None

    def close(self) -> None:
        """Stop the receivers."""
        for receiver in self.receivers:
            receiver.stop()
