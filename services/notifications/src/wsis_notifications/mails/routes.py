"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_notifications.mails import schemas

ROUTES = (
    Route(
        "GET",
        "/v1/deliveries",
        handler="deliveries",
        summary="Mails and what became of them, newest first",
        query=schemas.DeliveryQuery,
        response=schemas.DeliveryPage,
        permission="notifications:read",
        description="One entry for each event, template and person. No addresses: accounts keeps those.",
    ),
    Route(
        "GET",
        "/v1/deliveries/figures",
        handler="figures",
        summary="Mails by template, priority and state",
        response=schemas.Figures,
        permission="notifications:read",
    ),
    Route(
        "POST",
        "/v1/deliveries/{delivery}/retry",
        handler="retry",
        summary="Send a mail again that did not arrive",
        body=schemas.Retry,
        response=schemas.Delivery,
        permission="notifications:operate",
        error_codes=("notifications.delivery_unknown", "notifications.not_retriable"),
        description="For what failed, was skipped, or whose outcome is unknown: ask the person first, then send again.",
    ),
)
