"""Candidates and the nominations that point to them.

A nomination never changes but for its pointer: a merge moves it to another candidate, and undoing the merge moves it
back. So each endorsement stays as it was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from wsis_shared import reference
from wsis_shared.clock import iso
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.reference.loading import read

from wsis_consultation.editions.rules import editions
from wsis_consultation.submissions.rules import words

# The call for High-Level Track Facilitators, and the mechanisms that answer it.


Call = dict[str, Any]
"""{_id: the edition, text: {language: text}, opens_at, bio_words: limit, last_number: of a nomination}"""
Mechanism = dict[str, Any]
"""{_id, edition, slug, name, constituencies: [stakeholder types], coordinators: [accounts]}"""

BIO_WORDS = 200


def default(edition: editions.Edition) -> Call:
    """The call before officers changed it: it opens with the consultation."""
    text = dict(read("facilitator_call", "wsis_consultation")["text"])
    return {
        "_id": edition["_id"],
        "text": text,
        "opens_at": editions.opens_at(edition),
        "bio_words": BIO_WORDS,
        "last_number": 0,
    }


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
        raise Conflict("consultation.nominations_not_open", opens_at=iso(call["opens_at"]))
    if moment >= closes_at(edition):
        raise Conflict("consultation.nominations_closed", closed_at=iso(closes_at(edition)))


def constituencies() -> list[str]:
    """The stakeholder types of the consultation."""
    return [kind.code for kind in reference.stakeholder_types() if "consultation" in kind.processes]


def require_constituency(mechanism: Mapping[str, Any], constituency: str) -> None:
    """Raises Invalid for a constituency that the mechanism does not speak for."""
    if constituency not in mechanism["constituencies"]:
        raise Invalid(
            "consultation.nomination_invalid",
            fields={"constituency": ["The mechanism does not nominate for this constituency."]},
        )


Candidate = dict[str, Any]
"""{_id, edition, number, full_name, organization, country, region, gender, bio, language: of the bio, email, locale,
constituencies: [types], mechanisms: [ids], state, consent, consent_at, own_consent: Consent, merged_into: id | None,
confirmed_at}

`own_consent` is of the candidate's mailbox; `consent` follows from it and from those of candidates merged into them."""
Consent = dict[str, Any]
"""{consent, consent_at: moment | None}"""
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
        raise Invalid(
            "consultation.nomination_invalid", fields={"bio": [f"{count} words: at most {at_most} are allowed."]}
        )


def new_nomination(
    id: str,
    number: int,
    mechanism: Mapping[str, Any],
    body: Mapping[str, Any],
    *,
    candidate: str,
    nominator: str | None,
    moment: datetime,
    late: Mapping[str, Any] | None,
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
        "given": {name: body[name] for name in _GIVEN},
        "endorsement": body["endorsement"],
        "received_at": moment,
        "late": dict(late) if late else None,
    }


def new_candidate(nomination: Nomination) -> Candidate:
    """The candidate of a nomination; people find out whether somebody nominated the same person before."""
    given = nomination["given"]
    return {
        "_id": nomination["candidate"],
        "edition": nomination["edition"],
        "number": nomination["number"],
        **given,
        "region": reference.region_or_international(given["country"]),
        "state": NOMINATED,
        "consent": ASKED,
        "consent_at": None,
        "merged_into": None,
        "confirmed_at": None,
        "received_at": nomination["received_at"],
        **pointers([nomination]),
    }


def pointers(nominations: Iterable[Nomination]) -> dict[str, list[str]]:
    """What a candidate keeps of the nominations that point to them."""
    rows = list(nominations)
    return {
        name: sorted({row[field] for row in rows})
        for name, field in (("constituencies", "constituency"), ("mechanisms", "mechanism"))
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
    return {**source, "state": MERGED, "merged_into": target, **pointers([])}


def own_consent(candidate: Candidate) -> Consent:
    """What the mailbox of the candidate decided. Those of before have it in `consent` alone."""
    kept: Consent | None = candidate.get("own_consent")
    return kept or {name: candidate[name] for name in ("consent", "consent_at")}


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
    decisive: Consent = max(refusals, key=_moment, default=mine)
    return {**candidate, "own_consent": own_consent(candidate), **decisive}


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
    if missing := [candidate["number"] for candidate in candidates if candidate["consent"] != GIVEN]:
        raise Conflict("consultation.consent_missing", numbers=", ".join(str(number) for number in missing))


def is_public(candidate: Candidate) -> bool:
    """Whether everybody may see the candidate as a facilitator."""
    return candidate["state"] == CONFIRMED and candidate["consent"] == GIVEN


# How balanced a group of candidates is: by region, gender and constituency, with the zeros.


def of(found: Sequence[Candidate]) -> dict[str, Any]:
    """{total, regions, genders, constituencies}, each a list of {code, count}.

    A candidate of two constituencies counts in both.
    """
    regions = [region.code for region in reference.itu_regions()] + [reference.no_region().code]
    return {
        "total": len(found),
        "regions": _counts(regions, (candidate["region"] for candidate in found)),
        "genders": _counts(GENDERS, (candidate["gender"] for candidate in found)),
        "constituencies": _counts(
            constituencies(), (code for candidate in found for code in candidate["constituencies"])
        ),
    }


def _counts(codes: Iterable[str], seen: Iterable[str]) -> list[dict[str, Any]]:
    counted = Counter(seen)
    return [{"code": code, "count": counted[code]} for code in codes]
