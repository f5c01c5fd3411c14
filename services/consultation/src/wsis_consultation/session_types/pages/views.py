"""What pages make of session types: pure functions."""

from __future__ import annotations

from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input
from wsis_shared.sentences import Sentences

from wsis_consultation.session_types.rules import TRACKS

_say = Sentences("wsis_consultation", "documents")


def types(_values: Input, locale: str) -> Input:
    """The tracks by their names."""
    return {"tracks": {track: _say(f"track_{track}", locale) for track in TRACKS}}


def type(values: Input, locale: str) -> Input:
    """The type of the page. Raises NotFound."""
    for row in values["types"]["items"]:
        if row["code"] == values["type"]:
            return {**types(values, locale), "found": row}
    raise NotFound("consultation.session_type_missing", type=values["type"])
