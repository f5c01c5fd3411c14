"""The secretariat's question, and the answer."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import Utc

from wsis_prizes.projects.events import OfProject


class ClarificationRequested(OfProject):
    """The secretariat's question, and until when it can be answered."""

    account = fields.String(required=True)
    question = fields.String(required=True)
    until = Utc(required=True)


CLARIFICATION_REQUESTED = EventType(
    type="clarification_requested",
    summary="The secretariat asks the submitter of a project",
    schema=ClarificationRequested,
    example={
        "edition": "2017",
        "project": "9b1d",
        "number": 132,
        "account": "3f2a",
        "question": "Has the first phase ended?",
        "until": "2017-03-01T22:00:00Z",
    },
    notifications=(EmailNotification("clarification_requested", priority="high", context_provider="project_details"),),
)


class ClarificationAnswered(OfProject):
    """An answer came; its text stays with the project."""


CLARIFICATION_ANSWERED = EventType(
    type="clarification_answered",
    summary="A submitter answered the secretariat's question",
    schema=ClarificationAnswered,
    example={"edition": "2017", "project": "9b1d", "number": 132},
)
