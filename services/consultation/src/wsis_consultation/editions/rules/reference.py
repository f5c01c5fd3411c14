"""Reference data of the consultation: session types, ranks of participants and editions as announced."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import TypedDict

from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles, UnknownCode, find, names, read
from wsis_shared.reference.sets import Row

_PACKAGE = "wsis_consultation"


class NamedType(TypedDict):
    """A type of Forum sessions as it is called."""

    code: str
    title: Titles


class SessionType(NamedType):
    """A type of Forum sessions. Stakeholders may ask for one that is `requestable`; a session of it lasts `minutes`
    until somebody says otherwise."""

    track: str
    requestable: bool
    minutes: int


class Rank(TypedDict):
    """A rank of participants of the Forum; who is `ministerial` counts among the ministers."""

    code: str
    title: Titles
    ministerial: bool


class Deadline(TypedDict):
    """A deadline beside those of the phases."""

    code: str
    title: Titles


@cache
def session_types() -> tuple[SessionType, ...]:
    """The types of Forum sessions with which an edition starts."""
    return tuple(read("session_types", _PACKAGE))


def session_type_rows() -> Iterator[Row]:
    """For `/v1/reference/session_types`."""
    for row in session_types():
        yield {
            "code": row["code"],
            "title": dict(row["title"]),
            "track": row["track"],
            "requestable": row["requestable"],
        }


DELEGATE = "delegate"  # the rank of whoever has no other


@cache
def ranks() -> tuple[Rank, ...]:
    """The ranks of participants, the highest first."""
    return tuple(read("ranks", _PACKAGE))


def rank_rows() -> Iterator[Row]:
    """For `/v1/reference/participant_ranks`."""
    for row in ranks():
        yield {"code": row["code"], "title": dict(row["title"]), "ministerial": row["ministerial"]}


@cache
def _deadlines() -> dict[str, Deadline]:
    return {row["code"]: row for row in read("deadlines", _PACKAGE)}


def deadline(code: str) -> Deadline:
    """A deadline beside those of the phases; raises UnknownCode."""
    return find(_deadlines(), code, "deadline")


def edition_seed(edition: int) -> Input:
    """The consultation of an edition as announced, in the shape of data/editions/2017.yaml.

    Dates are wall dates of its `time_zone`. Raises UnknownCode for an edition without a file.
    """
    if f"editions/{edition}" not in names("editions", _PACKAGE):
        raise UnknownCode("consultation edition", edition)
    seed: Input = deepcopy(read(f"editions/{edition}", _PACKAGE))
    return seed
