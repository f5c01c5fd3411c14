"""Registers of `registers/*.yaml` as files, and what comes in of their rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

import openpyxl
import xlwt
import yaml
from wsis_shared.json_types import JsonObject
from wsis_shared.mapping.confirming import ShownColumn, confirm, errors_of, to_response
from wsis_shared.mapping.documents import UNREAD, UNREAD_CODE, RowMapping
from wsis_shared.mapping.words import fold

from wsis_stocktaking.imports.reading.validation import File
from wsis_stocktaking.imports.rules.mapping import values
from wsis_stocktaking.imports.rules.mapping.choices import CHOICES
from wsis_stocktaking.imports.rules.mapping.fields import GROUPS
from wsis_stocktaking.imports.schemas import MappedColumnBody, MappingBody

FOLDER = Path(__file__).parent / "registers"
_FIELDS = {
    "type": "organization.type",
    "status": "status",
    "kind": "kind",
    "scope": "coverage",
    "country": "countries",
    "line": "action_lines",
    "goal": "sdgs",
}
_DAY = xlwt.easyxf(num_format_str="DD/MM/YYYY")
_MEANT = re.compile(r'(\w+)=("[^"]*"|\S+)')


@dataclass
class Line:
    """A row: its cells, and what it means; None: it is no activity."""

    cells: list[str]
    meant: dict[str, str] | None


@dataclass
class Register:
    """A file, and what a person answers who is asked about it: codes by "field: value", a constant by field, and the
    field of a column, "" for none, where another one is proposed. `blank` rows are before the last one."""

    name: str
    header: str
    rows: list[str]
    format: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    above: Sequence[str] = ()
    below: Sequence[str] = ()
    merged: Sequence[str] = ()
    first_sheet: Sequence[str] = ()
    blank: int = 0
    source: str = "register"
    answers: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[Line]:
        """Its rows."""
        return [_line(row) for row in self.rows]

    def write(self, folder: Path) -> tuple[Path, dict[int, Line]]:
        """The file, with its lines by their rows in it."""
        lines = self.lines()
        above = [_cells(row) for row in (*self.above, self.header)]
        gap: list[list[str]] = [[]] * self.blank
        table = [*above, *(line.cells for line in lines[:-1]), *gap, lines[-1].cells, *map(_cells, self.below)]
        path = folder / f"{self.name}.{self.format}"
        _WRITERS[self.format](self, path, table)
        rows = {len(above) + place: line for place, line in enumerate(lines[:-1], start=1)}
        return path, {**rows, len(above) + len(gap) + len(lines): lines[-1]}


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")]


def _line(row: str) -> Line:
    cells, _, meant = row.rpartition("=>")
    found = None if meant.strip() == "none" else {name: said.strip('"') for name, said in _MEANT.findall(meant)}
    return Line(_cells(cells), found)


def _csv(register: Register, path: Path, table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=register.delimiter).writerows(table)
    path.write_bytes(out.getvalue().encode(register.encoding))


def _xlsx(register: Register, path: Path, table: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in register.first_sheet:
        book.active.append(_cells(row))
    sheet = book.create_sheet() if register.first_sheet else book.active
    for number, cells in enumerate(table, start=1):
        for column, cell in enumerate(cells, start=1):
            sheet.cell(number, column, _value(cell))
    for area in register.merged:
        sheet.merge_cells(area)
    book.save(path)


def _xls(_: Register, path: Path, table: list[list[str]]) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if cell:
                sheet.write(row, column, _value(cell), *([_DAY] if cell[:1] == "@" else []))
    book.save(str(path))


_ODS = """<?xml version="1.0"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="1">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


def _ods(_: Register, path: Path, table: list[list[str]]) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(escape(each)) for each in cells or [''])}</table:table-row>"
        for cells in table
    )
    with ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", _ODS.format(rows=rows))


def _value(cell: str) -> str | int | date | None:
    if cell[:1] == "@":
        return date.fromisoformat(cell[1:])
    return int(cell) if cell.isascii() and cell.isdecimal() and cell[:1] != "0" else cell or None


_WRITERS = {"csv": _csv, "xlsx": _xlsx, "xls": _xls, "ods": _ods}


@cache
def registers() -> dict[str, Register]:
    """All of them by name."""
    found = (Register(**each) for path in sorted(FOLDER.glob("*.yaml")) for each in yaml.safe_load(path.read_text()))
    return {each.name: each for each in found}


@dataclass
class Result:
    """What came in of a file: rows as they were meant, all that were meant, what others say wrongly, what of that
    nobody is asked about, and what is left out."""

    good: int = 0
    all: int = 0
    wrong: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)


