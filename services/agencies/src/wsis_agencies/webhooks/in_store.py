"""Calls of the store from the event loop: in a thread, retried for a short time."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from wsis_shared.mongo import retry_while_unavailable

STORE_RETRY_SECONDS = 1.0
# Of its own: names of receivers are resolved in the threads of the loop, and whoever answers for a name may let them
# wait.
_THREADS = ThreadPoolExecutor(8, thread_name_prefix="store")

P = ParamSpec("P")
T = TypeVar("T")


async def in_store(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns. Raises Unavailable while the store is away; `work` may have run then."""
    again = partial(work, *args, **kwargs)
    run = partial(retry_while_unavailable, again, seconds=STORE_RETRY_SECONDS)
    run = partial(contextvars.copy_context().run, run)
    return await asyncio.get_running_loop().run_in_executor(_THREADS, run)
