"""Routes. Webhooks."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_agencies.webhooks import schemas

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/events/keys",
        handler="list_event_keys",
        summary="Public keys that webhooks are signed with",
        permission=PUBLIC,
        response=schemas.PublicKeys,
        cache=3600,
    ),
)
