"""When the winners may be released."""

from __future__ import annotations

from datetime import datetime

from wsis_shared import clock
from wsis_shared.errors import Conflict

from wsis_prizes.editions.rules import editions, phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.finalists.rules import Decision


def may_release(edition: Edition, moment: datetime) -> None:
    """Raises before the phase of the ceremony, before the champions are announced, and once released."""
    if editions.winners_are_out(edition):
        raise Conflict("prizes.winners_released")
    if not editions.champions_are_out(edition):
        raise Conflict("prizes.champions_first")
    ceremony = phases.find(edition["phases"], phases.ANNOUNCEMENT)
    if moment < ceremony["start"]:
        raise Conflict("prizes.before_the_ceremony", opens=clock.geneva(ceremony["start"]))


def undecided(finalists: dict[str, list[str]], decisions: dict[str, Decision]) -> list[str]:
    """Categories with finalists where neither a winner nor "none" stands. A decision for a project that is no finalist
    any more is void."""
    return [
        category
        for category, projects in finalists.items()
        if projects and not _stands(decisions.get(category), projects)
    ]


def _stands(decision: Decision | None, projects: list[str]) -> bool:
    return decision is not None and (decision["project"] is None or decision["project"] in projects)
