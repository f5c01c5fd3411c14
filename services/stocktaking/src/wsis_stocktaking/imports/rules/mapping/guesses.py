"""What a value that no list knows may mean: proposed with a mapping, for a person to confirm."""

from __future__ import annotations

import re

from wsis_shared import reference
from wsis_shared.mapping.vocabulary import Codes
from wsis_shared.mapping.words import fold, folded

from wsis_stocktaking.imports.rules.mapping.fields import GROUPS
from wsis_stocktaking.imports.rules.mapping.vocabulary import of

_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3})(?:[.,]\d+)? ?[%٪％]")
_SHARE = re.compile(r" ?(0|[5-9]|[1-9]\d|100)(?:[.,]0)? ?")  # in a column of percentages; 1 to 4 may be codes
_ALL = {
    "action_lines": tuple(line.code for line in reference.action_lines()),
    "sdgs": tuple(str(goal.number) for goal in reference.sdgs()),
}


def guess(field: str, text: str) -> Codes | None:
    """The codes that a value may mean; None where nothing, or more than one thing, speaks for it."""
    group = GROUPS[field]
    if group in _ALL and fold(text) in folded("all"):
        return _ALL[group]
    if group == "statuses" and (percent := _PERCENT.search(text) or _SHARE.fullmatch(text)):
        return _by_percent(int(percent[1]))
    return of(group).likely(text)


def _by_percent(done: int) -> Codes | None:
    return ("planned",) if done == 0 else ("ongoing",) if done < 100 else ("completed",) if done == 100 else None
