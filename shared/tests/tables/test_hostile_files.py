"""Files that harm who reads them: small ones that unpack to much, and damaged ones."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from wsis_shared.tables import FaultyCell, TableRefused, child
from wsis_shared.tables.child import Reader

from .table_kit import ENGLISH, ods, read, xlsx

NAMES = ("Project title", "Country", "Status", "Start")
LONG = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz", k=30_000))
Line = dict[str, Any]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(path: Path, rows: Sequence[Sequence[str | float]]) -> Path:
    """One that has each text once, whichever cells name it, and shows its numbers as dates."""
    texts = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str)))
    place = {text: number for number, text in enumerate(texts)}

    def cell_of(cell: str | float) -> str:
        return f'<c t="s"><v>{place[cell]}</v></c>' if isinstance(cell, str) else f'<c s="0"><v>{cell!r}</v></c>'

    def related(**targets: str) -> str:
        rows = (f'<Relationship Id="{kind}" Type="{_TYPES}/{kind}" Target="{part}"/>' for kind, part in targets.items())
        return f"<Relationships>{''.join(rows)}</Relationships>"

    parts = {
        "_rels/.rels": related(officeDocument="book.xml"),
        "_rels/book.xml.rels": related(worksheet="sheet.xml", sharedStrings="texts.xml", styles="styles.xml"),
        "book.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_TYPES}"><sheet name="a" r:id="worksheet"/></workbook>',
        "styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>',
        "texts.xml": f'<sst xmlns="{_MAIN}">{"".join(f"<si><t>{escape(text)}</t></si>" for text in texts)}</sst>',
        "sheet.xml": f'<worksheet xmlns="{_MAIN}">'
        + "".join(f"<row>{''.join(map(cell_of, row))}</row>" for row in rows)
        + "</worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert path.stat().st_size < 100_000
    return path


def reader(path: Path) -> Reader[Line]:
    return Reader[Line]("wsis_shared.tables", {"path": str(path), "options": {}, "after": 0, "known": []})


def test_a_batch_of_huge_rows_has_few_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "BATCH_BYTES", 10 * len(LONG))
    path = workbook(tmp_path / "register", [NAMES, *([["a", LONG, LONG, LONG]] * 30)])
    with reader(path) as found:
        batches = list(found.batches())
    assert sum(map(len, batches)) == 30
    assert max(map(len, batches)) == 4


def test_a_row_that_unpacks_to_too_much_is_refused_behind_the_rows_before(tmp_path: Path) -> None:
    names = [*NAMES, *(f"Remark {number}" for number in range(180))]
    path = workbook(tmp_path / "register", [names, ["a", "KE", "b", "c"], ["d", *[LONG] * 183], ["e"]])
    with reader(path) as found:
        batches = found.batches()
        assert [row["cells"][0] for row in next(batches)] == ["a"]
        with pytest.raises(TableRefused) as refused:
            list(batches)
    assert refused.value.reason == "expands"


def packed_otherwise(path: Path) -> None:
    """By a method that no program of spreadsheets writes, and that takes its own limits of memory."""
    with zipfile.ZipFile(path) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as after:
        for name, content in parts.items():
            after.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)


def broken(path: Path) -> None:
    """With other bytes in the part that has the rows, as bad disks and uploads leave them."""
    with zipfile.ZipFile(path) as archive:
        [part] = [each for each in archive.infolist() if each.filename.endswith(("sheet1.xml", "content.xml"))]
    content = bytearray(path.read_bytes())
    start = part.header_offset + 30 + len(part.filename)
    content[start : start + part.compress_size] = b"\xff" * part.compress_size
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [packed_otherwise, broken])
@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_damaged_archive_is_refused_at_once(
    tmp_path: Path, write: Callable[..., Path], harm: Callable[[Path], None]
) -> None:
    path = write(tmp_path / "register", a=ENGLISH)
    harm(path)
    with reader(path) as found, pytest.raises(TableRefused) as refused:
        list(found.batches())
    assert refused.value.reason == "damaged"


@pytest.mark.parametrize("number", [41_225_551_234.0, -900_000.0, 1e300])
def test_a_number_that_is_shown_as_a_date_and_is_none_is_a_fault_of_its_cell(tmp_path: Path, number: float) -> None:
    path = workbook(
        tmp_path / "register", [NAMES, ["Farmers", "KE", "ongoing", number], ["Phones", "UG", "b", 42000.0]]
    )
    [first, second] = read(path)[1]
    assert (first[3], type(first[3])) == ("#NUM!", FaultyCell)
    assert second[3] == "2014-12-27"
