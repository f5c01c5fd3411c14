"""Garbage collection tuned for latency.

With Python's defaults the collector traverses all objects of a process again and again: some percent of the CPU time,
in pauses that delay every request in flight.
"""

from __future__ import annotations

import gc

# New objects before a collection of the youngest generation: those of some dozen requests instead of one.
YOUNG_THRESHOLD = 20_000
# Collections of one generation before one of the next. Few, since what is left after `freeze` takes little time.
OLDER_THRESHOLDS = 4, 2


def pause() -> None:
    """No collection until `freeze` or `resume`: nearly all that a start loads stays, and traversing it takes a tenth of
    the start."""
    gc.disable()


def freeze() -> None:
    """Exclude modules, classes, schemas and catalogues from collection; call it once, after they are loaded."""
    gc.collect()
    gc.freeze()
    gc.collect()  # what is frozen counts no longer: else the oldest waits until a quarter of it has come anew
    resume()


def resume() -> None:
    """Collect from now on, and seldom."""
    gc.enable()
    gc.set_threshold(YOUNG_THRESHOLD, *OLDER_THRESHOLDS)
