"""`python -m wsis_shared.serve NAME`: runs one service in this process. It patches before any other import."""

from __future__ import annotations

import warnings

# The deprecation of eventlet is known (docs/decisions/0002-bus.md); a warning at every start has no use.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from os import environ, write  # noqa: E402 -- the system's own: a signal handler must not wait

environ["EVENTLET_NO_GREENDNS"] = "yes"  # wsis_shared.bus.name_lookup; its import takes a sixth of a start

import eventlet  # noqa: E402 -- the filter comes first
from wsis_shared import stopping  # noqa: E402 -- its thread must not be patched

eventlet.monkey_patch()

import logging  # noqa: E402 -- patching comes first
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402
from wsis_shared import free_memory, gc_tuning, log, probes, settings_page, spans, start_rules  # noqa: E402
from wsis_shared.bus import green_tls, name_lookup  # noqa: E402
from wsis_shared.bus.pools import UNBOUNDED  # noqa: E402
from wsis_shared.bus.shared_client import checks_of  # noqa: E402
from wsis_shared.plugin import Plugin, discover  # noqa: E402
from wsis_shared.settings import SettingError, Suite  # noqa: E402

name_lookup.of_system()
green_tls.as_in_python()

SECONDS_TO_GIVE_BACK = 60.0  # between two times that free memory is given back
BEGIN = b"."  # of a stop; no number of a signal that has a handler


def main(name: str) -> int:
    """Serve until SIGTERM or SIGINT, then finish the work in flight. Returns the exit status: 2 where a
    setting is missing or wrong, with one line that names it. A stop that is not done in time, or that a further signal
    cuts short, ends the process with the status 3."""
    gc_tuning.pause()
    plugin = discover(only=(name,)).get(name)
    if plugin is None:
        sys.stderr.write(f"no plugin called {name} is installed: see `wsis list`\n")
        return start_rules.NOT_STARTED
    try:
        settings = Suite.load()
        start_rules.check(*start_rules.settings_of(plugin))
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return start_rules.NOT_STARTED
    log.setup(name, settings.log_level)
    settings_page.log_unread(settings)
    spans.start(name, settings.otlp_uri)
    os.nice(_niceness(plugin, settings))
    container = ServiceContainer(plugin.load("service"), {"AMQP_URI": settings.amqp_uri, "max_workers": UNBOUNDED})
    _stop_at_signal(container, settings.stop_seconds)
    started = False
    if settings.metrics_port:
        probes.serve(settings.metrics_port, lambda: checks_of(container) if started else {"start": "not done yet"})
    container.start()
    started = True
    gc_tuning.freeze()
    eventlet.spawn_n(_give_back_memory)
    logging.getLogger(__name__).info("serving")
    container.wait()
    logging.getLogger(__name__).info("stopped")
    return 0


def _give_back_memory() -> None:
    while True:
        eventlet.sleep(SECONDS_TO_GIVE_BACK)
        free_memory.give_back()


def _stop_at_signal(container: ServiceContainer, seconds: float) -> None:
    """By a pipe: the hub notices what a signal handler spawns when its next timer is due, and this at once. The
    interpreter writes into the pipe as well (`signal.set_wakeup_fd`): a handler runs when the main thread does, and a
    signal just before the hub waits, or one that another thread gets, wakes nothing else."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)

    def stop() -> None:
        received = b""
        while BEGIN not in received:
            eventlet.hubs.trampoline(told, read=True)
            received = os.read(told, 64)
        _stop(container)

    eventlet.spawn_n(stop)
    stopping.on_signals(seconds, lambda _: write(tell, BEGIN))
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)


def _stop(container: ServiceContainer) -> None:
    """A part that raises as it stops must not keep the process from its end: the system closes the connections."""
    try:
        container.stop()
    except Exception as error:  # noqa: BLE001 -- whatever it raises
        logging.getLogger(__name__).error("stop failed", extra={"error": type(error).__name__})
        os._exit(stopping.CUT_SHORT)


def _niceness(plugin: Plugin, suite: Suite) -> int:
    # A service may declare a default of its own for the same variable.
    own = plugin.load("settings")
    return int(getattr(own.load() if own else suite, "nice", suite.nice))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
