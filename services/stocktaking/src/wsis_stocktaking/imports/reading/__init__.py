"""Reading of files of the existing register: a table (`wsis_shared.tables`) or JSON as a stream of rows, each validated
as a content.

It runs in a child process (`child.py` starts it), since a file may do to a parser what no request may do to a service.
"""

from __future__ import annotations

from typing import TypedDict

from wsis_shared.mapping.documents import Example, RowMapping
from wsis_shared.tables import Reading, TableRefused

REASONS = {
    "columns_repeated": "The column {column} is there twice.",
    "deep": "The JSON has more than {count} levels, or an item that is too large.",
    "mapping_needed": "The columns are not those of an export, and nobody has confirmed what they are: try the file.",
}
"""Why a whole file is refused, beside the reasons of `wsis_shared.tables`. The sentences are in the part `messages` of
the texts."""


class About(TypedDict, total=False):
    """What is known of a file that is read."""

    format: str
    encoding: str | None
    unknown_columns: list[str]
    unread_sheets: list[str]
    reading: Reading | None
    mapping: RowMapping
    mapping_state: str | None
    mapping_number: int | None
    examples: list[Example]
    unsure_dates: list[str]


def refused(reason: str, **values: object) -> TableRefused:
    """A refusal for one of REASONS."""
    return TableRefused(reason, text=REASONS[reason].format(**values))
