"""What pages make of a ballot: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def ballot(values: Mapping[str, Any], _locale: str) -> Mapping[str, Any]:
    """`stored` is the vote that was just sent, none while it is being stored; `next` is the category to go on with."""
    shown, sent = values["ballot"], values["query"].get("stored")
    missing = [category for category in shown["missing"] if category != sent]
    return {
        "sent": sent,
        "stored": next((vote for vote in shown["voted"] if vote["category"] == sent), None),
        "next": missing[0] if missing else None,
    }


def vote(values: Mapping[str, Any], _locale: str) -> Mapping[str, Any]:
    """The vote of this category, where there is one, and its nominee."""
    own = next((each for each in values["ballot"]["voted"] if each["category"] == values["category"]), None)
    by_project = {nominee["project"]: nominee for nominee in values["nominees"]["items"]}
    return {"own": own, "chosen": by_project.get((own or {}).get("project")), "by_project": by_project}
