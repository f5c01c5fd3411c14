"""Which candidates may be the same person: suggestions with a score; people decide.

Names come in several scripts and orders, with and without titles: "Dr. Ольга Петрова", "PETROVA Olga". They are
compared in ASCII, in each rotation of their tokens, and by consonants, since transcriptions differ in vowels. Names
alone mislead, so the e-mail, the organization and the country count too, and nothing is merged automatically.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypedDict

from anyascii import anyascii
from rapidfuzz import fuzz

from wsis_consultation.facilitators.rules.candidates import Candidate

_TITLES = frozenset(["dr", "prof", "mr", "mrs", "ms", "mme", "sr", "sra", "he", "hon", "eng", "sir", "dame", "exc"])
_VOWELS = re.compile(r"[aeiouyhw]|(.)(?=\1)")  # weak letters, and all but the last of a double one
NAME_WEIGHT, ORGANIZATION_POINTS, COUNTRY_POINTS = 0.7, 15, 15
SUGGESTED_FROM = 70  # points of 100
SIMILAR = 85  # of a name or an organization
MAX_COMPARED = 300


@dataclass(frozen=True)
class Pair:
    """Two candidates; `score` is 0 to 100, `reasons` among email, name, organization, country."""

    one: str
    other: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Compared:
    id: str
    email: str
    rotations: tuple[str, ...]
    in_order: str
    consonants: str
    organization: str
    country: str


class _Person(TypedDict):
    _id: str
    full_name: str
    organization: str | None
    country: str
    email: str


def find(candidates: Sequence[Candidate]) -> list[Pair]:
    """The pairs that somebody should look at, the most likely first; of the first MAX_COMPARED candidates."""
    compared = [_prepare(candidate) for candidate in candidates[:MAX_COMPARED]]
    pairs = [_pair(one, other) for one, other in combinations(compared, 2)]
    found = [pair for pair in pairs if pair.score >= SUGGESTED_FROM]
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def name_likeness(one: str, other: str) -> float:
    """0 to 100, whatever the script, the order and the title."""
    first, second = (
        _prepare({"_id": name, "full_name": name, "organization": None, "country": "", "email": name})
        for name in (one, other)
    )
    return _likeness(first, second, 0)


def _prepare(candidate: _Person) -> _Compared:
    tokens = _tokens(candidate["full_name"])
    return _Compared(
        candidate["_id"],
        candidate["email"].casefold(),
        tuple(" ".join((*tokens[turn:], *tokens[:turn])) for turn in range(len(tokens))),
        " ".join(sorted(tokens)),
        _consonants(tokens),
        anyascii(candidate["organization"] or "").casefold(),
        candidate["country"],
    )


def _pair(one: _Compared, other: _Compared) -> Pair:
    same_email = one.email == other.email
    likeness = fuzz.token_set_ratio(one.organization, other.organization, score_cutoff=SIMILAR)
    same_organization = bool(one.organization) and likeness >= SIMILAR
    same_country = one.country is not None and one.country == other.country
    points = ORGANIZATION_POINTS * same_organization + COUNTRY_POINTS * same_country
    # A name that is less like would not be suggested: that is most of the pairs, and most of the time.
    at_least = SIMILAR if same_email else (SUGGESTED_FROM - 1 - points) / NAME_WEIGHT
    name = _likeness(one, other, at_least)
    signals = (
        ("email", same_email),
        ("name", name >= SIMILAR),
        ("organization", same_organization),
        ("country", same_country),
    )
    score = 100 if same_email else NAME_WEIGHT * name + points
    return Pair(one.id, other.id, round(score), tuple(reason for reason, holds in signals if holds))


def _tokens(name: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z]+", anyascii(name).casefold().replace("'", ""))
    return tuple(word for word in words if word not in _TITLES) or tuple(words)


def _consonants(tokens: Sequence[str]) -> str:
    return " ".join(sorted(filter(None, (_VOWELS.sub("", token) for token in tokens))))


def _likeness(one: _Compared, other: _Compared, at_least: float) -> float:
    """0 to 100; 0 where it would be below `at_least`."""
    if not one.rotations or not other.rotations:
        return 0.0
    likeness = [fuzz.ratio(rotated, other.rotations[0], score_cutoff=at_least) for rotated in one.rotations]
    in_order = fuzz.ratio(one.in_order, other.in_order, score_cutoff=at_least)
    return max(*likeness, in_order, fuzz.ratio(one.consonants, other.consonants, score_cutoff=at_least))
