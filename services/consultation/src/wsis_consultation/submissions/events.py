"""Events of submissions. Public ones say what came in, never from whom; addresses and keys of links are in no event."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema


class RequestBrief(ResponseSchema):
    """What is asked for, without texts."""

    kind = fields.String(required=True)
    session_type = fields.String(required=True, allow_none=True)


class Received(ResponseSchema):
    """A submission, and what agencies select by."""

    edition = fields.String(required=True)
    submission = fields.String(required=True)
    number = fields.Integer(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    region = fields.String(required=True)
    stakeholder_type = fields.String(required=True)
    requests = fields.List(fields.Nested(RequestBrief), required=True)
    agencies = fields.List(
        fields.String(), required=True, metadata={"description": "Facilitators of the action lines that it names"}
    )


RECEIVED_EXAMPLE = {
    "edition": "2017",
    "submission": "9b1d",
    "number": 7,
    "version": 1,
    "kind": "form",
    "action_lines": ["C7.e-health"],
    "sdgs": [3],
    "region": "africa",
    "stakeholder_type": "civil_society",
    "requests": [{"kind": "workshop", "session_type": "thematic_workshop"}],
    "agencies": ["itu", "who"],
}


def _mail(template: str, context_provider: str) -> tuple[EmailNotification, ...]:
    return (EmailNotification(template, to="contact", priority="high", context_provider=context_provider),)


FACETS = {"action_lines": "action_lines", "sdgs": "sdgs", "regions": "region"}

SUBMISSION_RECEIVED = EventType(
    "submission_received",
    "An official submission came in",
    Received,
    RECEIVED_EXAMPLE,
    public=True,
    facets=FACETS,
    notifications=_mail("submission_received", "submission_details"),
)
SUBMISSION_AMENDED = EventType(
    "submission_amended",
    "A submission has a new version",
    Received,
    {**RECEIVED_EXAMPLE, "version": 2},
    public=True,
    facets=FACETS,
    notifications=_mail("submission_amended", "submission_details"),
)
SUBMISSION_WITHDRAWN = EventType(
    "submission_withdrawn",
    "A submission was withdrawn by its owner",
    Received,
    RECEIVED_EXAMPLE,
    public=True,
    facets=FACETS,
    notifications=_mail("submission_withdrawn", "submission_details"),
)


class Draft(ResponseSchema):
    """A draft."""

    edition = fields.String(required=True)
    draft = fields.String(required=True)


DRAFT_LINK_REQUESTED = EventType(
    "draft_link_requested",
    "Somebody wants to come back to a draft",
    Draft,
    {"edition": "2017", "draft": "9b1d"},
    notifications=_mail("draft_link", "draft_link_details"),
)

LINKS_REQUESTED = EventType(
    "links_requested",
    "Somebody wants the links to all that an address has, of which this is one",
    Draft,
    {"edition": "2017", "draft": "9b1d"},
    notifications=_mail("draft_links", "all_links_details"),
)


class FormVersion(ResponseSchema):
    """A version of the form."""

    edition = fields.String(required=True)
    form_version = fields.Integer(required=True)


FORM_PUBLISHED = EventType(
    "form_published",
    "A version of the submission form is in force",
    FormVersion,
    {"edition": "2017", "form_version": 2},
    public=True,
)
LATE_SUBMISSION_ALLOWED = EventType(
    "late_submission_allowed",
    "An officer lets somebody submit after the deadline",
    Draft,
    {"edition": "2017", "draft": "9b1d"},
    notifications=_mail("late_submission_allowed", "late_link_details"),
)
LATE_AMENDMENT_ALLOWED = EventType(
    "late_amendment_allowed",
    "An officer lets a submission be amended after the deadline",
    Draft,
    {"edition": "2017", "draft": "9b1d"},
    notifications=_mail("late_amendment_allowed", "late_link_details"),
)
