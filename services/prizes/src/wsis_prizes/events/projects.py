"""A project on its way."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class Submitted(ResponseSchema):
    """A project that came in. Its texts stay inside until it is nominated."""

    edition = fields.String(required=True)
    project = fields.String(required=True)
    number = fields.Integer(required=True)
    category = fields.String(required=True)
    country = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    sdgs = fields.List(fields.Integer(), required=True)
    account = fields.String(required=True)


_PROJECT = {"edition": "2017", "project": "9b1d", "number": 132, "category": "C7.e-health", "account": "3f2a"}

PROJECT_SUBMITTED = EventType(
    type="project_submitted",
    summary="A project was submitted",
    schema=Submitted,
    example={**_PROJECT, "country": "RW", "region": "africa", "sdgs": [3]},
    public=True,
    facets={"action_lines": "category", "sdgs": "sdgs", "regions": "region"},
    notifications=(EmailNotification("project_submitted", priority="high", context_provider="receipt_details"),),
)


class Withdrawn(ResponseSchema):
    """A project that its submitter took back."""

    edition = fields.String(required=True)
    project = fields.String(required=True)
    number = fields.Integer(required=True)
    category = fields.String(required=True)
    nominated = fields.Boolean(required=True)
    account = fields.String(required=True)


PROJECT_WITHDRAWN = EventType(
    type="project_withdrawn",
    summary="A project was withdrawn before voting opened",
    schema=Withdrawn,
    example={**_PROJECT, "nominated": False},
    public=True,
    facets={"action_lines": "category"},
    notifications=(EmailNotification("project_withdrawn", priority="high", context_provider="project_details"),),
)


class ClarificationRequested(ResponseSchema):
    """The secretariat's question, and until when it can be answered."""

    edition = fields.String(required=True)
    project = fields.String(required=True)
    number = fields.Integer(required=True)
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


class ClarificationAnswered(ResponseSchema):
    """An answer came; its text stays with the project."""

    edition = fields.String(required=True)
    project = fields.String(required=True)
    number = fields.Integer(required=True)


CLARIFICATION_ANSWERED = EventType(
    type="clarification_answered",
    summary="A submitter answered the secretariat's question",
    schema=ClarificationAnswered,
    example={"edition": "2017", "project": "9b1d", "number": 132},
)


class Nominated(ResponseSchema):
    """A project on the list of nominees."""

    edition = fields.String(required=True)
    project = fields.String(required=True)
    number = fields.Integer(required=True)
    category = fields.String(required=True)
    account = fields.String(required=True)


PROJECT_NOMINATED = EventType(
    type="project_nominated",
    summary="A project was nominated",
    schema=Nominated,
    example=_PROJECT,
    notifications=(EmailNotification("project_nominated", context_provider="project_details"),),
)


class NotNominated(Nominated):
    """A project that is not on the list, and why: a code with a standard text, or the officer's own words."""

    reason_code = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


PROJECT_NOT_NOMINATED = EventType(
    type="project_not_nominated",
    summary="A project was not nominated, with the reason",
    schema=NotNominated,
    example={**_PROJECT, "reason_code": "below_threshold", "reason": None},
    notifications=(EmailNotification("project_not_nominated", context_provider="outcome_details"),),
)


class Disqualified(ResponseSchema):
    """A nominee that is out. Votes for it are void, ballots stay complete."""

    edition = fields.String(required=True)
    project = fields.String(required=True)
    number = fields.Integer(required=True)
    category = fields.String(required=True)
    reason = fields.String(required=True)
    reason_code = fields.String(required=True)
    account = fields.String(required=True)


PROJECT_DISQUALIFIED = EventType(
    type="project_disqualified",
    summary="A nominated project was disqualified",
    schema=Disqualified,
    example={**_PROJECT, "reason": "Votes were bought", "reason_code": "disqualified"},
    public=True,
    facets={"action_lines": "category"},
    notifications=(EmailNotification("project_disqualified", context_provider="project_details"),),
)
