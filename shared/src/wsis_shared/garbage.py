"""Garbage collection for processes that people wait for.

By its defaults Python walks through all of a process' objects again and again: some percent of a busy process'
time, in pauses that every vote in hand waits for.
"""

from __future__ import annotations

import gc

# Objects made before a look at the youngest ones: those of some dozen requests in place of one.
YOUNG = 20_000


def spare_what_is_loaded() -> None:
    """Call it once, when all is loaded: modules, classes, schemas and catalogues are not looked at any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
