"""What agencies do with their subscriptions to public events."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read
from wsis_shared.schemas import PageQuery

_ALL, _MAY = "/v1/event-subscriptions", "notifications:subscribe_events"
_ONE, _PAGE = f"{_ALL}/{{subscription}}", "/me/event-subscriptions/{subscription}"


PAGES = (
    Page(
        "/me/event-subscriptions",
        "event_subscriptions/pages/subscriptions.html",
        "event_subscriptions",
        reads=(Read("subscriptions", _ALL, takes_query=True),),
        forms=(Form("subscribe", f"POST {_ALL}", then=""),),
        query=PageQuery,
    ),
    Page(
        _PAGE,
        "event_subscriptions/pages/subscription.html",
        "event_subscription",
        reads=(Read("shown", _ONE), Read("attempts", f"{_ONE}/attempts?after={{after}}&limit=20")),
        forms=(
            Form("change", f"PUT {_ONE}", then=f"{_PAGE}?done=saved"),
            Form("test", f"POST {_ONE}/test", then=f"{_PAGE}?done=tested"),
            Form("pause", f"POST {_ONE}/pause", then=f"{_PAGE}?done=saved"),
            Form("resume", f"POST {_ONE}/resume", then=f"{_PAGE}?done=saved"),
            Form("replay", f"POST {_ONE}/replay", then=f"{_PAGE}?done=replayed"),
            Form("requeue", f"POST {_ONE}/requeue", then=f"{_PAGE}?done=saved"),
            Form("secret", f"POST {_ONE}/secrets", then=""),
            Form("end", f"DELETE {_ONE}", then="/me/event-subscriptions", confirm=True),
        ),
        view="wsis_agencies.event_subscriptions.pages.views:filters",
    ),
)
PANELS = (
    Panel(
        "me",
        70,
        "event_subscriptions/pages/me.html",
        reads=(Read("subscriptions", f"{_ALL}?limit=5"),),
        permission=_MAY,
    ),
)
