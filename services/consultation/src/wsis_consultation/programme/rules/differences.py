"""The difference between two versions of the programme, by session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict, TypeVar

from wsis_shared.reference.loading import Titles

from wsis_consultation.programme.rules.versions import FieldChange, Frozen, field_changes


class Brief(TypedDict):
    """A session in a difference."""

    session: str
    number: int
    title: Titles


class ChangedSession(Brief):
    """A session with the fields that differ."""

    changes: list[FieldChange]


class Difference(TypedDict):
    """What differs between two versions, by number of the session."""

    added: list[Brief]
    removed: list[Brief]
    changed: list[ChangedSession]


B = TypeVar("B", bound=Brief)


def between(before: Iterable[Frozen], after: Iterable[Frozen]) -> Difference:
    """What differs. Sessions that are cancelled in a version are not in it."""
    old, new = _confirmed(before), _confirmed(after)
    changed: list[ChangedSession] = [
        {**_brief(new[id]), "changes": changes}
        for id in old.keys() & new.keys()
        if (changes := field_changes(old[id], new[id]))
    ]
    return {
        "added": _by_number(_brief(new[id]) for id in new.keys() - old.keys()),
        "removed": _by_number(_brief(old[id]) for id in old.keys() - new.keys()),
        "changed": _by_number(changed),
    }


def _confirmed(sessions: Iterable[Frozen]) -> dict[str, Frozen]:
    return {session["id"]: session for session in sessions if session["state"] == "confirmed"}


def _brief(session: Frozen) -> Brief:
    return {"session": session["id"], "number": session["number"], "title": session["title"]}


def _by_number(rows: Iterable[B]) -> list[B]:
    return sorted(rows, key=lambda row: row["number"])
