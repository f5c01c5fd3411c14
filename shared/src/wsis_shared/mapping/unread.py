"""Values of a table that were not understood or not valid, once each with their counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from wsis_shared.mapping.documents import Problem


class ReadRow(TypedDict):
    """A row with what was left out of it, and what refuses it."""

    row: int
    warnings: NotRequired[Sequence[Problem]]
    problems: NotRequired[Sequence[Problem]]


class UnreadValue(TypedDict):
    """A value that was not understood or not valid, of rows that came in or not, once with its count."""

    field: str
    value: str | None
    message: str
    refused: bool
    count: int
    row: int


def unread_values(rows: Sequence[ReadRow]) -> list[UnreadValue]:
    """What rows of other columns say that was left out, or that refused them. What may name a person is not kept."""
    found: dict[tuple[str, str | None, str, bool], UnreadValue] = {}
    for row in rows:
        said = [(False, *each) for each in row.get("warnings", ())]
        said += [(True, *each) for each in row.get("problems", ()) if each[2] is not None]
        for refused, name, message, value in said:
            text = value if isinstance(value, str) and "@" not in value else None
            known = found.setdefault(
                (name, text, message, refused),
                {"field": name, "value": text, "message": message, "refused": refused, "count": 0, "row": row["row"]},
            )
            known["count"] += 1
    return list(found.values())
