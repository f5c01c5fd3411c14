"""Reading of files of the existing register: CSV, XLSX and JSON as a stream of rows, each validated as a content.

It runs in a child process (`child.py` starts it), since a file may do to a parser what no request may do to a service.
"""

from __future__ import annotations

MAX_ROWS, MAX_COLUMNS = 250_000, 200
MAX_CELL = 131_072  # characters

REASONS = {
    "columns": "More than {count} columns.",
    "columns_missing": "Missing columns: {columns}.",
    "columns_repeated": "The column {column} is there twice.",
    "damaged": "The file is damaged.",
    "deep": "The JSON has more than {count} levels, or an item that is too large.",
    "empty": "The file has no rows.",
    "encoding": "The text is not in {encoding}: name the encoding of the file.",
    "encoding_unknown": "The encoding of the file is not clear: name it.",
    "encrypted": "The file is encrypted.",
    "expands": "The file unpacks to too much.",
    "macros": "The workbook has macros.",
    "merged": "The sheet has merged cells.",
    "nul": "The file has NUL characters.",
    "quotes": "A quotation mark is not closed in row {row}, or a cell is too long.",
    "rows": "More than {count} rows.",
    "type": "The file is no CSV, XLSX or JSON.",
}
"""Why a whole file is refused. The sentences are in the part `messages` of the texts."""


class FileRefused(Exception):
    """The file is refused; `reason` is a key of REASONS. `text` is the complete text, where it is known."""

    def __init__(self, reason: str, text: str = "", **values: object) -> None:
        super().__init__(text or REASONS[reason].format(**values))
        self.reason = reason


class NumberCell(str):
    """A cell that was a number: a code in it may have lost its last zero."""


class FaultyCell(str):
    """A cell without a value: an error of the spreadsheet, or a formula that nobody has calculated."""
