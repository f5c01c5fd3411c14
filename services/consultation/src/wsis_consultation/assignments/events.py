"""Events of assignments: who is told what waits."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema


class ReportsDue(ResponseSchema):
    """Moderators are told of the reports that are open in their discussions."""

    accounts = fields.List(fields.String(), required=True)
    day = fields.String(required=True)


class UnassignedReportsDue(ResponseSchema):
    """Officers are told of the reports that are open where nobody moderates."""

    day = fields.String(required=True)


REPORTS_DUE = EventType(
    "open_reports_due",
    "Moderators get the open reports of a day",
    ReportsDue,
    {"accounts": ["3f2a"], "day": "2016-12-01"},
    notifications=(
        EmailNotification("open_reports", to="accounts", context_provider="write_open_reports", kind="reports"),
    ),
)
UNASSIGNED_REPORTS_DUE = EventType(
    "unassigned_reports_due",
    "Officers get the open reports of discussions without a moderator",
    UnassignedReportsDue,
    {"day": "2016-12-01"},
    notifications=(
        EmailNotification(
            "open_reports", to="role:officer", context_provider="write_unassigned_reports", kind="reports"
        ),
    ),
)
