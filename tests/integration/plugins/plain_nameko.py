"""A service in nameko's plain way, and its runner: what the armour is compared with.

`python plain_nameko.py AMQP_URI NOTES`: each handler appends a line to the file NOTES.
"""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402 -- patching comes first

eventlet.monkey_patch()

import logging  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.events import event_handler  # noqa: E402
from nameko.rpc import rpc  # noqa: E402

NOTES = sys.argv[2]


def note(line):
    with open(NOTES, "a") as notes:
        notes.write(line + "\n")


class Plain:
    name = "plain"

    @rpc
    def echo(self, value):
        note("echo")
        return repr(value)

    @rpc
    def slow(self, seconds):
        note("slow")
        eventlet.sleep(seconds)

    @rpc
    def time_out(self):
        note("time_out")
        with eventlet.Timeout(0.05):
            eventlet.sleep(5)

    @event_handler("outside", "told")
    def on_told(self, data):
        note("told")
        raise RuntimeError("the store is away")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    container = ServiceContainer(Plain, {"AMQP_URI": sys.argv[1]})
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(container.stop))
    container.start()
    note("ready")
    container.wait()
