"""The route of what waits in a service."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.plugin import Route
from wsis_shared.waiting import Waiting
from wsis_shared.waiting.schemas import WaitingList


def waiting_route(service: str, permission: str, kinds: Sequence[Waiting]) -> Route:
    """For the manifest, beside `waiting=kinds`."""
    told = "; ".join(f"`{kind.code}`: {kind.summary}" for kind in kinds)
    return Route(
        "GET",
        f"/v1/waiting/{service}",
        handler="list_waiting",
        summary="What waits for staff",
        description=f"How much, and since when, counted at most 15 seconds ago. {told}.",
        permission=permission,
        response=WaitingList,
    )
