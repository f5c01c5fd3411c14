"""O1: store and broker are lost amid a vote, and come back by `wsis backup` and `wsis restore` (`make drill`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.faults.kit.crowd import Crowd
from tests.faults.kit.restoring import Drill

VOTERS = 10  # amid the first backup, after it, and after the restore


def test_the_suite_comes_back_from_its_backup(
    suite: Any, crowd: Any, crowds: list[tuple[str, Crowd]], settled: Any, report: Any, tmp_path: Path
) -> None:
    some = crowd(3 * VOTERS)
    parts = [some.jobs(range(first, first + VOTERS)) for first in range(0, 3 * VOTERS, VOTERS)]
    drill = Drill(suite, tmp_path, lambda: sum(each.ledger.by_project().total() for _, each in crowds), print)
    drill.play(some, *parts)
    report(*drill.figures)
    settled("O1", some, [job for part in parts for job in part])
