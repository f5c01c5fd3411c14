"""All projects leave as files, which a spreadsheet library opens."""

from __future__ import annotations

import csv
import io

import openpyxl

from wsis_demo.play import Mismatch, Play


def export_projects(play: Play) -> str:
    """XLSX and CSV hold the projects of the list, each once."""
    path = f"{play.path}/projects"
    expected = sorted(row["id"] for row in play.projects())
    workbook = openpyxl.load_workbook(io.BytesIO(play.officer.get(path, format="xlsx")), read_only=True)
    rows = list(workbook.active.iter_rows(values_only=True))
    table = list(csv.DictReader(io.StringIO(play.officer.get(path, format="csv").decode("utf-8-sig"))))
    at = rows[0].index("id")
    for found in ([row[at] for row in rows[1:]], [row["id"] for row in table]):
        if sorted(found) != expected:
            raise Mismatch(f"an export has {len(found)} projects, the list {len(expected)}")
    return f"{len(expected)} projects as XLSX and as CSV, {len(rows[0])} columns"
