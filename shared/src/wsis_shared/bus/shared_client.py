"""The AMQP client of the process as a nameko extension: replies, the outbox relay and service clients share it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from nameko.extensions import SharedExtension
from wsis_shared import clock, probes, tracing
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.bus.loop import Loop
from wsis_shared.probes import Check


class SharedClient(SharedExtension):
    """Connected from setup until the last worker has ended."""

    def __init__(self) -> None:
        self.loops, self.checks = {}, {}
        self.stop_requested = threading.Event()  # set when the first entrypoint stops, long before the workers end
        super().__init__()

    client: AmqpClient
    loops: dict[str, Loop]  # of the workers, by method
    checks: dict[str, Check]  # of what must be up to date for the process to be ready, by name

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested."""
        return self.stop_requested.is_set()

    def setup(self) -> None:
        """Connect in the background."""
        self.client = AmqpClient(self.container.config["AMQP_URI"], self.container.service_name).start()

    def stop(self) -> None:
        """Close the connection, after everything that publishes has ended."""
        self.client.stop()

    def publish_events(self, source: str, envelopes: Sequence[dict[str, Any]]) -> None:
        """Publish CloudEvents in structured mode; returns when the broker has confirmed all of them."""
        exchange = topology.event_exchange(source).name
        self.client.publish_all(
            [
                (
                    exchange,
                    ".".join(event["type"].split(".")[-2:]),
                    event,
                    {
                        "traceparent": tracing.child(event.get("traceparent")),
                        "wsis-received-at": clock.iso(clock.now()),
                    },
                    {"message_id": event["id"]},
                )
                for event in envelopes
            ]
        )


def checks_of(container: Any) -> dict[str, str]:
    """What is not ready in this process, with the reasons."""
    shared = [each for each in container.extensions if isinstance(each, SharedClient)]
    checks = {name: check for one in shared for name, check in one.checks.items()}
    return probes.problems_of(container.service_name, checks)
