"""The entrypoint of each mark (wsis_shared.operations)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from wsis_shared.bus.commands import command
from wsis_shared.bus.entrypoints import rpc
from wsis_shared.bus.inbound_mail import inbound_mail
from wsis_shared.bus.jobs import job
from wsis_shared.bus.subscriptions import subscribe, subscribe_batches, subscribe_many
from wsis_shared.bus.timers import every
from wsis_shared.bus.workers import worker
from wsis_shared.operations import Mark, marks_of

_DECORATORS: Mapping[str, Callable[..., Any]] = {
    "rpc": rpc,
    "command": command,
    "subscribe": subscribe,
    "subscribe_many": subscribe_many,
    "subscribe_batches": subscribe_batches,
    "every": every,
    "job": job,
    "worker": worker,
    "inbound_mail": lambda: inbound_mail,
}


def entrypoint(mark: Mark, method: Callable[..., Any]) -> Any:
    """The method as nameko finds it."""
    return _DECORATORS[mark.kind](*mark.arguments, **mark.options)(method)


def make_entrypoints(service: type) -> None:
    """Of the marked methods of a service class itself."""
    for attribute, method in inspect.getmembers(service, inspect.isfunction):
        if not hasattr(method, "wsis_kind"):
            for mark in marks_of(method):
                setattr(service, mark.name or attribute, entrypoint(mark, method))
