"""Made-up answers for the pages of the desk: a voting that is open, with one cluster."""

from __future__ import annotations

from typing import Any

LEAK = "Leaked project"  # what a service must not tell, and no page may show

TURNOUT: dict[str, Any] = {
    "edition": "2017",
    "votes": 5400,
    "started": 310,
    "complete": 290,
    "hours": [
        {"hour": "2017-04-29T21:00:00Z", "votes": 1800, "started": 110, "complete": 100},
        {"hour": "2017-04-30T18:00:00Z", "votes": 3600, "started": 200, "complete": 190},
    ],
    "countries": [
        {"country": "KE", "started": 200, "votes": 3600, "complete": 190},
        {"country": "ZZ", "started": 60, "votes": 900, "complete": 50},
        {"country": "other", "started": 50, "votes": 900, "complete": 50},
    ],
    "domains": [{"domain": "quick.test", "started": 120, "complete": 110}],
    "registrations": {
        "accounts": 400,
        "hours": [{"hour": "2017-04-30T17:00:00Z", "accounts": 40}],
        "domains": [{"domain": "quick.test", "accounts": 130}],
        "countries": [{"country": "KE", "accounts": 250}],
    },
    "unsettled": {"waiting": 12, "in_hand": 3, "oldest_seconds": 2.4},
    # The service sends none of this.
    "projects": [{"project": LEAK, "title": LEAK, "cast": 987654}],
}
VOTING: dict[str, Any] = {
    "edition": "2017",
    "state": "open",
    "opens_at": "2017-03-15T08:00:00Z",
    "closes_at": "2017-04-30T21:00:00Z",
    "categories": 18,
    "every_category": True,
    "changes_allowed": False,
    "live_totals": False,
    "disqualified": [],
    "totals": None,
    "excluded": None,
}
WAITING = {"items": [{"code": "clusters", "title": "Clusters", "count": 1, "oldest_at": "2017-04-30T20:00:00Z"}]}
ANSWERS: dict[str, Any] = {
    "prizes.list_editions": {"items": [{"edition": "2017", "title": "WSIS Prizes 2017"}], "next": None},
    "voting.list_waiting": {"items": [{**WAITING["items"][0], "page": None}]},
    "voting.read_voting": VOTING,
    "voting.read_turnout": TURNOUT,
}
