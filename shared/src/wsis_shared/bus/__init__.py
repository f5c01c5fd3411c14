"""Nameko, armoured: entrypoints and dependencies that lose nothing and double nothing (docs/decisions/0002-bus.md).

The only package that imports nameko and eventlet. A service writes

    class VotingService(Service):
        name = "voting"
        store = Provide(Store)
        accounts = Remote("accounts")

        @rpc
        def read_ballot(self, edition): ...

        @rpc(writes=True)
        def open_contest(self, edition, body): ...

        @command(batch=500, apart=0.02)
        def cast(self, commands): ...

        @subscribe("prizes", "nominees_published")
        def on_nominees(self, event): ...

        @every(60)
        def remind(self): ...
"""

from wsis_shared.bus.commands import Command, command
from wsis_shared.bus.entrypoints import every, rpc
from wsis_shared.bus.service import Provide, Remote, Service
from wsis_shared.bus.subscriptions import subscribe, subscribe_batches, subscribe_each

__all__ = [
    "Command", "Provide", "Remote", "Service", "command", "every", "rpc", "subscribe", "subscribe_batches",
    "subscribe_each",
]  # fmt: skip
