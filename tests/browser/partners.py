"""A pledge that is decided on, and an agency's subscription: what the pages of sponsors and agencies show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsis_demo.client import Person

PLEDGE = {
    "organization": "Network of schools",
    "website": "https://schools.example",
    "package": "gold",
    "contribution": {"form": "cash", "francs": 120_000},
}


def open_fund(officer: Person, sponsor: Person, year: str) -> dict[str, str]:
    """Open the fund of an edition. A value for each variable in the addresses of its pages."""
    fund = f"/v1/partnerships/{year}"
    officer.post(f"{fund}/packages", {})
    pledge = sponsor.post(f"{fund}/pledges", PLEDGE)["id"]
    officer.put(f"{fund}/pledges/{pledge}/state", {"state": "confirmed", "reason": "Pages to look at"})
    return {"pledge": str(pledge)}


def subscribe(agency: Person) -> dict[str, str]:
    """A subscription to public events, by a queue: a webhook would need somebody who agrees."""
    made = agency.post("/v1/event-subscriptions", {"name": "Observatory", "channel": "queue"})
    return {"subscription": str(made["id"])}