def read(register: Register, folder: Path, *, confirmed: bool) -> Result:
    """The rows of a register, by the mapping as it is proposed, or as a person confirms it who answers what it asks."""
    path, lines = register.write(folder)
    file = File(path, {}, register.source)
    outcomes = list(file.outcomes(0))
    for _ in range(2 if confirmed else 0):  # columns first, then what their values mean
        file = File(path, {}, register.source, _confirmed(register, file.about["mapping"], outcomes))
        outcomes = list(file.outcomes(0))
    mapping = file.about["mapping"]
    asked = {each["field"] for each in (*mapping["values"], *mapping["constants"])}
    result = Result()
    by_row = {each["row"]: each for each in outcomes}
    for row, line in lines.items():
        _compare(result, f"{register.name} {row}", line, by_row.pop(row, None), asked)
    below = [f"{register.name} {row}: below, but came in" for row, each in by_row.items() if "content" in each]
    result.wrong += below
    result.unasked += below
    return result


def _compare(result: Result, where: str, line: Line, outcome: Any, asked: set[str]) -> None:
    came_in = outcome is not None and "content" in outcome
    if line.meant is None:
        result.unasked += [f"{where}: no activity, but came in"] * came_in
        result.wrong += [f"{where}: no activity, but came in"] * came_in
        return
    result.all += 1
    if not came_in:
        result.lacking.append(f"{where}: {outcome['problems'] if outcome else 'not read'}")
        return
    wrong, lacking = _differences(outcome["content"], line.meant)
    result.good += not wrong and not lacking
    result.wrong += [f"{where}: {name} {said}" for name, said in wrong.items()]
    result.unasked += [f"{where}: {name} {said}" for name, said in wrong.items() if _FIELDS.get(name) not in asked]
    result.lacking += [f"{where}: {each}, {outcome.get('warnings')}" for each in lacking]


def _confirmed(register: Register, proposed: RowMapping, outcomes: list[Any]) -> RowMapping:
    """The mapping with answers to what the file asks: those of the register, else what is proposed."""
    asked = {
        (name, value)
        for each in outcomes
        for name, text, value in (*each.get("problems", ()), *each.get("warnings", ()))
        if text in (UNREAD, UNREAD_CODE) and name in GROUPS and value
    }
    parts = ((*key.partition(": "), codes) for key, codes in register.answers.items())
    said = {(name, fold(value)): codes.split() for name, _, value, codes in parts}
    answers = {(each["field"], each["value"]): each["codes"] for each in proposed["values"]}
    answers |= {key: list(likely) for key in asked if (likely := values.likely(*key))}
    for name, value in {*asked, *answers}:
        if codes := said.get((name, fold(value))) or _of_parts(said, name, value):
            answers[name, value] = codes
    constants = {each["field"]: each["value"] for each in proposed["constants"]} | register.constants
    body = {
        "columns": [_answered(register, each) for each in to_response(proposed)["columns"]],
        "constants": [{"field": name, "value": value} for name, value in constants.items()],
        "values": [
            {"field": name, "value": value, "codes": codes, "nothing": not codes}
            for (name, value), codes in answers.items()
        ],
    }
    loaded = MappingBody().load(body)
    assert errors_of(loaded, proposed, CHOICES) == {}
    return confirm(loaded, proposed, CHOICES)


def _of_parts(said: dict[tuple[str, str], list[str]], name: str, value: str) -> list[str]:
    """What a person answers about a list whose parts are known."""
    parts = [said.get((name, fold(part))) for part in re.split("[,;،、]", value)]
    return [code for codes in parts for code in codes or ()] if all(parts) else []


def _answered(register: Register, column: ShownColumn) -> JsonObject:
    """A column of the form, with the field that a person chooses; a field that another column has is its own."""
    given = {name: column[name] for name in MappedColumnBody().fields}
    chosen = register.columns.get(column["column"], given["field"])
    others = [name for each, name in register.columns.items() if each != column["column"]]
    also = given["also"] if chosen == given["field"] and given["also"] not in others else None
    return {**given, "field": chosen or None, "also": also}


def _said(content: JsonObject) -> dict[str, set[str]]:
    lines = {
        f"{named['line']}.{theme}" if theme else named["line"]
        for named in content["action_lines"]
        for theme in named.get("sub_themes") or [""]
    }
    one = {
        "status": content["status"],
        "type": content["organization"]["type"],
        "kind": content["kind"],
        "scope": content["coverage"],
        "start": content["start_date"],
        "end": content["end_date"],
        "org": content["organization"]["name"],
    }
    return {name: {value} - {None} for name, value in one.items()} | {
        "country": set(content["countries"]),
        "region": set(content["regions"]),
        "line": lines,
        "goal": {*map(str, content["sdgs"]), *content["targets"]},
        "link": {link["url"] for link in content["links"]},
    }


def _differences(content: JsonObject, meant: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """What says something else by name, and what is left out."""
    said = _said(content)
    wrong, lacking = {}, []
    for name, text in meant.items():
        wanted = {text} if name in ("org", "link") else set(text.split(","))
        wanted |= {each.partition(".")[0] for each in wanted} if name == "goal" else set()
        if more := said[name] - wanted:
            wrong[name] = f"{sorted(more)} is not {text}"
        elif wanted - said[name]:
            lacking.append(f"{name} {sorted(wanted - said[name])}")
    return wrong, lacking
