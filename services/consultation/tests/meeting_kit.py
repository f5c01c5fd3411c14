"""Members who take part in meetings, and what they send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_testkit import wait_for

BEFORE = datetime(2016, 10, 11, 9, tzinfo=UTC)
DURING = datetime(2016, 10, 12, 15, tzinfo=UTC)
BODY = {"mode": "on_site", "time_zone": "Africa/Kigali", "public_name": True}


def profile(account: str) -> dict[str, Any]:
    return {
        "account": account,
        "names": f"Ada {account[:6]}",
        "roles": [],
        "organization": "Digital Rwanda",
        "country": "RW",
        "stakeholder_type": "civil_society",
        "locale": "fr",
    }


def contacts(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id, "email": f"{id}@ngo.example", "names": f"Ada {id[:6]}", "locale": "fr"} for id in ids]


def events_of(consultation: Any, kind: str, meeting: str, count: int) -> list[dict[str, Any]]:
    def seen() -> list[dict[str, Any]]:
        return [event for event in consultation.published.of(kind) if event["data"]["meeting"] == meeting]

    return wait_for(lambda: seen() if len(seen()) >= count else [], what=f"{count} {kind}")
