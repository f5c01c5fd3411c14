"""The difference between two versions of the programme, by session and field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FIELDS = ("title", "abstract", "type", "track", "language", "interpretation", "organizers", "speakers", "action_lines",
          "sdgs", "theme", "room", "start", "end")  # fmt: skip
PLACE = ("room", "start", "end")

Sessions = Iterable[Mapping[str, Any]]


def between(before: Sessions, after: Sessions) -> dict[str, Any]:
    """{added: [brief], removed: [brief], changed: [{session, number, title, changes: [{field, before, after}]}]}, each
    by number. Sessions that are cancelled in a version are not in it."""
    old, new = _confirmed(before), _confirmed(after)
    changed = [
        {**_brief(new[id]), "changes": changes}
        for id in old.keys() & new.keys()
        if (changes := field_changes(old[id], new[id]))
    ]
    return {
        "added": _by_number(_brief(new[id]) for id in new.keys() - old.keys()),
        "removed": _by_number(_brief(old[id]) for id in old.keys() - new.keys()),
        "changed": _by_number(changed),
    }


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that differ."""
    return [
        {"field": name, "before": before.get(name), "after": after.get(name)}
        for name in FIELDS
        if before.get(name) != after.get(name)
    ]


def _confirmed(sessions: Sessions) -> dict[str, Mapping[str, Any]]:
    return {session["id"]: session for session in sessions if session["state"] == "confirmed"}


def _brief(session: Mapping[str, Any]) -> dict[str, Any]:
    return {"session": session["id"], "number": session["number"], "title": session["title"]}


def _by_number(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: int(row["number"]))
