"""DOCX: an archive of XML parts without macros, embedded objects, document types or content from elsewhere."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it has no types
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]  # it has no types

from wsis_consultation.attachments.inspection import MAX_EXPANDED, Rejection

MAX_PARTS, MAX_DEPTH = 2000, 256
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_CONTENT_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_ENCRYPTED = 0x1  # flag of an entry
_END = b"PK\x05\x06"  # begins the last 22 bytes, where there is no comment

# In names of parts and content types.
_MARKS = (
    (re.compile(r"vbaproject|vbadata|macroenabled|attachedtoolbars|keymapcustomizations", re.IGNORECASE), "scripts"),
    (re.compile(r"activex|oleobject|embeddings/|\.(exe|dll|js|vbs|bat|hta|lnk)$", re.IGNORECASE), "embedded"),
)
_RELATED = {
    "vbaproject": "scripts",
    "wordvbadata": "scripts",
    "attachedtoolbars": "scripts",
    "keymapcustomizations": "scripts",
    "oleobject": "embedded",
    "package": "embedded",
    "control": "embedded",
    "activexcontrolbinary": "embedded",
    "afchunk": "embedded",
}
"""Last part of the type of a relation -> reason."""

_FIELD = "\0"  # begins each field in the text of all fields
# Fields that load a file or start a program when they are updated, by the first word.
_FIELDS = re.compile(
    rf"{_FIELD}\s*(DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON|RD)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"(https?|mailto|tel|ftp):|#", re.IGNORECASE)


def check(path: Path) -> None:
    """Raises Rejection."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, path)
            _check_size(archive)
            for name in _xml_parts(archive):
                _check_part(archive, name)
    except DefusedXmlException:
        raise Rejection("entities") from None
    except (zipfile.BadZipFile, ParseError, EOFError, NotImplementedError, ValueError):
        raise Rejection("damaged") from None


def _check_directory(archive: zipfile.ZipFile, path: Path) -> None:
    entries, content = archive.infolist(), path.read_bytes()
    if len(entries) > MAX_PARTS:
        raise Rejection("expands")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Rejection("encrypted")
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) < len(names) or any(_escapes(name) for name in names):
        raise Rejection("damaged")
    # Another file before the archive, or after it, is another file for another program.
    if min((entry.header_offset for entry in entries), default=1) > 0 or not content[-22:].startswith(_END):
        raise Rejection("polyglot")
    if sum(entry.compress_size for entry in entries) > len(content):  # entries that overlap
        raise Rejection("expands")
    for name in names:
        _check_mark(name)


def _escapes(name: str) -> bool:
    return "\\" in name or name.startswith("/") or ".." in name.split("/") or "\x00" in name or ":" in name


def _check_size(archive: zipfile.ZipFile) -> None:
    """What is unpacked is counted: the sizes in the directory are what somebody wrote there."""
    expanded = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while chunk := part.read(65_536):
                expanded += len(chunk)
                if expanded > MAX_EXPANDED:
                    raise Rejection("expands")


def _xml_parts(archive: zipfile.ZipFile) -> list[str]:
    """The names of the parts that are XML by their content type, which Word goes by, or by their name. Raises
    Rejection where the main part is no document of Word."""
    names = archive.namelist()
    if not {_CONTENT_TYPES, _RELATIONS} <= set(names):
        raise Rejection("damaged")
    types: dict[str, str] = {}
    for element in _elements(archive.open(_CONTENT_TYPES)):
        kind = element.get("ContentType", "")
        _check_mark(kind)
        types[(element.get("PartName") or f".{element.get('Extension', '')}").lower()] = kind.lower()
    main = {
        posixpath.join("/", element.get("Target", "")).lower()
        for element in _elements(archive.open(_RELATIONS))
        if element.get("Type", "").endswith("/officeDocument")
    }
    if len(main) != 1 or types.get(main.pop()) != _MAIN:
        raise Rejection("damaged")

    def is_xml(name: str) -> bool:
        extension = posixpath.splitext(name)[1].lower()
        kind = types.get(f"/{name}".lower(), types.get(extension, ""))
        return kind.endswith("xml") or extension in (".xml", ".rels", ".svg")

    return [name for name in names if is_xml(name)]


def _check_part(archive: zipfile.ZipFile, name: str) -> None:
    fields = [_FIELD]
    with archive.open(name) as part:
        for element in _elements(part):
            tag = element.tag.rpartition("}")[2]  # transitional and strict documents differ in the namespace
            if tag == "Relationship":
                _check_relation(element)
            elif tag in ("instrText", "delInstrText"):
                fields.append(element.text or "")  # a field may be split over several
            elif tag == "fldChar":
                fields.append(_FIELD if _attribute(element, "fldCharType") == "begin" else " ")
            elif tag == "fldSimple":
                fields.append(_FIELD + _attribute(element, "instr") + " ")
            elif tag.lower() == "script":
                raise Rejection("scripts")
    if _FIELDS.search("".join(fields)):
        raise Rejection("external")


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _check_relation(element: Element) -> None:
    kind, target = element.get("Type", ""), element.get("Target", "")
    if (reason := _RELATED.get(kind.rpartition("/")[2].lower())) is not None:
        raise Rejection(reason)
    external = element.get("TargetMode", "").lower() == "external" or re.match(r"[a-z][a-z0-9+.-]*:", target, re.I)
    if external and not (kind.endswith("/hyperlink") and _LINK.match(target)):
        raise Rejection("external")


def _check_mark(text: str) -> None:
    for pattern, reason in _MARKS:
        if pattern.search(text):
            raise Rejection(reason)


def _elements(part: IO[bytes]) -> Iterator[Element]:
    """The elements of a part, each complete when it comes; a document type or an entity raises."""
    depth = 0
    events: Iterator[tuple[str, Element]] = iterparse(part, events=("start", "end"), forbid_dtd=True)
    for event, element in events:
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise Rejection("expands")
        if event == "end":
            yield element
            element.clear()
