"""Marks on the methods of use cases: the bus makes an entrypoint of each (wsis_shared.bus.operations).

A marked method stays the plain method that it is. Its name, or the `name` of the mark, is that of the entrypoint, which
routes, queues and callers use. Its parameters are the arguments of a message, but those that the bus supplies by name:

| parameter | is |
| --- | --- |
| `ctx` | the context of the message |
| `blobs`, `jobs` | files and jobs of the service |
| `notify`, `grants`, `stopping` | as on `wsis_shared.bus.service.Bus` |

A route with `mode=Mode.JOB` makes the response from the job that the method returns.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from wsis_shared.events import EventKey

F = TypeVar("F", bound=Callable[..., Any])  # a marked method keeps its signature
Select = Callable[[Iterable[Any]], Sequence[EventKey]]  # called at start with all plugins


@dataclass(frozen=True)
class Mark:
    """One entrypoint: its `kind` is the name of its decorator below."""

    kind: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    name: str = ""


def marks_of(method: Any) -> tuple[Mark, ...]:
    """The marks of a method, the outermost first."""
    marks: tuple[Mark, ...] = getattr(method, "wsis_marks", ())
    return marks


def _marked(kind: str, *arguments: Any, name: str = "", **options: Any) -> Callable[[F], F]:
    def mark(method: F) -> F:
        marks = (Mark(kind, arguments, options, name), *marks_of(method))
        method.wsis_marks = marks  # type: ignore[attr-defined]  # an attribute of the function
        return method

    return mark


def inherited(method: F) -> F:
    """A copy of a method of a base class, to be marked under a name of the subclass: `list_imports = rpc(inherited(
    FollowedImports.page))`."""
    function: Any = method
    copy: Any = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    return functools.update_wrapper(copy, function)  # type: ignore[no-any-return]  # of the same type


@overload
def rpc(method: F) -> F: ...
@overload
def rpc(
    *, writes: bool = False, store_response: bool = True, repeatable: bool = False, turn: str = "", name: str = ""
) -> Callable[[F], F]: ...
def rpc(method: Callable[..., Any] | None = None, *, name: str = "", **options: Any) -> Any:
    """The gateway and other services call it (`wsis_shared.bus.entrypoints.rpc`)."""
    mark = _marked("rpc", name=name, **options)
    return mark(method) if method is not None else mark


def command(
    *arguments: str, batch: int = 500, min_interval: float = 0.02, prefetch: int | None = None
) -> Callable[[F], F]:
    """It handles commands in batches (`wsis_shared.bus.commands.command`)."""
    return _marked("command", *arguments, batch=batch, min_interval=min_interval, prefetch=prefetch)


def subscribe(
    source: str, event: str, *, version: int = 1, prefetch: int | None = None, name: str = ""
) -> Callable[[F], F]:
    """It handles an event (`wsis_shared.bus.subscriptions.subscribe`): `method(event)`, or `method(erasure)` for an
    Erasure of the event."""
    return _marked("subscribe", source, event, version=version, prefetch=prefetch, name=name)


def subscribe_many(select: Select, *, prefetch: int | None = None, name: str = "") -> Callable[[F], F]:
    """It handles several events from one queue (`wsis_shared.bus.subscriptions.subscribe_many`)."""
    return _marked("subscribe_many", select, prefetch=prefetch, name=name)


def subscribe_batches(select: Select, *, name: str = "", **options: Any) -> Callable[[F], F]:
    """It handles events in batches (`wsis_shared.bus.subscriptions.subscribe_batches`, which has the options)."""
    return _marked("subscribe_batches", select, name=name, **options)


def every(seconds: float, *, singleton: bool = True) -> Callable[[F], F]:
    """A timer (`wsis_shared.bus.timers.every`)."""
    return _marked("every", seconds, singleton=singleton)


def job(
    *, transaction: bool = True, attempts: int = 5, duty_cycle: float = 1.0, clean_up: str = ""
) -> Callable[[F], F]:
    """It runs a step of the jobs of its name (`wsis_shared.bus.jobs.job`). `clean_up`: a method of the same class."""
    return _marked("job", transaction=transaction, attempts=attempts, duty_cycle=duty_cycle, clean_up=clean_up)


def worker(*, singleton: bool = False, stop_seconds: float = 20.0) -> Callable[[F], F]:
    """A loop from start to stop (`wsis_shared.bus.workers.worker`)."""
    return _marked("worker", singleton=singleton, stop_seconds=stop_seconds)


def inbound_mail(method: F) -> F:
    """It handles the mail of a mailbox (`wsis_shared.bus.inbound_mail.inbound_mail`)."""
    return _marked("inbound_mail")(method)
