"""Exclusions as an officer decides them, and as somebody with the store in his hands would put them there."""

from __future__ import annotations

from typing import Any

from .crowd import OFFICER


def exclude_by_hand(db: Any, contest: Any, account: str, number: int, *, counters: bool = True) -> None:
    """The flag of one ballot and the counters of its votes, as a decision would change them."""
    by = {"review": {"by": {"account": "other"}, "spared": False}, "excluded": {"reason": "other", "by": None}}
    changed = db["ballots"].update_one({"_id": f"{contest.edition}|{account}"}, {"$set": by})
    assert changed.matched_count == 1
    if not counters:
        return
    votes = {
        f"excluded.{kind}.{row['project'].replace('.', '~')}": 1
        for row in contest.ballot(number)
        for kind in ("cast", "counted")
    }
    sums = {"excluded.started": 1, "excluded.complete": 1, "grounds.other": 1}
    db["counters"].update_one({"edition": contest.edition, "hour": None}, {"$inc": votes | sums})


def include_by_hand(db: Any, contest: Any, account: str) -> None:
    back = {"review": {"by": {}, "spared": False}, "excluded": None}
    db["ballots"].update_one({"_id": f"{contest.edition}|{account}"}, {"$set": back})


def voted(service: Any, contest: Any, voter: Any, numbers: tuple[int, ...]) -> list[Any]:
    voters = [voter() for _ in numbers]
    for who, number in zip(voters, numbers, strict=True):
        service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot(number)})
    return voters


def decide(service: Any, contest: Any, who: Any, decision: str, ground: str | None = None) -> None:
    body = {"decision": decision, "reason": "looked at it", "ground": ground}
    service.call("decide_on_account", OFFICER, edition=contest.edition, account=who.id, body=body)


def entries(published: Any, action: str, contest: Any) -> list[dict[str, Any]]:
    taken = [event["data"] for event in published("voting").of("action_taken")]
    return [entry for entry in taken if entry["action"] == action and f"/{contest.edition}/" in entry["object"]]
