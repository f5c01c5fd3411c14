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
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar, cast, overload

from wsis_shared.events import EventKey

if TYPE_CHECKING:
    from wsis_shared.plugin import Plugin

F = TypeVar("F", bound=Callable[..., object])  # a marked method keeps its signature
SUPPLIED = ("ctx", "blobs", "jobs", "notify", "grants", "stopping")
Select = Callable[[Iterable["Plugin"]], Sequence[EventKey]]  # called at start with all plugins


@dataclass(frozen=True)
class Mark:
    """One entrypoint: its `kind` is the name of its decorator below."""

    kind: str
    arguments: tuple[object, ...]
    options: Mapping[str, object]
    name: str = ""


def marks_of(method: object) -> tuple[Mark, ...]:
    """The marks of a method, the outermost first."""
    marks: tuple[Mark, ...] = getattr(method, "wsis_marks", ())
    return marks


def _marked(kind: str, *arguments: object, name: str = "", **options: object) -> Callable[[F], F]:
    def mark(method: F) -> F:
        marks = (Mark(kind, arguments, options, name), *marks_of(method))
        method.wsis_marks = marks  # type: ignore[attr-defined]  # an attribute of the function
        return method

    return mark


def inherited(method: F) -> F:
    """A copy of a method of a base class, to be marked under a name of the subclass: `list_imports = rpc(inherited(
    ImportReads.page))`."""
    function = cast(types.FunctionType, method)  # what `def` makes
    parts = function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    copy = types.FunctionType(*parts)
    functools.update_wrapper(copy, function)
    copy.__kwdefaults__ = function.__kwdefaults__
    vars(copy).pop("wsis_marks", None)
    return cast(F, copy)


@overload
def rpc(method: F) -> F: ...
@overload
def rpc(
    *,
    writes: bool = False,
    store_response: bool = True,
    repeatable: bool = False,
    turn: str = "",
    at_least: timedelta = timedelta(),
    name: str = "",
) -> Callable[[F], F]: ...
def rpc(method: Callable[..., object] | None = None, *, name: str = "", **options: object) -> object:
    """A method that the gateway and other services call with keyword arguments. Arguments that it does not take are
    dropped: the caller may be newer. Where the schemas of its routes have a `Utc`, it gets a datetime.

    `writes=True` runs it in one transaction that also stores the response: a repeat under the same Idempotency-Key, or
    another delivery of the message after a crash, gets it again, without a second effect. The method may run several
    times on a write conflict: its effects outside the store must be idempotent.

    `store_response=False` is for writes whose response contains secrets, or whose rejection must be stored (a wrong
    guess that counts): no response is stored, and the method opens its transactions itself (`mongo.in_transaction`).
    The first one also stores that the message is done: another delivery raises Conflict, without a second effect. With
    `repeatable=True` another delivery runs the method again, where that completes it or does no harm.

    `turn` names a document that each transaction of the method writes, such as a counter. Methods of the same turn run
    one after the other in a process (`bus.turns`). A call takes `at_least` so long, its transactions included, where
    the time of a response must tell nothing (`equal_times`).
    """
    mark = _marked("rpc", name=name, **options)
    return mark(method) if method is not None else mark


def command(
    *arguments: str, batch: int = 500, min_interval: float = 0.02, prefetch: int | None = None
) -> Callable[[F], F]:
    """`method(commands)` handles up to `batch` commands, at most once per `min_interval` seconds. It returns one
    outcome per command in order: a dict, or the SuiteError that rejects it. It runs in one transaction, maybe again.

    `arguments` names the path variables and query fields of its routes: all others are dropped, and a command without
    one of them is rejected and dead-lettered. `prefetch` is the number of unacknowledged commands per process, by
    default twice the batch."""
    return _marked("command", *arguments, batch=batch, min_interval=min_interval, prefetch=prefetch)


