"""Nameko entrypoints and dependencies that neither lose nor repeat work (docs/decisions/0002-bus.md).

The only package that imports nameko and eventlet. `operations.service_of` makes a service class of the marked methods
of use cases (wsis_shared.operations). A service without use cases writes the class, with the same marks:

    class VotingService(Service):
        name = "voting"
        ballots = Dependency(Ballots)

        @rpc
        def read_ballot(self, edition): ...
"""

from wsis_shared.bus.clients import ServiceClient
from wsis_shared.bus.commands import Command
from wsis_shared.bus.composition import Composed, Dependency
from wsis_shared.bus.inbound_mail import InboundMail
from wsis_shared.bus.loop import Loop
from wsis_shared.bus.native_threads import in_native_thread
from wsis_shared.bus.service import Service
from wsis_shared.operations import (
    command,
    every,
    inbound_mail,
    job,
    rpc,
    subscribe,
    subscribe_batches,
    subscribe_many,
    worker,
)

__all__ = [
    "Command",
    "Composed",
    "Dependency",
    "InboundMail",
    "Loop",
    "Service",
    "ServiceClient",
    "command",
    "every",
    "in_native_thread",
    "inbound_mail",
    "job",
    "rpc",
    "subscribe",
    "subscribe_batches",
    "subscribe_many",
    "worker",
]
