from wsis_shared.mailboxes import Mailbox
from wsis_shared.plugin import Plugin
from wsis_shared.process import Process

plugin = Plugin(
    name="loops",
    summary="Workers and processes for the tests",
    service="wsis_loops.service:Loops",
    processes=(
        Process("asyncio", "wsis_loops.processes:on_loop", "On asyncio", needs=("store",), scalable=True, replicas=2),
        Process("threads", "wsis_loops.processes:on_threads", "On threads", needs=("store",)),
        Process("ends", "wsis_loops.processes:ends", "Ends by itself"),
        Process("fails", "wsis_loops.processes:fails", "Raises"),
        Process("strict", "wsis_loops.processes:ends", "Lacks a setting", settings="wsis_loops.processes:Strict"),
    ),
    mailboxes=(Mailbox("loops", handler="receive"),),
)
