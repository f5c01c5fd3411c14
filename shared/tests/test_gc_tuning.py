"""Garbage waits while a program starts, and no longer."""

from __future__ import annotations

import subprocess
import sys


def test_collection_pauses_until_the_start_is_over() -> None:
    program = """if True:
        import gc
        from wsis_shared import gc_tuning
        gc_tuning.pause()
        during = gc.isenabled()
        gc_tuning.freeze()
        print(during, gc.isenabled(), gc.get_freeze_count() > 0)
    """
    assert subprocess.check_output([sys.executable, "-c", program], text=True).split() == ["False", "True", "True"]
