"""Which dates are fixed, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.editions import Edition, Window, voting_has_begun, window

END_NOW = timedelta(minutes=5)  # so long ago may the end be that officers give to a voting now


def start_is_fixed(edition: Edition, code: str, moment: datetime) -> bool:
    """Is it the start of a voting that has opened? Moved into the future it would set the rules free again. Before
    there are nominees nobody has been voting, whatever the dates say."""
    return code == phases.VOTING and bool(edition["marks"].get("published_at")) and voting_has_begun(edition, moment)


def fix_window(edition: Edition, counted: Window, moment: datetime) -> tuple[Edition, bool]:
    """The edition, and whether the window by which voting has `counted` is the one that it has, and keeps from now on.
    Where officers have moved it meanwhile, or it has not ended, nothing is fixed."""
    fixed = window(edition) == counted and counted["closes_at"] <= moment
    return (with_window_fixed(edition, moment) if fixed else edition), fixed


def with_window_fixed(edition: Edition, moment: datetime) -> Edition:
    """Nothing moves the window of voting any more."""
    marks = edition["marks"]
    return edition if marks.get("window_fixed_at") else {**edition, "marks": {**marks, "window_fixed_at": moment}}


def voting_ends_in_the_past(edition: Edition, code: str, end: datetime, moment: datetime) -> bool:
    """Would voting, of which there are nominees, have ended before now? It would close at once, for good, and votes
    that came since would count."""
    runs = bool(edition["marks"].get("published_at")) and not _is_fixed(edition)
    return code == phases.VOTING and runs and end < moment - END_NOW


def _is_fixed(edition: Edition) -> bool:
    # Former versions fixed finalists without the window.
    return bool(edition["marks"].get("window_fixed_at") or edition["marks"].get("finalists_at"))


def move_refused(edition: Edition, code: str, end: datetime, moment: datetime) -> bool:
    """Is the phase done: voting once its window is fixed, submission and nomination once the nominees are published,
    where the new `end` would open them again?"""
    if code == phases.VOTING:
        # Extended before prizes had the result of a former voting: officers end it, and no more.
        return _is_fixed(edition) and not end <= moment < window(edition)["closes_at"]
    before_nominees = code in (phases.SUBMISSION, phases.NOMINATION)
    return before_nominees and bool(edition["marks"].get("published_at")) and end > moment
