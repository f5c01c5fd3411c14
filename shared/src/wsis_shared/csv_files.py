"""What files of CSV that people bring have in common: their delimiter, and cells that an export of ours has quoted."""

from __future__ import annotations

from collections.abc import Collection

from wsis_shared.exports import FORMULA

DELIMITERS = (",", ";", "\t")


def delimiter_of(header: str, known: Collection[str]) -> str:
    """The one that gives most of the `known` columns."""

    def count(delimiter: str) -> int:
        return sum(cell.strip(' \r\n"').lower() in known for cell in header.split(delimiter))

    return max(DELIMITERS, key=count)


def unquoted(cell: str) -> str:
    """Without the quote that an export puts before what looks like a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
