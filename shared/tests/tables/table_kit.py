"""Registers as ministries send them: rows in many languages, written in many shapes."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlwt
from wsis_shared.tables import Known, ReadOptions, Table
from wsis_shared.tables.encodings import codec_of
from wsis_shared.tables.reading import read_table

Cell = Any
Rows = Sequence[Sequence[Cell]]

ENGLISH: Rows = (
    ("No.", "Project Title", "Implementing organization", "Country", "Start", "Budget (USD)", "Status"),
    (1, "Digital farmers", "Ministry of Agriculture", "Kenya", date(2014, 3, 15), 120000, "Ongoing"),
    (2, "Village phones", "Rural Telecom Fund", "Uganda", date(2013, 1, 1), 80000, "Completed"),
    (3, "School net", "Ministry of Education", "Viet Nam", date(2012, 9, 1), 310500.5, "Ongoing"),
    (4, "Tele-health", "University Hospital", "Nepal", date(2015, 2, 28), 45000, "Planned"),
    (5, "Open libraries", "National Library", "Côte d’Ivoire", date(2011, 11, 30), 15000, "Completed"),
)
TEXTS = {
    "pl": "Tytuł|Opis|Kraj\nCyfrowa szkoła|Łącza dla szkół i bibliotek|Polska\nŻycie bez barier|Usługi|Węgry",
    "cs": "Název|Popis|Země\nDigitální škola|Připojení škol k síti|Česko\nZdraví na dálku|Péče o pacienty|Řecko",
    "hu": "Cím|Leírás|Ország\nDigitális iskola|Elérés időseknek|Magyarország\n",
    "ru": "Название|Описание|Страна\nЦифровая школа|Доступ к интернету|Россия\nЭлектронное здоровье|Врачи|Казахстан",
    "fr": "Intitulé|Résumé|Pays\nÉcole numérique|Accès des écoles|Sénégal\nTélésanté|Hôpitaux reliés|Côte d’Ivoire",
    "es": "Título|Descripción|País\nEscuela digital|Niños y niñas en línea|España\nTelesalud|Atención médica|México",
    "el": "Τίτλος|Περιγραφή|Χώρα\nΨηφιακό σχολείο|Πρόσβαση στο διαδίκτυο|Ελλάδα\nΤηλεϊατρική|Νοσοκομεία|Κύπρος",
    "tr": "Başlık|Açıklama|Ülke\nDijital okul|Okullar için geniş bant|Türkiye\nUzaktan sağlık|Hastaneler ağı|Gürcistan",
    "ar": "العنوان|الوصف|البلد\nالمدرسة الرقمية|النفاذ إلى الإنترنت|مصر\nالصحة عن بعد|ربط المستشفيات|المغرب",
    "he": "שם|תיאור|מדינה\nבית ספר דיגיטלי|גישה לרשת לכל ילד|ישראל\nרפואה מרחוק|חיבור בתי חולים|ירדן",
    "zh": "项目名称|说明|国家\n数字学校|农村宽带接入|中国\n远程医疗|连接各地医院|蒙古",
    "zh_Hant": "專案名稱|說明|國家\n數位學校|偏鄉寬頻建設|新加坡\n遠距醫療|連結各地醫院|馬來西亞",
    "ja": "事業名|概要|国\nデジタル学校|農村のブロードバンド|日本\n遠隔医療|病院をつなぐ|タイ",
    "ko": "사업명|개요|국가\n디지털 학교|농어촌 광대역 통합망|대한민국\n원격 의료|병원을 연결|몽골",
    "th": "ชื่อโครงการ|คำอธิบาย|ประเทศ\nโรงเรียนดิจิทัล|การเข้าถึงอินเทอร์เน็ต|ไทย\nแพทย์ทางไกล|โรงพยาบาล|ลาว",
    "lt": "Pavadinimas|Aprašymas|Šalis\nSkaitmeninė mokykla|Mokyklų ryšys|Lietuva\nPagalba|Ligonių ryšys|Kipras",
}
KNOWN = Known(frozenset({"project title", "country", "status", "implementing organization", "start", "title", "name"}))


def rows_of(language: str) -> list[list[str]]:
    """A small register in a language, its header first."""
    return [line.split("|") for line in TEXTS[language].splitlines()]


def csv(
    path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8", before: str = "", end: str = "\r\n"
) -> Path:
    """Text as a spreadsheet writes it."""
    lines = [delimiter.join(_quoted(str(cell), delimiter) for cell in row) for row in rows]
    path.write_bytes((before + end.join(lines) + end).encode(codec_of(encoding)))
    return path


def _quoted(cell: str, delimiter: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(each in cell for each in (delimiter, '"', "\n")) else cell


def xlsx(path: Path, merged: Sequence[str] = (), hidden: Sequence[str] = (), **sheets: Rows) -> Path:
    """A workbook; cells of `merged` are of its last sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


def xls(
    path: Path, hidden: Sequence[str] = (), merged: Sequence[tuple[int, int, int, int]] = (), **sheets: Rows
) -> Path:
    """A workbook of before 2007; an area of `merged` is top, bottom, left, right from 0, of its last sheet."""
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    covered = {
        (row, column)
        for top, bottom, left, right in merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell not in (None, "") and (number, column) not in covered:
                    sheet.write(number, column, cell, *([day] if isinstance(cell, date) else []))
    for top, bottom, left, right in merged:
        sheet.write_merge(top, bottom, left, right, rows[top][left])
    book.save(str(path))
    return path


def ods(
    path: Path, hidden: Sequence[str] = (), spans: dict[tuple[int, int], tuple[int, int]] | None = None, **sheets: Rows
) -> Path:
    """A spreadsheet of OpenDocument; `spans` are rows and columns of a cell of its last sheet, by its place from 0."""

    def cell_of(cell: Cell, span: tuple[int, int] | None) -> str:
        about = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
        if cell in (None, ""):
            return f"<table:table-cell{about}/>"
        if isinstance(cell, date):
            about += f' office:value-type="date" office:date-value="{cell}"'
        elif isinstance(cell, (int, float)):
            about += f' office:value-type="float" office:value="{cell}"'
        else:
            about += ' calcext:value-type="error"' if cell.startswith("#REF") else ' office:value-type="string"'
        return f"<table:table-cell{about}><text:p>{escape(str(cell))}</text:p></table:table-cell>"

    last, body = list(sheets)[-1], ""
    for name, rows in sheets.items():
        style = "hidden" if name in hidden else "shown"
        body += f'<table:table table:name={quoteattr(name)} table:style-name="{style}">'
        for number, row in enumerate(rows):
            found = [
                cell_of(cell, (spans or {}).get((number, at)) if name == last else None) for at, cell in enumerate(row)
            ]
            rest = '<table:table-cell table:number-columns-repeated="16000"/>'
            body += f"<table:table-row>{''.join(found)}{rest}</table:table-row>"
        body += (
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row></table:table>'
        )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    styles = "".join(
        f'<style:style style:name="{name}"><style:table-properties table:display="{display}"/></style:style>'
        for name, display in (("shown", "true"), ("hidden", "false"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names} xmlns:calcext="urn:org:documentfoundation:calc">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
    return path


def read(path: Path, known: Known = KNOWN, **options: Any) -> tuple[Table, list[list[str]]]:
    """The table of a file, and the cells of its rows."""
    table = read_table(path, ReadOptions(**options), known)
    return table, [cells for _, cells in table.rows]
