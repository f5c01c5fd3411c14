"""The call for High-Level Track Facilitators, and the mechanisms that answer it."""

from __future__ import annotations

from datetime import datetime

from wsis_shared import reference
from wsis_shared.clock import iso
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import JsonObject
from wsis_shared.reference.loading import Titles, read

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules.stored import Edited, Stored


class Call(Edited):
    """The call of an edition, which is its id; `last_number` is that of a nomination."""

    text: Titles
    opens_at: datetime
    bio_words: int
    last_number: int


class Mechanism(Stored):
    """Who nominates for some stakeholder types; `coordinators` are accounts."""

    edition: str
    slug: str
    name: str
    constituencies: list[str]
    coordinators: list[str]


BIO_WORDS = 200


def default(edition: editions.Edition) -> Call:
    """The call before officers changed it: it opens with the consultation."""
    text: Titles = dict(read("facilitator_call", "wsis_consultation")["text"])
    return {
        "_id": edition["_id"],
        "text": text,
        "opens_at": editions.opens_at(edition),
        "bio_words": BIO_WORDS,
        "last_number": 0,
    }


def edited(call: Call) -> JsonObject:
    """What officers edit."""
    return {"text": call["text"], "opens_at": call["opens_at"], "bio_words": call["bio_words"]}


def closes_at(edition: editions.Edition) -> datetime:
    """The deadline of nominations: for 2017, 20 November at 23:00 Geneva time."""
    return edition["deadlines"][editions.HLTF_NOMINATIONS]


def is_open(edition: editions.Edition, call: Call, moment: datetime) -> bool:
    """Whether nominations are accepted at `moment`; the very second of the deadline is late."""
    return call["opens_at"] <= moment < closes_at(edition)


def require_open(edition: editions.Edition, call: Call, moment: datetime) -> None:
    """Raises Conflict unless nominations are accepted."""
    if moment < call["opens_at"]:
        raise Conflict("consultation.nominations_not_open", opens_at=iso(call["opens_at"]))
    if moment >= closes_at(edition):
        raise Conflict("consultation.nominations_closed", closed_at=iso(closes_at(edition)))


def constituencies() -> list[str]:
    """The stakeholder types of the consultation."""
    return [kind.code for kind in reference.stakeholder_types() if "consultation" in kind.processes]


def require_constituency(mechanism: Mechanism, constituency: str) -> None:
    """Raises Invalid for a constituency that the mechanism does not speak for."""
    if constituency not in mechanism["constituencies"]:
        raise Invalid(
            "consultation.nomination_invalid",
            fields={"constituency": ["The mechanism does not nominate for this constituency."]},
        )
