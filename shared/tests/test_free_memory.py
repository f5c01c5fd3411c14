"""What was free did not go back to the system where a piece at the end of the heap stayed."""

from __future__ import annotations

import subprocess
import sys


def test_pages_that_are_free_go_back_though_a_piece_above_them_stays() -> None:
    program = """if True:
        import psutil
        from wsis_shared import free_memory

        def written():
            return psutil.Process().memory_full_info().uss // 1_000_000

        pieces = [bytes(4_000) for _ in range(10_000)]
        stay = pieces[::10]
        del pieces
        before = written()
        free_memory.give_back()
        print(before - written(), len(stay))
    """
    freed, stayed = map(int, subprocess.check_output([sys.executable, "-c", program], text=True).split())
    assert (freed > 20, stayed) == (True, 1_000)
