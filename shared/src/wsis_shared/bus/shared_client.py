"""The AMQP client of the process as a nameko extension: replies, the outbox relay and service clients share it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from nameko.containers import ServiceContainer
from nameko.extensions import SharedExtension
from wsis_shared import probes
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.amqp.confirms import wait_confirmed
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.messages import Message, encoded, event_message
from wsis_shared.bus.loop import Loop
from wsis_shared.events import CloudEvent
from wsis_shared.outbox.repository import WAKEUP
from wsis_shared.outbox.rules import CONFIRM_SECONDS
from wsis_shared.probes import Check

WAKE = "relay_woken"  # no event of a manifest: nobody else hears it
Report = Callable[[], object]  # of a part's health: data with a JSON form


class SharedClient(SharedExtension):
    """Connected from setup until the last worker has ended."""

    def __init__(self) -> None:
        self.loops, self.checks, self.health = {}, {}, {}
        self.stop_requested = threading.Event()  # set when the first entrypoint stops, long before the workers end
        super().__init__()

    client: AmqpClient
    loops: dict[str, Loop]  # of the workers, by method
    checks: dict[str, Check]  # of what must be up to date for the process to be ready, by name
    health: dict[str, Report]  # what `health` also says, by name

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested."""
        return self.stop_requested.is_set()

    def setup(self) -> None:
        """Connect in the background. Other processes of the service wake the relay, which has also missed what came
        while it was not connected."""
        name = self.container.service_name
        self.client = AmqpClient(
            self.container.config["AMQP_URI"],
            name,
            events=((name, WAKE),),
            on_event=lambda *_: WAKEUP.wake(),
            on_connect=WAKEUP.wake,
        ).start()

    def stop(self) -> None:
        """Close the connection, after everything that publishes has ended."""
        self.client.stop()

    def publish_events(self, source: str, envelopes: Sequence[CloudEvent]) -> None:
        """Publish CloudEvents; returns when the broker has confirmed all of them. Raises Unavailable."""
        until = time.monotonic() + CONFIRM_SECONDS
        for future in self.send([event_message(source, event) for event in envelopes]):
            wait_confirmed(future, until)

    def wake_relays(self) -> None:
        """Wake the relays of all processes of the service. Where the message is lost, they look by themselves."""
        exchange = topology.event_exchange(self.container.service_name).name
        self.client.send([encoded(exchange, f"{WAKE}.v1", {}, {}, {})], timeout=1.0)

    def send(self, messages: Sequence[Message]) -> list[Future]:
        """Publish messages in their order; returns the confirm of each."""
        return self.client.send(messages)


def checks_of(container: ServiceContainer) -> dict[str, str]:
    """What is not ready in this process, with the reasons."""
    shared = [each for each in container.extensions if isinstance(each, SharedClient)]
    checks = {name: check for one in shared for name, check in one.checks.items()}
    return probes.problems_of(container.service_name, checks)
