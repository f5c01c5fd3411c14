"""Who has a certificate, and when is it still right? When it says what would be said today."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from wsis_prizes.rules import embargo, projects

# Raise it with each change of the page, its words or its fonts: certificates are then made anew once they are read.
DESIGN = 2
PRINTED = ("edition", "number", "title", "organization", "country", "category")


class Award(TypedDict):
    """What is certified: champion or winner, and when that was announced."""

    winner: bool
    at: datetime


def award(project: Mapping[str, Any], edition: Mapping[str, Any]) -> Award | None:
    """What the public may know of the project; None where it has no certificate."""
    if not (project.get("champion") and embargo.champions_are_out(edition)) or project["state"] != projects.NOMINATED:
        return None
    winner = bool(project.get("winner")) and embargo.winners_are_out(edition)
    return {"winner": winner, "at": edition["marks"]["released_at" if winner else "champions_at"]}


def content_key(project: Mapping[str, Any], language: str, *, winner: bool, at: datetime) -> str:
    """Equal for certificates that are equal: a digest of all that one prints. `at`: when it was announced."""
    printed = [DESIGN, language, winner, at.isoformat(), *(project[field] for field in PRINTED)]
    return hashlib.sha256(json.dumps(printed).encode()).hexdigest()
