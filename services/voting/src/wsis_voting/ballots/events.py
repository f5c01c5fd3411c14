"""Complete ballots, and reminders of the others. No event holds a choice."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class Completed(ResponseSchema):
    """Whose ballot is complete."""

    edition = fields.String(required=True)
    account = fields.String(required=True)


class Reminded(ResponseSchema):
    """Who is reminded, some hundred accounts at a time."""

    edition = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)
    closes_at = Utc(required=True)


BALLOT_COMPLETED = EventType(
    "ballot_completed",
    "A voter has voted in every category",
    Completed,
    {"edition": "2017", "account": "3f2a"},
    notifications=(
        EmailNotification("ballot_completed", to="account", context_provider="ballot_summary", undated=True),
    ),
)
BALLOTS_REMINDED = EventType(
    "ballots_reminded",
    "Voters with an incomplete ballot are reminded, once",
    Reminded,
    {"edition": "2017", "accounts": ["3f2a", "77b0"], "closes_at": "2017-04-30T21:00:00Z"},
    notifications=(
        EmailNotification(
            "ballots_reminded", to="accounts", context_provider="ballot_progress", kind="voting", undated=True
        ),
    ),
)
