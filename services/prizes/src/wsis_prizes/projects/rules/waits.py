"""What waits for officers in projects, as queries of the store: for lists, for counts, for the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wsis_prizes.projects.rules.projects import INELIGIBLE, SUBMITTED

UNDECIDED: Mapping[str, object] = {"state": SUBMITTED, "eligibility": None}
ASKED: Mapping[str, object] = {"state": {"$in": [SUBMITTED, INELIGIBLE]}, "clarification.answer": None}
LACKING_JURORS: Mapping[str, object] = {"state": SUBMITTED, "lacks_jurors_at": {"$ne": None}}
WAITS = (ELIGIBILITY, CLARIFICATION, JURORS) = ("eligibility", "clarification", "jurors")


def waiting(kind: str, moment: datetime) -> Mapping[str, object]:
    """The projects that wait for a decision, whose question is past its date, or that lack jurors."""
    overdue = {**ASKED, "clarification.until": {"$lt": moment}}
    return {ELIGIBILITY: UNDECIDED, CLARIFICATION: overdue, JURORS: LACKING_JURORS}[kind]
