"""Candidates and the nominations that point to them.

A nomination never changes but for its pointer: a merge moves it to another candidate, and undoing the merge moves it
back. So each endorsement stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wsis_shared import reference

from wsis_consultation.domain import words
from wsis_consultation.errors import facilitators as errors

Candidate = dict[str, Any]
"""{_id, edition, number, full_name, organization, country, region, gender, bio, language: of the bio, email, locale,
constituencies: [types], mechanisms: [ids], state, consent, consent_at, merged_into: id | None, confirmed_at}"""
Nomination = dict[str, Any]
"""{_id, edition, number, mechanism, mechanism_name, constituency, candidate: id, nominator: account | None,
given: {what the nominator wrote of the candidate}, endorsement, received_at, late: {by, reason} | None}"""

FEMALE, MALE, OTHER, NOT_STATED = "female", "male", "other", "not_stated"
GENDERS = (FEMALE, MALE, OTHER, NOT_STATED)
NOMINATED, CONFIRMED, MERGED = "nominated", "confirmed", "merged"
STATES = (NOMINATED, CONFIRMED, MERGED)
ASKED, GIVEN, REFUSED = "asked", "given", "refused"
CONSENTS = (ASKED, GIVEN, REFUSED)
_GIVEN = ("full_name", "organization", "country", "gender", "bio", "language", "email", "locale")


def require_bio(bio: str, at_most: int) -> None:
    """Raises Invalid for a biography of more words."""
    count = words.count(bio)
    if count > at_most:
        raise errors.bio_too_long(count, at_most)


def new_nomination(
    id: str, number: int, mechanism: Mapping[str, Any], body: Mapping[str, Any], *, candidate: str,
    nominator: str | None, moment: datetime, late: Mapping[str, Any] | None,
) -> Nomination:  # fmt: skip
    """What a mechanism wrote."""
    return {
        "_id": id, "edition": mechanism["edition"], "number": number, "mechanism": mechanism["_id"],
        "mechanism_name": mechanism["name"], "constituency": body["constituency"], "candidate": candidate,
        "nominator": nominator, "given": {name: body[name] for name in _GIVEN}, "endorsement": body["endorsement"],
        "received_at": moment, "late": dict(late) if late else None,
    }  # fmt: skip


def new_candidate(nomination: Nomination) -> Candidate:
    """The candidate of a nomination; people find out whether somebody nominated the same person before."""
    given = nomination["given"]
    return {
        "_id": nomination["candidate"], "edition": nomination["edition"], "number": nomination["number"], **given,
        "region": reference.region_or_international(given["country"]),
        "state": NOMINATED, "consent": ASKED, "consent_at": None,
        "merged_into": None, "confirmed_at": None, **pointers([nomination]),
    }  # fmt: skip


def pointers(nominations: Iterable[Nomination]) -> dict[str, list[str]]:
    """What a candidate keeps of the nominations that point to them."""
    rows = list(nominations)
    return {name: sorted({row[field] for row in rows})
            for name, field in (("constituencies", "constituency"), ("mechanisms", "mechanism"))}  # fmt: skip


def require_state(candidate: Candidate, *states: str) -> None:
    """Raises Conflict for a candidate in another state."""
    if candidate["state"] not in states:
        raise errors.candidate_state(candidate["state"])


def require_mergeable(source: Candidate, target: Candidate) -> None:
    """Raises Conflict where `source` cannot be merged into `target`. A confirmed one stays: merge into it."""
    if source["_id"] == target["_id"]:
        raise errors.same_candidate()
    require_state(source, NOMINATED)
    require_state(target, NOMINATED, CONFIRMED)


def merged(source: Candidate, target: str) -> Candidate:
    """The candidate to whom no nomination points any more."""
    return {**source, "state": MERGED, "merged_into": target, **pointers([])}


def consent_of_both(one: Candidate, other: Candidate) -> dict[str, Any]:
    """The consent of a person who was asked twice: their last decision, or none yet."""
    decided = [each for each in (one, other) if each["consent_at"] is not None]
    last = max(decided, key=lambda each: each["consent_at"], default=one)
    return {"consent": last["consent"], "consent_at": last["consent_at"]}


def require_last(merge: Mapping[str, Any], merges: Iterable[Mapping[str, Any]]) -> None:
    """Raises Conflict where another of the `merges` into the same candidate is later: its consent before may be of the
    person who leaves."""
    if any(other["at"] > merge["at"] for other in merges):
        raise errors.merge_not_last()


def consent_before(target: Candidate, merge: Mapping[str, Any]) -> dict[str, Any]:
    """The consent when a merge is undone: the one before, unless the target has decided since."""
    decided_since = target["consent_at"] is not None and target["consent_at"] > merge["at"]
    return {} if decided_since else dict(merge["former_consent"])


def with_consent(candidate: Candidate, decision: str, moment: datetime) -> Candidate:
    """The candidate decided; they may decide again."""
    return {**candidate, "consent": decision, "consent_at": moment}


def require_confirmable(candidates: Sequence[Candidate]) -> None:
    """Raises Conflict unless all are nominated and have consented; it names those who have not."""
    for candidate in candidates:
        require_state(candidate, NOMINATED)
    if missing := [candidate["number"] for candidate in candidates if candidate["consent"] != GIVEN]:
        raise errors.consent_missing(missing)


def is_public(candidate: Candidate) -> bool:
    """Whether everybody may see the candidate as a facilitator."""
    return candidate["state"] == CONFIRMED and candidate["consent"] == GIVEN
