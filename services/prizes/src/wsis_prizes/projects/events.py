"""Submissions."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class OfProject(ResponseSchema):
    """A project by its number."""

    edition = fields.String(required=True)
    project = fields.String(required=True)
    number = fields.Integer(required=True)


class Submitted(OfProject):
    """A project that came in. Its texts stay inside until it is nominated."""

    category = fields.String(required=True)
    country = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    sdgs = fields.List(fields.Integer(), required=True)
    account = fields.String(required=True)


PROJECT = {"edition": "2017", "project": "9b1d", "number": 132, "category": "C7.e-health", "account": "3f2a"}
PROJECT_SUBMITTED = EventType(
    type="project_submitted",
    summary="A project was submitted",
    schema=Submitted,
    example={**PROJECT, "country": "RW", "region": "africa", "sdgs": [3]},
    public=True,
    facets={"action_lines": "category", "sdgs": "sdgs", "regions": "region"},
    notifications=(EmailNotification("project_submitted", priority="high", context_provider="receipt_details"),),
)


class Withdrawn(OfProject):
    """A project that its submitter took back."""

    category = fields.String(required=True)
    nominated = fields.Boolean(required=True)
    account = fields.String(required=True)


PROJECT_WITHDRAWN = EventType(
    type="project_withdrawn",
    summary="A project was withdrawn before voting opened",
    schema=Withdrawn,
    example={**PROJECT, "nominated": False},
    public=True,
    facets={"action_lines": "category"},
    notifications=(EmailNotification("project_withdrawn", priority="high", context_provider="project_details"),),
)
DEPENDS_ON = (
    EventDependency("accounts", "account_erased", reads=("account",)),
    EventDependency("accounts", "address_erased", reads=("address",)),
)
