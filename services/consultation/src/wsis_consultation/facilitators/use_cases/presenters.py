"""What responses say of candidates and facilitators."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.json_types import JsonObject

from wsis_consultation.facilitators.rules import candidates
from wsis_consultation.facilitators.rules.candidates import Candidate, Nomination


def row(candidate: Candidate) -> JsonObject:
    """A candidate as officers see them."""
    portrait = candidate.get("portrait")
    return {**candidate, "id": candidate["_id"], "portrait": {**portrait, "id": portrait["blob"]} if portrait else None}


def listed(candidate: Candidate) -> JsonObject:
    """A facilitator as everybody sees them."""
    portrait = candidates.public_portrait(candidate)
    url = f"/v1/consultations/{candidate['edition']}/candidates/{candidate['_id']}/portrait"
    return {**candidate, "portrait": {**portrait, "url": url} if portrait else None}


def endorsements(nominations: Sequence[Nomination]) -> list[JsonObject]:
    """The nominations of a candidate as officers see them."""
    return [
        {
            **row,
            "id": row["_id"],
            "given_name": row["given"]["full_name"],
            "bio": row["given"]["bio"],
            "late_reason": row["late"]["reason"] if row["late"] else None,
        }
        for row in nominations
    ]
