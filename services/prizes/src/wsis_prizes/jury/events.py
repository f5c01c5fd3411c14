"""Work of the Expert Group."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class Assigned(ResponseSchema):
    """Jurors who have new projects to read."""

    edition = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


REVIEW_ASSIGNED = EventType(
    type="review_assigned",
    summary="Projects were assigned to jurors",
    schema=Assigned,
    example={"edition": "2017", "accounts": ["a1", "b2"]},
    notifications=(EmailNotification("review_assigned", to="accounts", context_provider="juror_details"),),
)


class Due(Assigned):
    """Jurors whose reviews are not finished."""

    until = Utc(required=True)


REVIEWS_DUE = EventType(
    type="reviews_due",
    summary="Jurors are reminded of reviews that are not finished",
    schema=Due,
    example={
        "edition": "2017",
        "accounts": ["a1"],
        "until": "2017-03-15T22:00:00Z",
    },
    notifications=(EmailNotification("reviews_due", to="accounts", context_provider="juror_details", kind="jury"),),
)
