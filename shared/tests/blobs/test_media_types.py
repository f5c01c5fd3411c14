"""The media type follows from the content."""

import gzip
import io
import zipfile

import pytest
from wsis_shared.blobs import Upload
from wsis_shared.blobs.media_types import HEAD_BYTES, TAIL_BYTES, UNKNOWN, detect, endings, expected_endings

OFFICE = "application/vnd.openxmlformats-officedocument."


def archive(*names, mimetype=None):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        if mimetype:
            file.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            file.writestr(name, "x" * 100)
    return buffer.getvalue()


def of(content):
    return detect(content[:HEAD_BYTES], content[-TAIL_BYTES:])


PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40 + b"\0\0\0\0IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\1" * 50 + b"\xff\xd9", "image/jpeg"),
        (b"GIF89a" + b"\1" * 50 + b"\x3b", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + b"\1" * 50, "image/webp"),
        (archive("[Content_Types].xml", "word/document.xml"), OFFICE + "wordprocessingml.document"),
        (
            archive("[Content_Types].xml", *(f"xl/worksheets/sheet{n}.xml" for n in range(200))),
            OFFICE + "spreadsheetml.sheet",
        ),
        (
            archive("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (archive("notes.txt"), "application/zip"),
        (gzip.compress(b"x"), "application/gzip"),
        (b"RIFF\x24\0\0\0WAVEfmt " + b"\1" * 50, "audio/wav"),
        (b"RIFX\0\0\0\x24WAVEfmt " + b"\1" * 50, "audio/wav"),
        (b"RIFF\x24\0\0\0AVI LIST" + b"\1" * 50, "video/x-msvideo"),
        ("Résumé: 要約\n".encode() * 9000, "text/plain"),
        (b"country,votes\nRW,2\n", "text/plain"),
        (b"<!doctype html><html><script>alert(1)</script></html>", "text/html"),
        (b"\n  <svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    ],
)
def test_formats_are_known_by_their_content(content, media_type):
    assert of(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        PDF[:20],  # cut off
        PNG + b"<?php system($_GET['c']); ?>",  # two formats in one file
        archive("notes.txt")[:60],
        b"x\n" + b"\0" * 20,
        b"caf\xe9 in Latin-1",
        b"junk before " + b"\0" + PDF,
    ],
)
def test_a_file_that_is_not_whole_or_more_than_one_thing_is_unknown(content):
    assert of(content) == UNKNOWN


def test_a_route_takes_what_it_names_and_text_under_a_name_of_its_own():
    csv = Upload(1000, ("application/pdf", "text/csv"))
    assert csv.accept("application/pdf") == "application/pdf"
    assert csv.accept("text/plain") == "text/csv"
    assert csv.accept("text/html") is None
    assert csv.accept(UNKNOWN) is None
    assert Upload(1000, ("text/plain",)).accept("text/plain") == "text/plain"
    assert Upload(1000, ("application/pdf",)).accept("text/plain") is None


@pytest.mark.parametrize(
    ("media_type", "usual"),
    [
        ("text/tab-separated-values", ".tsv"),
        ("text/markdown", ".md"),
        ("text/csv", ".csv"),
        ("application/pdf", ".pdf"),
        (OFFICE + "spreadsheetml.sheet", ".xlsx"),
    ],
)
def test_a_type_has_the_endings_of_its_files(media_type, usual):
    assert endings(media_type)[-1] == usual
    assert endings(UNKNOWN) == ()


@pytest.mark.parametrize(
    ("filename", "expected"),
    [("list.xlsx", ()), ("LIST.XLSX", ()), ("list", ()), ("list.csv", (".xlsx",)), ("list.xls", (".xlsx",))],
)
def test_a_name_that_ends_otherwise_is_noticed(filename, expected):
    assert expected_endings(OFFICE + "spreadsheetml.sheet", filename) == expected
