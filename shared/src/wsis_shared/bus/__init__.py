"""Nameko entrypoints and dependencies that neither lose nor repeat work (docs/decisions/0002-bus.md).

The only package that imports nameko and eventlet. A service writes

    class VotingService(Service):
        name = "voting"
        ballots = Composed(compose)  # the object that does the work, with its collaborators injected

        @rpc
        def read_ballot(self, edition): ...

        @rpc(writes=True)
        def open_contest(self, edition, body): ...

        @command("edition", batch=500, min_interval=0.02)
        def cast(self, commands): ...

        @subscribe("prizes", "nominees_published")
        def on_nominees(self, event): ...

        @every(60)
        def remind(self): ...

        @job()
        def recount(self, run): ...

        @worker()
        def deliver(self, loop): ...

        @inbound_mail
        def receive_reply(self, mail): ...
"""

from wsis_shared.bus.commands import Command, command
from wsis_shared.bus.entrypoints import rpc
from wsis_shared.bus.inbound_mail import InboundMail, inbound_mail
from wsis_shared.bus.jobs import job
from wsis_shared.bus.loop import Loop
from wsis_shared.bus.native_threads import in_native_thread
from wsis_shared.bus.service import Composed, Dependency, Parts, Service, ServiceClient
from wsis_shared.bus.subscriptions import subscribe, subscribe_batches, subscribe_many
from wsis_shared.bus.timers import every
from wsis_shared.bus.workers import worker

__all__ = [
    "Command", "Composed", "Dependency", "InboundMail", "Loop", "Parts", "Service", "ServiceClient", "command", "every",
    "in_native_thread", "inbound_mail", "job", "rpc", "subscribe", "subscribe_batches", "subscribe_many", "worker",
]  # fmt: skip