def subscribe(
    source: str, event: str, *, version: int = 1, prefetch: int | None = None, name: str = ""
) -> Callable[[F], F]:
    """Handle `event` of `source` in this version: `method(event)` gets the whole CloudEvent, `method(erasure)` the
    Erasure that it says, and runs in one transaction with its inbox entry. Declare it in the manifest's `depends_on`
    too: publishers declare the queue from there.

    `prefetch` is the number of unacknowledged events per process, by default twice WSIS_EVENT_WORKERS; 1 handles one
    at a time."""
    return _marked("subscribe", source, event, version=version, prefetch=prefetch, name=name)


def subscribe_many(select: Select, *, prefetch: int | None = None, name: str = "") -> Callable[[F], F]:
    """Handle several events from one queue. `select(plugins)` returns them; name it in the manifest's `selects` too."""
    return _marked("subscribe_many", select, prefetch=prefetch, name=name)


def subscribe_batches(
    select: Select,
    *,
    batch: int = 100,
    min_interval: float = 0.02,
    prefetch: int | None = None,
    in_order: bool = False,
    name: str = "",
) -> Callable[[F], F]:
    """The same, up to `batch` events at a time: `method(events)` gets the unseen ones, in order, in one transaction
    with their inbox entries. At a high rate it costs the store a fraction. `prefetch` is by default twice the batch.
    `in_order`: one process of the service at a time gets them, those of a subject in the order of the queue, whatever
    fails: later ones wait behind one that fails, until it is dead-lettered. Set it in the manifest's `selects` too."""
    return _marked(
        "subscribe_batches",
        select,
        batch=batch,
        min_interval=min_interval,
        prefetch=prefetch,
        in_order=in_order,
        name=name,
    )


def every(seconds: float, *, singleton: bool = True) -> Callable[[F], F]:
    """Call `method()` `seconds` after the end of the last run. `singleton`: in only one process of the service."""
    return _marked("every", seconds, singleton=singleton)


def job(
    *, transaction: bool = True, attempts: int = 5, duty_cycle: float = 1.0, clean_up: str = ""
) -> Callable[[F], F]:
    """`method(run)` does one step of the job of this name, which the manifest declares (`Plugin.jobs`), and returns
    `run.next(checkpoint, done=, total=)` or `run.finish(result)`. Other methods start one by
    `jobs.enqueue("method", {...})`.

    A step runs in one transaction with its checkpoint: it has its effects once, whatever dies. Keep it below a second.
    `transaction=False` is for long steps that write nothing: they run again from their beginning after a crash, may
    `run.report(done, total)` or `run.track(rows)`, and must end within 20 minutes.

    A step that raises is tried `attempts` times with growing pauses; then, or at once where it raises a SuiteError
    other than Unavailable, the job fails with the code of that error. `duty_cycle` is the share of the time that steps
    may take. `clean_up` names a `method(run)` of the same class that runs in the transaction in which a job fails or is
    cancelled.
    """
    return _marked("job", transaction=transaction, attempts=attempts, duty_cycle=duty_cycle, clean_up=clean_up)


def worker(*, singleton: bool = False, stop_seconds: float = 20.0) -> Callable[[F], F]:
    """`method(loop)` runs from the start to the stop of the process:

        @worker()
        def deliver(self, loop):
            while loop.running:
                if not self._store.deliver_next():
                    loop.wait(1.0)

    An error is logged and counted, and the method called again after 0.2 s, doubling to 5 s. `singleton`: in one
    process of the service at a time (lease). A stop waits for the method for `stop_seconds`, and then kills it.
    """
    return _marked("worker", singleton=singleton, stop_seconds=stop_seconds)


def inbound_mail(method: F) -> F:
    """`method(mail)` handles the mail of a mailbox that the manifest declares, each once, in one transaction with the
    note that it is done. An error gives it back; after six tries it is dead-lettered."""
    return _marked("inbound_mail")(method)
