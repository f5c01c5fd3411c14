"""Use cases of possible duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_stocktaking.duplicates.store import Duplicates
from wsis_stocktaking.duplicates.use_cases.finding import Finder, FindingCases
from wsis_stocktaking.duplicates.use_cases.pairs import PairCases
from wsis_stocktaking.duplicates.use_cases.scanning import ScanningCases
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.search import index
from wsis_stocktaking.settings import Settings

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
