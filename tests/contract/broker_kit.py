"""The users of the broker, by the manifests, and what the script of their definitions says of them."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from kombu import Queue
from wsis_shared.amqp import topology
from wsis_shared.plugin import discover

FOUND = discover()
NAMES = [plugin.name for plugin in FOUND]
PROCESSES = [
    process.full_name(plugin.name) for plugin in FOUND for process in plugin.processes if "amqp" in process.needs
]
LISTENERS = [
    process.full_name(plugin.name) for plugin in FOUND for process in plugin.processes if "smtp_in" in process.needs
]
MAIL_QUEUES = [
    topology.mail_queue(plugin.name, mailbox.handler).name for plugin in FOUND for mailbox in plugin.mailboxes
]


def _script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SCRIPT = _script(Path(__file__).parents[2] / "deploy/rabbitmq/definitions.py")


METHODS = sorted(
    f"{plugin.name}.{name}"
    for plugin in FOUND
    for name, method in SCRIPT.entrypoints(plugin.load("service"))
    if method.wsis_kind in ("read", "write")
)


@cache
def queues_of(name: str) -> tuple[Queue, ...]:
    """What a service consumes."""
    plugin = FOUND.get(name)
    return tuple(SCRIPT.needs(plugin, FOUND).queues) if plugin else ()


EVERY_QUEUE = [queue for name in NAMES for queue in queues_of(name)]
