"""Imports of registers, and their reversal."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_stocktaking.imports.use_cases import imports, reversals


def compose(parts: Parts) -> tuple[imports.ImportsCases, reversals.ReversalCases]:
    """The use cases with their collaborators; called once per process."""
    return imports.compose(parts), reversals.compose(parts)
