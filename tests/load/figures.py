"""What a benchmark says: one line for each figure, with its bar where it has one."""

from __future__ import annotations

from dataclasses import dataclass


class NotMeasured(Exception):
    """The row has no figure. The message says why, in one line."""


@dataclass(frozen=True)
class Figure:
    """A value, and the bar that it must reach (`at_least`) or stay under (`at_most`)."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool:
        """True also for what has no bar."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    def __str__(self) -> str:
        line = f"{self.name}: {_short(self.value)} {self.unit}"
        if self.at_least is not None:
            line += f" (bar: at least {_short(self.at_least)}) {self.verdict}"
        if self.at_most is not None:
            line += f" (bar: at most {_short(self.at_most)}) {self.verdict}"
        return line

    @property
    def verdict(self) -> str:
        """`ok` or `short`."""
        return "ok" if self.reached else "short"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
