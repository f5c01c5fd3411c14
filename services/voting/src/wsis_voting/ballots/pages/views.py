"""What pages make of a ballot: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared.translations import by_key

from wsis_voting.ballots.rules.ballots import DECIDED, REFUSED


def ballot(values: Mapping[str, Any], locale: str) -> Mapping[str, Any]:
    """What became of the vote that was just sent: `refusal` says why it was refused, `stored` is the vote, `waits` that
    neither is known yet, as of a command that nobody has sent. `next` is the category to go on with."""
    shown, query = values["ballot"], values["query"]
    sent, outcome = query.get("stored"), values["outcome"] or {"state": None, "votes": ()}
    refused = [vote for vote in outcome["votes"] if vote["category"] == sent and vote["result"] == REFUSED]
    missing = [category for category in shown["missing"] if category != sent]
    return {
        "sent": sent,
        "refusal": _title(refused[0]["code"], locale) if refused else None,
        "stored": next((vote for vote in shown["voted"] if vote["category"] == sent), None),
        "waits": "command" in query and outcome["state"] != DECIDED,
        "next": missing[0] if missing else None,
    }


def vote(values: Mapping[str, Any], locale: str) -> Mapping[str, Any]:
    """The vote of this category, where there is one; `gone` says that a nominee is none any more."""
    return {
        "own": next((each for each in values["ballot"]["voted"] if each["category"] == values["category"]), None),
        "by_project": {nominee["project"]: nominee for nominee in values["nominees"]["items"]},
        "gone": _title("voting.nominee_unknown", locale),
    }


def _title(code: str, locale: str) -> str:
    """The title of an error; the code itself where a later version of the service has it."""
    return str(by_key("wsis_voting", "errors").get(code, {}).get(locale, code))
