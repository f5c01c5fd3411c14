"""The process's publishing connection as a nameko extension, shared by replies, the outbox relay and remote calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nameko.extensions import SharedExtension
from wsis_shared import clock, tracing
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient


class SharedLink(SharedExtension):
    """Lives from set-up until the last worker has ended."""

    link: AmqpClient
    stopping = False  # set when the first entrypoint is asked to stop, long before the workers have ended

    def setup(self) -> None:
        """Connect in the background."""
        self.link = AmqpClient(self.container.config["AMQP_URI"], self.container.service_name).start()

    def stop(self) -> None:
        """Close, after everything that publishes has ended."""
        self.link.stop()

    def publish_events(self, source: str, envelopes: Sequence[dict[str, Any]]) -> None:
        """Send CloudEvents in structured mode; returns when the broker has confirmed all."""
        exchange = topology.event_exchange(source).name
        self.link.publish_all(
            [
                (
                    exchange,
                    event["type"].split(".")[-2],
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
