"""A cross-tabulation as CSV: one row per code of the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any


def csv_text(table: Mapping[str, Any], total: str) -> str:
    """RFC 4180 with the byte order mark by which spreadsheets know UTF-8. Codes and labels are ours: none begins like a
    formula. `total` is the title of the column of totals."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)  # with CRLF
    buffer.write("\ufeff")
    heads = table["columns"]
    rows.writerow([table["row_facet"], "", *(head["code"] for head in heads), ""])
    rows.writerow(["", "", *(head["label"] for head in heads), total])
    for row, values in zip(table["rows"], table["values"], strict=True):
        rows.writerow([row["code"], row["label"], *values, row["total"]])
    rows.writerow(["", total, *(head["total"] for head in heads), table["total"]])
    return buffer.getvalue()
