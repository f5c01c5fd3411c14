"""What the page of the finalists makes of what it has read: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject


def finalists(values: Input, _locale: str) -> JsonObject:
    """`ties`: categories whose tie is open, each with the number of its place in the form and the titles of its
    projects; `field_labels` name the fields of the form, which are data."""
    drafts = values["drafts"]["items"] if values["drafts"] else []
    ties = [row for row in drafts if row["tied"]]
    return {
        "ties": [
            (f"settle.{place}", row, {tied["project"]: tied["title"] for tied in row["tied"]})
            for place, row in enumerate(ties)
        ],
        "titles": {tied["project"]: tied["title"] for row in ties for tied in row["tied"]},
        "settled": [row for row in drafts if not row["tied"]],
        "count": sum(len(row["finalists"]) + row["free"] for row in drafts),
    }
