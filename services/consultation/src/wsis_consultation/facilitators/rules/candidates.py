"""Candidates and the nominations that point to them.

A nomination never changes but for its pointer: a merge moves it to another candidate, and undoing the merge moves it
back. So each endorsement stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NotRequired, TypedDict

from wsis_shared import reference
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.json_types import Input

from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.facilitators.rules.calls import Mechanism
from wsis_consultation.facilitators.rules.portraits import Portrait
from wsis_consultation.submissions.rules import words
from wsis_consultation.submissions.rules.lifecycle import Late


class Given(TypedDict):
    """What a nominator wrote of a candidate; `language` is that of the biography."""

    full_name: str
    organization: str | None
    country: str
    gender: str
    bio: str
    language: str
    email: str
    locale: str


class Consent(TypedDict):
    """What was decided, and when."""

    consent: str
    consent_at: datetime | None


class Candidate(Stored, Given, Consent):
    """`own_consent` is of the candidate's mailbox; `consent` follows from it and from those of candidates merged into
    them. `mechanisms` are ids, `merged_into` is that of a candidate."""

    edition: str
    number: int
    region: str
    constituencies: list[str]
    mechanisms: list[str]
    state: str
    own_consent: NotRequired[Consent]
    portrait: NotRequired[Portrait | None]
    merged_into: str | None
    confirmed_at: datetime | None
    received_at: datetime


class Nomination(Stored):
    """What a mechanism wrote: `candidate` is an id, `nominator` an account."""

    edition: str
    number: int
    mechanism: str
    mechanism_name: str
    constituency: str
    candidate: str
    nominator: str | None
    given: Given
    endorsement: str
    received_at: datetime
    late: Late | None


class Undone(TypedDict):
    """Who took a merge back."""

    by: str | None
    at: datetime
    reason: str


class Merge(Stored):
    """Two candidates who are the same person, and what moved from one to the other: nominations, and the portrait whose
    file `portrait` names."""

    edition: str
    target: str
    source: str
    nominations: list[str]
    portrait: NotRequired[str | None]
    by: str | None
    at: datetime
    reason: str
    undone: Undone | None


FEMALE, MALE, OTHER, NOT_STATED = "female", "male", "other", "not_stated"
GENDERS = (FEMALE, MALE, OTHER, NOT_STATED)
NOMINATED, CONFIRMED, MERGED = "nominated", "confirmed", "merged"
STATES = (NOMINATED, CONFIRMED, MERGED)
ASKED, GIVEN, REFUSED = "asked", "given", "refused"
CONSENTS = (ASKED, GIVEN, REFUSED)


def require_bio(bio: str, at_most: int) -> None:
    """Raises Invalid for a biography of more words."""
    count = words.count(bio)
    if count > at_most:
        raise Invalid(
            "consultation.nomination_invalid", fields={"bio": [f"{count} words: at most {at_most} are allowed."]}
        )


def new_nomination(
    id: str,
    number: int,
    mechanism: Mechanism,
    body: Input,
    *,
    candidate: str,
    nominator: str | None,
    moment: datetime,
    late: Late | None,
) -> Nomination:
    """What a mechanism wrote."""
    return {
        "_id": id,
        "edition": mechanism["edition"],
        "number": number,
        "mechanism": mechanism["_id"],
        "mechanism_name": mechanism["name"],
        "constituency": body["constituency"],
        "candidate": candidate,
        "nominator": nominator,
        "given": {
            "full_name": body["full_name"],
            "organization": body["organization"],
            "country": body["country"],
            "gender": body["gender"],
            "bio": body["bio"],
            "language": body["language"],
            "email": body["email"],
            "locale": body["locale"],
        },
        "endorsement": body["endorsement"],
        "received_at": moment,
        "late": late,
    }


def new_candidate(nomination: Nomination) -> Candidate:
    """The candidate of a nomination; people find out whether somebody nominated the same person before."""
    given = nomination["given"]
    return {
        "_id": nomination["candidate"],
        "edition": nomination["edition"],
        "number": nomination["number"],
        "full_name": given["full_name"],
        "organization": given["organization"],
        "country": given["country"],
        "gender": given["gender"],
        "bio": given["bio"],
        "language": given["language"],
        "email": given["email"],
        "locale": given["locale"],
        "region": reference.region_or_international(given["country"]),
        "state": NOMINATED,
        "consent": ASKED,
        "consent_at": None,
        "merged_into": None,
        "confirmed_at": None,
        "received_at": nomination["received_at"],
        "constituencies": [nomination["constituency"]],
        "mechanisms": [nomination["mechanism"]],
    }


def pointed_to(candidate: Candidate, nominations: Iterable[Nomination]) -> Candidate:
    """The candidate with what they keep of the nominations that point to them."""
    rows = list(nominations)
    return {
        **candidate,
        "constituencies": sorted({row["constituency"] for row in rows}),
        "mechanisms": sorted({row["mechanism"] for row in rows}),
    }


def require_state(candidate: Candidate, *states: str) -> None:
    """Raises Conflict for a candidate in another state."""
    if candidate["state"] not in states:
        raise Conflict("consultation.candidate_state", state=candidate["state"])


def require_mergeable(source: Candidate, target: Candidate) -> None:
    """Raises Conflict where `source` cannot be merged into `target`. A confirmed one stays: merge into it."""
    if source["_id"] == target["_id"]:
        raise Conflict("consultation.same_candidate")
    require_state(source, NOMINATED)
    require_state(target, NOMINATED, CONFIRMED)


def merged(source: Candidate, target: str) -> Candidate:
    """The candidate to whom no nomination points any more."""
    return {**pointed_to(source, []), "state": MERGED, "merged_into": target}


def with_portrait_of(candidate: Candidate, other: Candidate) -> tuple[Candidate, Candidate]:
    """Both, with the portrait of the second one at the first, unless that has its own."""
    if candidate.get("portrait"):
        return candidate, other
    return {**candidate, "portrait": other.get("portrait")}, {**other, "portrait": None}


def file_of(candidate: Candidate) -> str | None:
    """The file of the portrait, if there is one."""
    portrait = candidate.get("portrait")
    return portrait["blob"] if portrait else None


def own_consent(candidate: Candidate) -> Consent:
    """What the mailbox of the candidate decided. Those of before have it in `consent` alone."""
    kept = candidate.get("own_consent")
    return kept or {"consent": candidate["consent"], "consent_at": candidate["consent_at"]}


def with_decision(candidate: Candidate, decision: str, moment: datetime) -> Candidate:
    """The mailbox of the candidate decided; it may decide again."""
    return {**candidate, "own_consent": {"consent": decision, "consent_at": moment}}


def settled(candidate: Candidate, merged: Iterable[Candidate] = ()) -> Candidate:
    """The candidate with the consent that follows from all decisions: a consent is that of the candidate's own mailbox,
    and no other mailbox of who was merged into them may have refused. A mailbox decides last."""
    decided: dict[str, Consent] = {}
    for each in (candidate, *merged):
        mailbox, own = _mailbox(each), own_consent(each)
        if mailbox not in decided or _moment(own) > _moment(decided[mailbox]):
            decided[mailbox] = own
    mine = decided.pop(_mailbox(candidate))
    refusals = [each for each in decided.values() if each["consent"] == REFUSED]
    decisive = max(refusals, key=_moment, default=mine)
    return {
        **candidate,
        "own_consent": own_consent(candidate),
        "consent": decisive["consent"],
        "consent_at": decisive["consent_at"],
    }


def share_mailbox(one: Candidate, other: Candidate) -> bool:
    """Do both have the same address?"""
    return _mailbox(one) == _mailbox(other)


def _mailbox(candidate: Candidate) -> str:
    return (candidate["email"] or candidate["_id"]).strip().lower()


def _moment(consent: Consent) -> datetime:
    return consent["consent_at"] or datetime.min.replace(tzinfo=UTC)


def require_confirmable(candidates: Sequence[Candidate]) -> None:
    """Raises Conflict unless all are nominated and have consented; it names those who have not."""
    for candidate in candidates:
        require_state(candidate, NOMINATED)
    require_consent(candidates)


def require_consent(candidates: Sequence[Candidate]) -> None:
    """Raises Conflict unless all have consented; it names those who have not."""
    if missing := [candidate["number"] for candidate in candidates if candidate["consent"] != GIVEN]:
        raise Conflict("consultation.consent_missing", numbers=", ".join(str(number) for number in missing))


def is_public(candidate: Candidate) -> bool:
    """Whether everybody may see the candidate as a facilitator."""
    return candidate["state"] == CONFIRMED and candidate["consent"] == GIVEN


def public_portrait(candidate: Candidate) -> Portrait | None:
    """The portrait that everybody may see, if there is one."""
    portrait = candidate.get("portrait")
    return portrait if portrait and portrait["accepted"] and is_public(candidate) else None


def renamed(candidate: Candidate, full_name: str) -> Candidate:
    """The candidate under the name as it is written. Raises NotFound for one who is erased, Conflict for one who is
    merged."""
    if candidate["email"] == NO_ADDRESS:
        raise NotFound("consultation.candidate_unknown")
    require_state(candidate, NOMINATED, CONFIRMED)
    return {**candidate, "full_name": full_name}


NO_ADDRESS = ""  # of a nominee who is erased


def erase(given: Given) -> None:
    """Remove the person from what a nominator wrote of them. Country, gender and constituency are still counted."""
    given["full_name"] = given["organization"] = given["bio"] = ""
    given["email"] = NO_ADDRESS
