"""Use cases of possible duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_stocktaking import index
from wsis_stocktaking.settings import Settings
from wsis_stocktaking.store.duplicates import Duplicates
from wsis_stocktaking.store.register import Register
from wsis_stocktaking.use_cases.duplicates.finding import Finder, FindingCases
from wsis_stocktaking.use_cases.duplicates.pairs import PairCases
from wsis_stocktaking.use_cases.duplicates.scanning import ScanningCases

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class DuplicatesCases:
    """What can be done."""

    finding: FindingCases
    pairs: PairCases
    scanning: ScanningCases


def compose(parts: Parts) -> DuplicatesCases:
    """The use cases with their collaborators; called once per process."""
    register, duplicates = Register(parts.db), Duplicates(parts.db)
    searched = index.of_process(register, Settings.current())
    finder = Finder(searched)
    return DuplicatesCases(
        finding=FindingCases(finder, register, duplicates),
        pairs=PairCases(register, duplicates),
        scanning=ScanningCases(finder, searched, duplicates),
    )
