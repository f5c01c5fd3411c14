"""Tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def section(heading: str, *blocks: str) -> str:
    """A heading over those of the blocks that are not empty; empty where none is left."""
    text = "\n".join(block for block in blocks if block)
    return f"\n## {heading}\n\n{text}" if text else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty without rows. Columns in which no row has anything are left out."""
    rows = [[*row] for row in rows]
    kept = [number for number in range(len(head)) if any(row[number] for row in rows)]
    lines = [
        [head[number] for number in kept],
        ["---"] * len(kept),
        *([row[number] for number in kept] for row in rows),
    ]
    return "".join(_line(cells) for cells in lines) if rows else ""


def codes(names: Iterable[str]) -> str:
    """Names as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|\n"
