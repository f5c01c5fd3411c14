"""`python -m wsis_shared.serve_process SERVICE PROCESS`: a further process of a service. Nothing is monkey-patched."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable

from wsis_shared import log, probes, settings_page, spans, start_rules, stopping
from wsis_shared.plugin import discover
from wsis_shared.settings import SettingError, Suite

_log = logging.getLogger(__name__)


def main(service: str, name: str) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit status: 0 after a stop, 1 where the process ended by itself, 2
    where it could not start. A stop that is not done in time, or that a further signal cuts short, ends it with 3."""
    plugin = discover(only=(service,), routes=False).get(service)
    process = next((one for one in plugin.processes if one.name == name), None) if plugin else None
    if process is None:
        sys.stderr.write(f"no process {name} of a plugin {service} is installed: see `wsis list`\n")
        return start_rules.NOT_STARTED
    try:
        settings = Suite.load()
        start_rules.check(*start_rules.settings_of(process), purposes=process.keys)
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return start_rules.NOT_STARTED
    log.setup(process.full_name(service), settings.log_level)
    settings_page.log_unread(settings)
    spans.start(process.full_name(service), settings.otlp_uri)
    os.nice(settings.nice)
    if settings.metrics_port:
        probes.serve(settings.metrics_port, lambda: probes.problems_of(process.full_name(service), probes.CHECKS))
    run = process.load("run")
    _log.info("serving")
    try:
        runs = _run_on_loop if inspect.iscoroutinefunction(run) else _run_on_threads
        stopped = runs(run, settings.stop_seconds)
    except Exception as error:  # noqa: BLE001 -- whatever it raises, the supervisor starts it again
        # The text of an exception may contain an address or a URI: the type and the frames suffice.
        frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        _log.error("process failed", extra={"error": type(error).__name__, "frames": frames[-8:]})
        return 1
    _log.info("stopped" if stopped else "ended by itself")
    return 0 if stopped else 1


def _run_on_loop(run: Callable[[asyncio.Event], Awaitable[object]], seconds: float) -> bool:
    async def until_stopped() -> bool:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        stopping.on_signals(seconds, lambda _: loop.call_soon_threadsafe(stop.set))
        await run(stop)
        return stop.is_set()

    return asyncio.run(until_stopped())


def _run_on_threads(run: Callable[[threading.Event], object], seconds: float) -> bool:
    stop = threading.Event()
    stopping.on_signals(seconds, lambda _: stop.set())
    run(stop)
    return stop.is_set()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
