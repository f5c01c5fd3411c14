"""Assignments: given, taken, listed; and the daily mail of open reports."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_consultation.assignments.store import Assignments
from wsis_consultation.assignments.use_cases.assigning import AssigningCases
from wsis_consultation.assignments.use_cases.reporting import ReportingCases
from wsis_consultation.discussions.store import Comments, Discussions
from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.store import Meetings


def compose(parts: Parts) -> tuple[AssigningCases, ReportingCases]:
    """The use cases with their collaborators; called once per process."""
    store, discussions, comments = Assignments(parts.db), Discussions(parts.db), Comments(parts.db)
    return (
        AssigningCases(store, Editions(parts.db), discussions, comments, Meetings(parts.db), parts.client("accounts")),
        ReportingCases(store, discussions, comments),
    )
