"""Starts programs of the suite by fork, so that a test pays for the start and not for the imports.

`python -P fork_server.py KIND` imports what the programs of that kind import, and then reads requests from standard
input, one JSON object a line. {"start": [arguments], "environment": {...}, "folder": path, "log": path} is answered
with a process id, {"ended": id} with the exit status, or null while it runs. Before a fork there is no connection and
no further thread. When the input ends, as it does when pytest dies, all that runs is killed.

This runs by its path: the package would import kombu before eventlet has patched what kombu imports.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module, invalidate_caches
from typing import Any

CRASHED = 137  # exit status


@dataclass(frozen=True)
class Program:
    """`load(environment, *arguments)` imports what `main(*arguments)` will; it runs before the fork."""

    load: Callable[..., object]
    main: Callable[..., int | None]


def service() -> Program:
    """As `python -m wsis_shared.serve NAME`."""
    serve = import_module("wsis_shared.serve")  # patches before all else
    import_module("wsis_shared.bus.service")  # what each needs, those too that cannot be loaded here
    from eventlet import hubs
    from wsis_shared.plugin import discover

    def load(_environment: Mapping[str, str], name: str) -> None:
        discover(routes=False)  # a service asks for all manifests when it starts
        for plugin in discover(only=(name,)):
            plugin.load("service")

    def main(name: str) -> int:
        hubs.use_hub()  # a hub of its own: two processes must not share an epoll
        status: int = serve.main(name)
        return status

    return Program(load, main)


def process() -> Program:
    """As `wsis run SERVICE PROCESS`."""
    from wsis_shared import serve_process
    from wsis_shared.plugin import discover

    def load(_environment: Mapping[str, str], service: str, name: str) -> None:
        for plugin in discover(only=(service,), routes=False):
            for one in plugin.processes:
                if one.name == name:
                    one.load("run")

    return Program(load, serve_process.main)


def gateway() -> Program:
    """As `gunicorn -c CONFIGURATION`. gunicorn's master works with the originals; its worker patches what is left."""
    from gevent import monkey

    monkey.patch_all(os=False, signal=False, queue=False)

    import_module("wsis_gateway.app")
    import_module("wsis_gateway.worker")
    from gunicorn.app import wsgiapp
    from wsis_shared.plugin import discover

    routing, pages = import_module("wsis_gateway.routing"), import_module("wsis_gateway.web.catalogue")

    @cache
    def load_pages(plugins: str) -> None:
        operations, found = routing.operations(discover(only=tuple(filter(None, plugins.split(",")))))
        pages.catalogue(found, operations)  # keeps templates and texts

    def load(environment: Mapping[str, str], _configuration: str) -> None:
        load_pages(environment.get("WSIS_GATEWAY_PLUGINS", ""))

    def main(configuration: str) -> None:
        sys.argv[:] = ["gunicorn", "-c", configuration]
        wsgiapp.run()

    return Program(load, main)


KINDS = {"service": service, "process": process, "gateway": gateway}


def next_start(program: Program) -> Callable[[], int | None]:
    """Answer requests. Returns in a child alone: the program to run."""
    running: set[int] = set()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if "ended" in request:
            answer(ended(request["ended"], running))
            continue
        try:
            program.load(request["environment"], *request["start"])
        except Exception:  # noqa: BLE001 -- the child meets it again, and says so in its log
            pass
        assert len(os.listdir("/proc/self/task")) == 1, "a thread does not survive a fork"
        gc.freeze()
        child = os.fork()
        if not child:
            become(request)
            return partial(program.main, *request["start"])
        os.setpgid(child, child)  # the child does so too: whoever comes first
        running.add(child)
        answer(child)
    for child in running:
        os.killpg(child, signal.SIGKILL)
    sys.exit()


def answer(value: int | None) -> None:
    """One line for pytest."""
    print(json.dumps(value), flush=True)


def ended(child: int, running: set[int]) -> int | None:
    """Its exit status, as subprocess has it; None while it runs."""
    pid, status = os.waitpid(child, os.WNOHANG)
    if not pid:
        return None
    running.remove(child)
    return os.waitstatus_to_exitcode(status)


def become(request: Mapping[str, Any]) -> None:
    """Make this child a process as subprocess would start it."""
    from wsis_shared.settings import Settings

    gc.enable()
    os.setpgid(0, 0)
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream, source in enumerate((os.open(os.devnull, os.O_RDONLY), log, log)):
        os.dup2(source, stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    invalidate_caches()
    Settings.forget_current()
    if place := os.environ.get("CRASH_AT"):
        crash_at(place)
    set_constants(os.environ.get("CONSTANTS", ""))


def set_constants(text: str) -> None:
    """Set other values for this process: "module:NAME=number module:NAME=number". A module reads its own by name."""
    for one in text.split():
        place, _, value = one.partition("=")
        module, name = place.split(":")
        assert hasattr(import_module(module), name), f"no constant {place}"
        setattr(import_module(module), name, json.loads(value))


def crash_at(place: str) -> None:
    """Let this process end, as by kill -9, at "module:Class.function:before" or "...:after"."""
    module, function, when = place.split(":")
    name, function = function.split(".")
    owner = getattr(import_module(module), name)
    work = getattr(owner, function)

    def crash(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            work(*args, **kwargs)
        os._exit(CRASHED)

    setattr(owner, function, crash)


if __name__ == "__main__":
    gc.disable()  # all that is imported stays; a child has collection as any process
    run = next_start(KINDS[sys.argv[1]]())
    sys.exit(run())
