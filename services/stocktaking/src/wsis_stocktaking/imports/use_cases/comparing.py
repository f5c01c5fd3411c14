"""The comparison of the rows of a dry run with the register, and with each other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from wsis_shared.errors import Unavailable

from wsis_stocktaking.duplicates.use_cases import Finder
from wsis_stocktaking.imports.rules import imports as rules
from wsis_stocktaking.imports.rules.imports import Outcome
from wsis_stocktaking.imports.rules.likely import FormerRows, LikelyDuplicate, like_entry
from wsis_stocktaking.imports.rules.likely_limits import MAX_COMPARED


@dataclass
class Comparison:
    """Of one reading of a file, from where it began. `compared` counts rows, up to MAX_COMPARED."""

    _finder: Finder
    compared: int = 0
    _former: FormerRows = field(default_factory=FormerRows)

    def of(self, rows: Sequence[Outcome]) -> dict[int, LikelyDuplicate]:
        """By row what it is likely the same as: an entry that it does not name itself, else a former row. None is
        compared while the index of the register is filled."""
        found: dict[int, LikelyDuplicate] = {}
        for row in rows:
            if "content" not in row or self.compared >= MAX_COMPARED:
                continue
            try:
                likely = self._in_register(row)
            except Unavailable:
                return found
            self.compared += 1
            former = self._former.compare(row["row"], row["content"])
            if each := likely or former:
                found[row["row"]] = each
            time.sleep(0)  # other greenlets of this process serve requests
        return found

    def _in_register(self, row: Outcome) -> LikelyDuplicate | None:
        own = {row["entry"], rules.former_id(row) or row["entry"]}
        scored = self._finder.find(row["content"], without=own)
        return like_entry(row["row"], row["content"], *scored[0]) if scored else None
