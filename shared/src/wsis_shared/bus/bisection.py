"""A batch in one transaction; where it fails, each half by itself, until the poison message is alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from wsis_shared import context, spans
from wsis_shared.bus.entrypoints import STORE_RETRY_SECONDS
from wsis_shared.bus.instrumentation import instrumented
from wsis_shared.bus.tries import GivenUp, counted
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.mongo import in_transaction

if TYPE_CHECKING:
    from wsis_shared.bus.service import Bus

Item = TypeVar("Item")


class PoisonMessage(SuiteError):
    """The outcome of a message whose handler fails even when it runs alone. `reply` is what its sender is told, where
    that is more than an internal error. It is dead-lettered; with `is_final=False` it is tried again."""

    reply: SuiteError | None = None
    is_final: bool | None = None


BEHIND = object()  # the outcome of a message that waits for another of its key


def run_with_bisection(
    bus: Bus,
    handler: str,
    items: Sequence[Item],
    context_of: Callable[[Item], context.Context],
    work: Callable[[Sequence[Item]], Sequence[object]],
    key_of: Callable[[Item], Hashable] | None = None,
) -> list[object]:
    """Run `work(items)` in one transaction, in the context of the first item; it returns an outcome per item. When it
    fails, run each half by itself: the outcome of an item that fails alone is a PoisonMessage, and that of later ones
    with its `key_of` is BEHIND. Raises Unavailable when the store stays unavailable."""
    failed: set[Hashable] = set()
    outcomes: list[object] = [BEHIND] * len(items)
    parts: list[Sequence[int]] = [range(len(items))]  # what is still to run, the next one last
    while parts:
        part = [at for at in parts.pop() if key_of is None or key_of(items[at]) not in failed]
        if not part:
            continue
        found = _run_together(bus, handler, [items[at] for at in part], context_of, work)
        if found is not None:
            for at, outcome in zip(part, found, strict=True):
                outcomes[at] = outcome
        elif len(part) == 1:
            outcomes[part[0]] = PoisonMessage("suite.internal_error")
            if key_of is not None:
                failed.add(key_of(items[part[0]]))
        else:
            middle = len(part) // 2
            parts += part[middle:], part[:middle]
    return outcomes


def run_suspect(bus: Bus, handler: str, id: str, run: Callable[[], list[object]]) -> list[object]:
    """The outcome of one message, `run` alone and counted before."""
    try:
        with counted(bus, handler, id):
            return run()
    except GivenUp:
        given_up = PoisonMessage("suite.internal_error")
        given_up.is_final = True
        return [given_up]


def _run_together(
    bus: Bus,
    handler: str,
    items: Sequence[Item],
    context_of: Callable[[Item], context.Context],
    work: Callable[[Sequence[Item]], Sequence[object]],
) -> list[object] | None:
    """The outcomes; None where it fails."""
    try:
        # In the trace of the first of them that is recorded.
        ctx, *others = sorted(map(context_of, items), key=_is_not_recorded) if spans.is_on() else [context_of(items[0])]
        outcomes = instrumented(
            bus.service,
            handler,
            ctx,
            partial(in_transaction, partial(work, items)),
            seconds=STORE_RETRY_SECONDS,
            stopping=bus.stopping,
            linked=[other.traceparent for other in others if spans.is_recorded(other.traceparent)],
        )
        if len(outcomes) != len(items):
            raise AssertionError(f"{handler} returned {len(outcomes)} outcomes for {len(items)} messages")
        return list(outcomes)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 -- `instrumented` has logged it; the other messages must not fail with it
        return None


def _is_not_recorded(ctx: context.Context) -> bool:
    return not spans.is_recorded(ctx.traceparent)
