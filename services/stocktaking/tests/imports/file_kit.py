"""Files to import, and what the reader makes of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from wsis_shared.tables import TableRefused
from wsis_shared.tables.child import refusing

from wsis_stocktaking.imports.reading.__main__ import lines

Row = dict[str, str]


def printed(path: Path, **options: Any) -> list[dict[str, Any]]:
    """What the process prints for a file."""
    request = {"path": str(path), "options": options, "after": 0, "source": None}
    return [json.loads(json.dumps(each)) for each in refusing(lines, request)]


def outcomes(path: Path, **options: Any) -> list[dict[str, Any]]:
    """The rows of what it prints; raises TableRefused."""
    found = printed(path, **options)
    if "refused" in found[-1]:
        raise TableRefused(found[-1]["reason"], text=found[-1]["refused"])
    return [each for each in found if "row" in each]


def problems(path: Path) -> list[tuple[int, str, str]]:
    """(row, field, message)."""
    return [(each["row"], field, text) for each in outcomes(path) for field, text, _ in each.get("problems", ())]


def reason(path: Path, **options: Any) -> str:
    with pytest.raises(TableRefused) as refused:
        outcomes(path, **options)
    return refused.value.reason


def csv_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def csv_text(*rows: Row, delimiter: str = ",", end: str = "\r\n") -> str:
    names = list(rows[0])
    table = [names, *([each[name] for name in names] for each in rows)]
    return end.join(delimiter.join(f'"{cell}"' for cell in cells) for cells in table)


def book(path: Path, *rows: dict[str, Any], change: Callable[[Any], None] = lambda _: None) -> Path:
    """A workbook as openpyxl writes it: numbers are numbers, dates are dates."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(list(rows[0]))
    for each in rows:
        sheet.append(list(each.values()))
    change(workbook)
    workbook.save(path)
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes], **added: bytes) -> Path:
    """The same archive with other parts."""
    with zipfile.ZipFile(path) as before:
        parts = {name: change(name, before.read(name)) for name in before.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name, content in {**parts, **added}.items():
            after.writestr(name, content)
    return path
