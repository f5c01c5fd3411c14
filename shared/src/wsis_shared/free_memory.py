"""Memory that is free goes back to the system.

The heap of the C library shrinks at its end alone: one piece that stays there keeps all that is free below it. Under
hours of load a service thus held on to pages that nothing was in, each hour to some more.
"""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Return whole pages that are free, wherever in the heap they are (malloc_trim(3)): some milliseconds. Does nothing
    where the C library has no such function, as that of Alpine."""
    trim = getattr(ctypes.pythonapi, "malloc_trim", None)
    if trim is not None:
        trim(0)
