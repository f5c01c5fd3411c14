"""Claims as people see them."""

from __future__ import annotations

import math
from datetime import datetime

from wsis_shared.json_types import JsonObject

from wsis_stocktaking.claims import rules
from wsis_stocktaking.claims.rules import Claim


def own(claim: Claim, now: datetime) -> JsonObject:
    """As who made it sees it: the same whether a mail went out or not."""
    return {
        "id": claim["_id"],
        "entry": claim["entry"],
        "title": claim["title"],
        "organization": claim["organization"],
        "state": claim["state"],
        "asked_at": claim["asked_at"],
        "minutes": math.ceil(rules.seconds_left(claim, now) / 60),
        "entries": claim.get("entries"),
        "reason": claim.get("reason"),
    }


def waiting(claim: Claim, now: datetime) -> JsonObject:
    """As officers see it."""
    return {
        **own(claim, now),
        "account": claim["account"],
        "message": claim.get("message"),
        "proof": claim["proof"],
        "decided_at": claim.get("decided_at"),
    }
