"""Cross-tabulations for people: as a chart and as CSV."""

from __future__ import annotations

import csv
import io
from typing import TypedDict
from urllib.parse import urlencode

from babel.numbers import format_decimal
from wsis_shared import reference
from wsis_shared.clock import to_geneva
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import long_date
from wsis_shared.sentences import Sentences

from wsis_stocktaking.analysis.rules import STACKED_BARS, Crosstab, Head, Table, largest
from wsis_stocktaking.register.rules.codes import colour_of, short_code

SAY = Sentences("wsis_stocktaking", "analysis")
PATH = "/v1/entry-crosstab"


def title(table: Crosstab, language: str) -> str:
    """What the table counts."""
    rows, columns = (SAY(f"facet_{name}", language) for name in (table["row_facet"], table["column_facet"]))
    return SAY("title", language, rows=rows, columns=columns)


def source(table: Crosstab, language: str) -> str:
    """Where the figures come from, and on which day."""
    day = long_date(to_geneva(table["as_of"]).date(), language)
    number = format_decimal(table["total"], locale=language)
    return SAY("source", language, day=day, count=table["total"], number=number)


def query_string(query: Input) -> str:
    """The query that made the table, as clients write it."""
    given = {
        name: ",".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in query.items()
        if value not in (None, "", [], ())
    }
    return urlencode(given, safe=",:")


class DrawnHead(TypedDict):
    """A row or a column of a chart."""

    code: str | None
    label: str
    colour: str | None


LEFT_TO_RIGHT = "\u200e"  # before an address: else its first slash would stand at its end
MAX_ROWS, MAX_COLUMNS, MAX_SERIES = 40, 17, 8


def chart(table: Crosstab, query: Input, form: str, language: str) -> JsonObject:
    """The chart of a table with at least one row and one column. `query` made it."""
    shown = largest(table, MAX_ROWS, MAX_SERIES if form == STACKED_BARS else MAX_COLUMNS)
    cut = len(shown["rows"]) < len(table["rows"]) or len(shown["columns"]) < len(table["columns"])
    notes = [source(table, language), SAY("several", language)]
    notes += [SAY("largest", language)] if cut else []
    mark = LEFT_TO_RIGHT if reference.language(language).direction == "rtl" else ""
    asked = SAY("query", language, query=f"{mark}{PATH}?{query_string(query)}")
    base = {
        "kind": form,
        "language": language,
        "title": title(table, language),
        "note": f"{' '.join(notes)}\n{asked}",
        "description": _description(shown, language),
    }
    rows = [_head(table["row_facet"], row) for row in shown["rows"]]
    columns = [_head(table["column_facet"], column) for column in shown["columns"]]
    if form == STACKED_BARS:
        named = [{"label": " ".join(filter(None, (row["code"], row["label"])))} for row in rows]
        return {
            **base,
            "rows": named,
            "series": columns,
            "values": shown["values"],
            "shares": True,
            "value_title": SAY("shares", language),
        }
    return {
        **base,
        "rows": rows,
        "columns": columns,
        "values": shown["values"],
        "column_title": SAY(f"facet_{table['column_facet']}", language),
    }


def _head(facet: str, head: Head) -> DrawnHead:
    code = short_code(facet, head["code"])
    return {"code": code, "label": head["label"], "colour": colour_of(facet, head["code"])}


def _description(table: Table, language: str) -> str:
    """The figures for those who do not see them: the largest of each row."""
    parts = []
    for row, values in zip(table["rows"], table["values"], strict=True):
        place = max(range(len(values)), key=values.__getitem__)
        if values[place]:
            parts.append(f"{row['label']}: {table['columns'][place]['label']} {values[place]}")
    return SAY("description", language, rows="; ".join(parts))


def csv_text(table: Crosstab, total: str) -> str:
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
