"""PDF: no scripts, no embedded or external files, no encryption, and streams of a bounded size.

Every object is read as the parser sees it, in object streams too: a search of the bytes misses those, and names that
are written with escapes ("/J#61vaScript").
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, StreamDecodeLevel, String

from wsis_consultation.attachments.inspection import MAX_EXPANDED, Rejection

MAX_OBJECTS = 300_000
MAX_PIXELS = 100_000_000  # of an image: some filters make them from a few bytes

_ACTIONS = {
    "/JavaScript": "scripts",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
    "/Launch": "external",
    "/GoToR": "external",
    "/GoToE": "embedded",
    "/ImportData": "external",
    "/SubmitForm": "external",
}
_KEYS = {
    "/JS": "scripts",
    "/JavaScript": "scripts",
    "/EF": "embedded",
    "/EmbeddedFiles": "embedded",
    "/Collection": "embedded",
    "/XFA": "scripts",
    "/RichMediaContent": "media",
}
_SUBTYPES = {
    "/RichMedia": "media",
    "/Screen": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/3D": "media",
    "/FileAttachment": "embedded",
}
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|\?php|\?xml)", re.IGNORECASE)
_UNSAFE_LINK = re.compile(r"\s*(javascript|vbscript|data|file|smb|\\\\)", re.IGNORECASE)


def check(path: Path) -> None:
    """Raises Rejection."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head.startswith(b"%PDF-") or _MARKUP.search(head) or zipfile.is_zipfile(path):
        raise Rejection("polyglot")
    try:
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as pdf:
            _check(pdf)
    except pikepdf.PasswordError:
        raise Rejection("encrypted") from None
    except pikepdf.PdfError as error:
        raise Rejection("expands" if "bad_alloc" in str(error) else "damaged") from None


def _check(pdf: Pdf) -> None:
    if pdf.is_encrypted:
        raise Rejection("encrypted")
    if len(pdf.objects) > MAX_OBJECTS:
        raise Rejection("expands")
    expanded = 0
    for item in (*pdf.objects, pdf.trailer):
        for found in _parts(item):
            _check_dictionary(found)
            if isinstance(found, Stream):
                expanded += _expanded(found, MAX_EXPANDED - expanded)
    if not len(pdf.pages):
        raise Rejection("damaged")
    if any("limits error" in str(warning) for warning in pdf.get_warnings()):  # other readers may not have limits
        raise Rejection("expands")


def _parts(item: Object) -> Iterator[Object]:
    """The dictionaries and streams directly within an object; those behind references are objects of their own."""
    rest = [item]
    while rest:
        part = rest.pop()
        if isinstance(part, Dictionary | Stream):
            yield part
            values: list[object] = [value for _, value in part.items()]
        elif isinstance(part, Array):
            values = list(part)
        else:
            continue
        rest += [value for value in values if isinstance(value, Object) and not value.is_indirect]


def _check_dictionary(found: Object) -> None:
    keys = set(found.keys())
    for key in keys & _KEYS.keys():
        raise Rejection(_KEYS[key])
    for key, reasons in (("/S", _ACTIONS), ("/Subtype", _SUBTYPES)):
        value = found.get(key)
        if isinstance(value, Name) and str(value) in reasons:
            raise Rejection(reasons[str(value)])
    if found.get("/Type") == Name("/EmbeddedFile"):
        raise Rejection("embedded")
    # In the dictionary of a stream /F is another file; /Ref of a form is a page of another file.
    if isinstance(found, Stream) and keys & {"/F", "/FFilter", "/Ref"}:
        raise Rejection("external")
    link = found.get("/URI")
    if isinstance(link, String) and _UNSAFE_LINK.match(str(link)):
        raise Rejection("external")


def _expanded(stream: Object, at_most: int) -> int:
    """Bytes of a stream when it is unpacked. Images of other filters count by their pixels."""
    width, height = (int(stream.get(key, 0)) for key in ("/Width", "/Height"))
    if width * height > MAX_PIXELS:
        raise Rejection("expands")
    filters = stream.get("/Filter", Array())
    names = [str(each) for each in (filters if isinstance(filters, Array) else [filters])]
    raw = stream.read_raw_bytes()
    for name in names:
        if name in ("/FlateDecode", "/Fl"):
            raw = _inflate(raw, at_most)
        elif name in ("/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"):
            raw = stream.read_bytes(StreamDecodeLevel.specialized)  # all of it: the memory of the process is the bound
            break
        else:
            break  # an image
    if len(raw) > at_most:
        raise Rejection("expands")
    return len(raw)


def _inflate(raw: bytes, at_most: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        unpacked = machine.decompress(raw, at_most + 1)
    except zlib.error:
        return raw  # readers show nothing of it
    if len(unpacked) > at_most:
        raise Rejection("expands")
    return unpacked
