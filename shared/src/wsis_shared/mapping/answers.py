"""Cells that only say yes or no."""

from __future__ import annotations

from functools import lru_cache

from wsis_shared.mapping.words import fold, folded

_YES, _NO = frozenset("✓✔☑√●■•*+"), frozenset("✗✘☐❌-–—")
_LONGEST = 12  # characters of a yes or no


def answer(cell: str) -> bool | None:
    """Does a cell say yes? None: it says something else."""
    text = cell.strip()
    return _answer(text) if len(text) <= _LONGEST else None


@lru_cache(4096)
def _answer(text: str) -> bool | None:
    if not text or set(text) <= _NO or (word := fold(text)) in folded("no"):
        return False
    return True if set(text) <= _YES or word in folded("yes") else None
