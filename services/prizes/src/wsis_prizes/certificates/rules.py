"""Who has a certificate, and when is it still right? When it says what would be said today."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TypedDict

from wsis_prizes.editions.rules import editions
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.projects.rules import projects

# Raise it with each change of the page, its words or its fonts: certificates are then made anew once they are read.
DESIGN = 3
PRINTED = ("edition", "number", "title", "organization", "country", "category")


class Award(TypedDict):
    """What is certified: champion or winner, and when that was announced."""

    winner: bool
    at: datetime


def award(project: projects.Project, edition: Edition) -> Award | None:
    """What the public may know of the project; None where it has no certificate."""
    if not (project.get("champion") and editions.champions_are_out(edition)) or project["state"] != projects.NOMINATED:
        return None
    winner = bool(project.get("winner")) and editions.winners_are_out(edition)
    marks = edition["marks"]
    return {"winner": winner, "at": marks["released_at"] if winner else marks["champions_at"]}


def content_key(project: projects.Project, language: str, *, winner: bool, at: datetime) -> str:
    """Equal for certificates that are equal: a digest of all that one prints. `at`: when it was announced."""
    printed = [DESIGN, language, winner, at.isoformat(), *(project.get(field) for field in PRINTED)]
    return hashlib.sha256(json.dumps(printed).encode()).hexdigest()
