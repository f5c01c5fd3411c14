"""What waits for officers, with its route."""

from __future__ import annotations

from datetime import timedelta

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "clusters",
        "groups of ballots that nobody has decided on",
        "voting:review",
        "clusters",
        {"decision": None, "still_in": {"$gt": 0}},
        "made_at",
        page="/desk/editions/{edition}/clusters/{id}",
    ),
    Waiting(
        "unsettled",
        "accepted votes that are not stored after a minute",
        "voting:turnout",
        "recorders",
        {},
        "oldest",
        after=timedelta(minutes=1),
        sum_of="in_hand",
        page="/desk/voting",
    ),
)
ROUTES = (waiting_route("voting", "voting:turnout", WAITING),)
