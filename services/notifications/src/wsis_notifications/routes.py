"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_notifications import schemas

ROUTES = (
    Route(
        "GET", "/v1/deliveries", call="deliveries", summary="Mails and what became of them, newest first",
        query=schemas.DeliveryQuery, returns=schemas.DeliveryPage, permission="notifications:read",
        description="One entry for each event, template and person. No addresses: accounts keeps those.",
    ),
    Route(
        "GET", "/v1/deliveries/figures", call="figures", summary="Mails by template, lane and state",
        returns=schemas.Figures, permission="notifications:read",
    ),
    Route(
        "POST", "/v1/deliveries/{delivery}/retry", call="retry", summary="Send a mail again that did not arrive",
        body=schemas.Retry, returns=schemas.Delivery, permission="notifications:operate",
        fails=("notifications.delivery_unknown", "notifications.not_retriable"),
        description="For what failed, was skipped, or whose outcome is unknown: ask the person first, then send again.",
    ),
)  # fmt: skip
