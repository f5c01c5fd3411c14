"""The desk of the newsletter's sending."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Form, Page, Read
from wsis_shared.schemas import RequestSchema

from wsis_notifications.campaigns.pages.views import RESEND
from wsis_notifications.campaigns.rules.states import MOVES, ROW_STATES, STATES

_ALL, _ONE = "/v1/campaigns", "/v1/campaigns/{campaign}"
_PAGE = "/desk/newsletter/campaigns/{campaign}"


class CampaignsQuery(RequestSchema):
    """Which campaigns."""

    state = fields.String(validate=validate.OneOf(STATES))


class CampaignQuery(RequestSchema):
    """What an officer wants to do."""

    act = fields.String(validate=validate.OneOf((*MOVES, RESEND)))


class MailsQuery(RequestSchema):
    """Which mails."""

    state = fields.String(validate=validate.OneOf(ROW_STATES))


PAGES = (
    Page(
        "/desk/newsletter/campaigns",
        "campaigns/pages/campaigns.html",
        "desk_campaigns",
        reads=(Read("campaigns", f"{_ALL}?limit=50&state={{state}}&after={{after}}"),),
        query=CampaignsQuery,
        view="wsis_notifications.campaigns.pages.views:states",
    ),
    Page(
        _PAGE,
        "campaigns/pages/campaign.html",
        "desk_campaign",
        reads=(
            Read("shown", _ONE),
            Read("figures", f"{_ONE}/figures"),
            Read("estimate", f"{_ONE}/estimate", optional=True),
        ),
        forms=(
            *(Form(act, f"POST {_ONE}/{act}", then=_PAGE, confirm=act != "pause") for act in MOVES),
            Form(RESEND, f"POST {_ONE}/resend", then="/desk/newsletter/campaigns/{id}", confirm=True),
        ),
        query=CampaignQuery,
        view="wsis_notifications.campaigns.pages.views:moves",
        live="figures",
    ),
    Page(
        f"{_PAGE}/mails",
        "campaigns/pages/mails.html",
        "campaign_mails",
        reads=(Read("shown", _ONE), Read("mails", f"{_ONE}/deliveries?limit=50&state={{state}}&after={{after}}")),
        query=MailsQuery,
        view="wsis_notifications.campaigns.pages.views:row_states",
    ),
)
