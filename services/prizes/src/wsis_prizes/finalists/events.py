"""What happens under embargo: no event carries a finalist or a winner."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema

from wsis_prizes.projects.events import PROJECT, OfProject


class Disqualified(OfProject):
    """A nominee that is out. Votes for it are void, ballots stay complete."""

    category = fields.String(required=True)
    reason = fields.String(required=True)
    reason_code = fields.String(required=True)
    account = fields.String(required=True)


PROJECT_DISQUALIFIED = EventType(
    type="project_disqualified",
    summary="A nominated project was disqualified",
    schema=Disqualified,
    example={**PROJECT, "reason": "Votes were bought", "reason_code": "disqualified"},
    public=True,
    facets={"action_lines": "category"},
    notifications=(EmailNotification("project_disqualified", context_provider="project_details"),),
)


class FinalistsFixed(ResponseSchema):
    """How many categories have finalists, and the jurors of the edition; which projects they are is not said."""

    edition = fields.String(required=True)
    categories = fields.Integer(required=True)
    accounts = fields.List(fields.String(), required=True)


FINALISTS_FIXED = EventType(
    type="finalists_fixed",
    summary="The finalists stand: the Expert Group chooses the winners",
    schema=FinalistsFixed,
    example={"edition": "2017", "categories": 18, "accounts": ["a1", "b2"]},
    notifications=(EmailNotification("finalists_fixed", to="accounts", kind="jury"),),
)


class DecisionChanged(ResponseSchema):
    """In which category, and the other jurors who decide on it; neither projects nor reasons."""

    edition = fields.String(required=True)
    category = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


DECISION_CHANGED = EventType(
    type="decision_changed",
    summary="The Expert Group's decision on a category was changed",
    schema=DecisionChanged,
    example={"edition": "2017", "category": "C7.e-health", "accounts": ["a1"]},
    notifications=(EmailNotification("decision_changed", to="accounts"),),
)
