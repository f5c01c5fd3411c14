"""What pages make of assignments: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input


def targets(values: Input, _locale: str) -> Input:
    """What one can be assigned to, and who was found, by id."""
    edition = values["edition"]
    rows = (*values["discussions"]["items"], *values["meetings"]["items"])
    found = (values["accounts"] or {}).get("items", ())
    return {
        "targets": {edition: edition, **{row["id"]: row["title"] for row in rows}},
        "people": {row["account"]: f"{row.get('names') or row['account']} · {row['email']}" for row in found},
    }
