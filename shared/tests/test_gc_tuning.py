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


def test_the_oldest_garbage_does_not_wait_for_a_quarter_of_the_program() -> None:
    """However much was loaded at the start, what has aged since is looked at again."""
    program = """if True:
        import gc
        from wsis_shared import gc_tuning
        gc_tuning.YOUNG_THRESHOLD = 1_000
        gc_tuning.pause()
        loaded = [[] for _ in range(200_000)]
        gc_tuning.freeze()
        before = gc.get_stats()[2]["collections"]
        since = [[] for _ in range(gc_tuning.YOUNG_THRESHOLD * 30)]
        print(gc.get_stats()[2]["collections"] > before)
    """
    assert subprocess.check_output([sys.executable, "-c", program], text=True).split() == ["True"]
