"""What it publishes, and what it reads of others' events. Nothing here concerns the Prizes."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class PledgeStep(ResponseSchema):
    """A pledge and the state that it has now. `accounts` is its sponsor, who gets the mail; empty after an erasure."""

    edition = fields.String(required=True)
    pledge = fields.String(required=True)
    state = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


class Partner(ResponseSchema):
    """A partner of an edition."""

    edition = fields.String(required=True)
    partner = fields.String(required=True)
    organization = fields.String(required=True)
    package = fields.String(required=True)
    activity = fields.String(required=True, allow_none=True)


_PLEDGE = {"edition": "2017", "pledge": "0f3c", "accounts": ["3f2a"]}
_PARTNER = {
    "edition": "2017",
    "partner": "0f3c",
    "organization": "Example Telecom",
    "package": "gold",
    "activity": None,
}

PLEDGE_MADE = EventType(
    "pledge_made",
    "A sponsor has pledged a contribution",
    PledgeStep,
    {**_PLEDGE, "state": "pledged"},
    notifications=(
        EmailNotification("pledge_made", to="accounts", priority="high", context_provider="describe_pledge"),
    ),
)
PLEDGE_CHANGED = EventType(
    "pledge_changed",
    "A pledge was confirmed, received, withdrawn or refunded",
    PledgeStep,
    {**_PLEDGE, "state": "confirmed"},
    notifications=(EmailNotification("pledge_changed", to="accounts", context_provider="describe_pledge"),),
)
PLACE_OFFERED = EventType(
    "place_offered",
    "A partner has left a limited package, and this pledge is the next in line",
    PledgeStep,
    {**_PLEDGE, "state": "offered"},
    notifications=(EmailNotification("pledge_changed", to="accounts", context_provider="describe_pledge"),),
)
PLEDGE_CORRECTED = EventType(
    "pledge_corrected",
    "An officer corrected a pledge: its amount, package or name",
    PledgeStep,
    {**_PLEDGE, "state": "corrected"},
    notifications=(EmailNotification("pledge_changed", to="accounts", context_provider="describe_pledge"),),
)
PARTNER_CONFIRMED = EventType(
    "partner_confirmed",
    "An edition has a new partner, or one whose name, link or package was corrected",
    Partner,
    _PARTNER,
    public=True,
)
PARTNER_WITHDRAWN = EventType("partner_withdrawn", "A partner has left an edition", Partner, _PARTNER, public=True)
FUND_CHANGED = EventType(
    "fund_changed",
    "The call, packages, activities or a partner's logo of an edition were added or changed",
    ResponseSchema.from_dict({"edition": fields.String(required=True)}, name="FundChanged"),
    {"edition": "2017"},
    public=True,
)

DEPENDS_ON = (EventDependency("accounts", "account_erased", reads=("account",), handler="forget_account"),)
