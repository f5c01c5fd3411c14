"""What pages make of a meeting: pure functions."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.json_types import Input

ZONE = "Europe/Zurich"


def registration(values: Input, locale: str) -> Input:
    """The registration that holds; the languages and the items of the agenda for which one may ask for the floor."""
    own, meeting = values["registration"], values["meeting"]
    return {
        "own": own if own and own["state"] != "cancelled" else None,
        "zone": own["time_zone"] if own else ZONE,
        "spoken": {each.code: each.native for each in reference.languages()},
        "items": {str(number): item["title"] for number, item in enumerate(meeting["agenda"], start=1)},
    }
