"""The call for High-Level Track Facilitators, and the mechanisms that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_shared import reference
from wsis_shared.clock import iso
from wsis_shared.reference.loading import read

from wsis_consultation.editions.rules import editions
from wsis_consultation.facilitators import errors

Call = dict[str, Any]
"""{_id: the edition, text: {language: text}, opens_at, bio_words: limit, last_number: of a nomination}"""
Mechanism = dict[str, Any]
"""{_id, edition, slug, name, constituencies: [stakeholder types], coordinators: [accounts]}"""

BIO_WORDS = 200


def default(edition: editions.Edition) -> Call:
    """The call before officers changed it: it opens with the consultation."""
    text = dict(read("facilitator_call", "wsis_consultation")["text"])
    return {"_id": edition["_id"], "text": text, "opens_at": editions.opens_at(edition), "bio_words": BIO_WORDS,
            "last_number": 0}  # fmt: skip


def edited(call: Call) -> dict[str, Any]:
    """What officers edit."""
    return {name: call[name] for name in ("text", "opens_at", "bio_words")}


def closes_at(edition: editions.Edition) -> datetime:
    """The deadline of nominations: for 2017, 20 November at 23:00 Geneva time."""
    deadline: datetime = edition["deadlines"][editions.HLTF_NOMINATIONS]
    return deadline


def is_open(edition: editions.Edition, call: Call, moment: datetime) -> bool:
    """Whether nominations are accepted at `moment`; the very second of the deadline is late."""
    return bool(call["opens_at"] <= moment < closes_at(edition))


def require_open(edition: editions.Edition, call: Call, moment: datetime) -> None:
    """Raises Conflict unless nominations are accepted."""
    if moment < call["opens_at"]:
        raise errors.nominations_not_open(iso(call["opens_at"]))
    if moment >= closes_at(edition):
        raise errors.nominations_closed(iso(closes_at(edition)))


def constituencies() -> list[str]:
    """The stakeholder types of the consultation."""
    return [kind.code for kind in reference.stakeholder_types() if "consultation" in kind.processes]


def require_constituency(mechanism: Mapping[str, Any], constituency: str) -> None:
    """Raises Invalid for a constituency that the mechanism does not speak for."""
    if constituency not in mechanism["constituencies"]:
        raise errors.not_its_constituency()
