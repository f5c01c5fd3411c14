"""Routes. Public events in one sequence, for agencies and feeds."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.streams import Stream

from wsis_agencies.event_log import schemas

_GROWN = ("agencies.events_logged", "agencies.event_taken_down")

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/events",
        handler="list_events",
        summary="Public events, the oldest first",
        description="Without gaps, kept for 400 days. A page without items may have a `next`.",
        permission=PUBLIC,
        query=schemas.EventsQuery,
        response=schemas.Events,
        cache=10,
        invalidated_by=_GROWN,
        stream=Stream(events=("agencies.events_logged",), cursor="after", shared=True),
        error_codes=("notifications.events_gone",),
    ),
    Route(
        "GET",
        "/v1/events.atom",
        handler="read_news",
        summary="News, as an Atom feed",
        permission=PUBLIC,
        media="application/atom+xml",
        cache=300,
        invalidated_by=_GROWN,
    ),
    Route(
        "GET",
        "/v1/asyncapi.json",
        handler="read_asyncapi",
        summary="AsyncAPI document of the public events",
        permission=PUBLIC,
        response=schemas.AsyncApi,
        cache=3600,
    ),
    Route(
        "POST",
        "/v1/events/{sequence}/takedown",
        handler="take_down_event",
        summary="Withdraw an event's content",
        permission="notifications:moderate",
        body=schemas.Takedown,
        response=schemas.PublicEvent,
        error_codes=("notifications.event_unknown", "notifications.event_already_taken_down"),
    ),
)
