"""The desk of single mails: what became of them, and sending one again."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Form, Page, Read
from wsis_shared.schemas import RequestSchema

from wsis_notifications.mails.rules.deliveries import STATES


class MailsQuery(RequestSchema):
    """Which mails, and the one that shall go again."""

    state = fields.String(validate=validate.OneOf(STATES))
    retry = fields.String()


PAGES = (
    Page(
        "/desk/mails",
        "mails/pages/mails.html",
        "desk_mails",
        reads=(
            Read("mails", "/v1/deliveries?limit=50&state={state}&after={after}"),
            Read("figures", "/v1/deliveries/figures", optional=True),
        ),
        forms=(Form("retry", "POST /v1/deliveries/{delivery}/retry", then="/desk/mails"),),
        query=MailsQuery,
        view="wsis_notifications.mails.pages.views:states",
        menu="desk:71",
    ),
)
