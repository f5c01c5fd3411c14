"""Imports of registers, and their reversal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_stocktaking.imports.use_cases import imports, reversals

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class ImportCases:
    """The use cases of both."""

    imports: imports.ImportsCases
    reversals: reversals.ReversalCases


def compose(parts: Parts) -> ImportCases:
    """The use cases with their collaborators; called once per process."""
    return ImportCases(imports.compose(parts), reversals.compose(parts))
