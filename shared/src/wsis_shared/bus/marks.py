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
from wsis_shared.operations import Mark, inherited, marks_of

_DECORATORS: Mapping[str, Callable[..., Any]] = {  # of methods that take and return unlike things
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


def entrypoint(mark: Mark, method: Callable[..., object]) -> object:
    """The method as nameko finds it."""
    return _DECORATORS[mark.kind](*mark.arguments, **mark.options)(method)


def make_entrypoints(service: type) -> None:
    """Of the marked methods of a service class itself. Raises ValueError for two marks of a method with one name."""
    for attribute, method in inspect.getmembers(service, inspect.isfunction):
        marks = () if hasattr(method, "wsis_kind") else marks_of(method)
        names = [mark.name or attribute for mark in marks]
        if len(set(names)) < len(names):
            raise ValueError(f"the marks of {attribute} are one entrypoint: give each a name")
        for name, mark in zip(names, marks, strict=True):
            own = method if name == attribute else inherited(method)
            own.__name__ = name  # by which the bus knows it
            setattr(service, name, entrypoint(mark, own))
