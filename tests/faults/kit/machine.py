"""How busy the machine was while something took its time. Bars of seconds are those of a quiet machine: what takes
longer since others want the processor too is no fault of the suite, up to `LARGEST` times."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Self

from tests.load.figures import Figure
from wsis_local.patience import factor

LARGEST = 4.0
PAUSE = 0.25  # seconds between two looks
LOAD = Path("/proc/loadavg")  # its fourth word: "processes that run or want to / all"
Look = tuple[float, float]  # when (monotonic), and how much longer everything took then


@dataclass(frozen=True)
class Duration(Figure):
    """Seconds from `began` (monotonic). `at_most` is the bar of a quiet machine, and `factor` that of the machine over
    these seconds."""

    began: float = 0.0
    factor: float = 1.0

    @property
    def reached(self) -> bool:
        """By the bar of the machine as it was."""
        return self.at_most is None or self.value <= self.at_most * self.factor

    def __str__(self) -> str:
        judged = (
            self.at_most
            and f", judged by {self.at_most * self.factor:.3g} on a machine {self.factor:.2g} times as slow"
        )
        return f"{super().__str__()}{judged or ''}"


class Machine:
    """Looks at the machine until it is closed."""

    def __init__(self) -> None:
        self._looks: list[Look] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(PAUSE):
            self._looks.append((time.monotonic(), factor(_wanting())))

    def factor(self, duration: Duration) -> float:
        """How much longer everything took during it."""
        return factor_over(self._looks, duration.began, duration.value)


def factor_over(looks: Iterable[Look], began: float, seconds: float) -> float:
    """The mean of what was seen meanwhile, `LARGEST` at most."""
    seen = [found for when, found in looks if began - PAUSE <= when <= began + seconds + PAUSE]
    return min(LARGEST, fmean(seen)) if seen else 1.0


def _wanting() -> float | None:
    """How many processes want a processor at this moment; None where the system does not say."""
    return float(LOAD.read_text("ascii").split()[3].partition("/")[0]) if LOAD.exists() else None
