"""Imports of registers, and their reversal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_stocktaking.imports.use_cases import imports, reversals

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


def compose(parts: Parts) -> tuple[imports.ImportsCases, reversals.ReversalCases]:
    """The use cases with their collaborators; called once per process."""
    return imports.compose(parts), reversals.compose(parts)
