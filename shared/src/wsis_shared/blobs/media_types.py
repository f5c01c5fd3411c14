"""The media type of a file by its content, never by the word of whoever sends it.

puremagic knows many formats by their first bytes, which is a hint: it takes each ZIP archive for an office document,
and finds a PDF behind other bytes. So the structure of the common formats decides here: what the first bytes promise,
the last bytes must confirm. A file that does not is UNKNOWN.
"""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

import puremagic

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 4096
TAIL_BYTES = 64 * 1024

_TEXT = "text/plain"
# Text that a browser or a mail program would run or open as something else.
_MARKUP = ("text/html", "image/svg+xml", "application/xml", "application/rtf", "text/vtt", "message/rfc822")
_ALIASES = {
    "application/x-gzip": "application/gzip",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "video/avi": "video/x-msvideo",
}
_ZIP = "application/zip"
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_XLS, _OLE = "application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = "Workbook".encode("utf-16-le")  # a name in the directory of the container, wherever that is
# Media type, what the first bytes are, what the last bytes hold.
_STRUCTURES = (
    ("application/pdf", re.compile(rb"%PDF-\d"), re.compile(rb"%%EOF\s*\Z")),
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR", re.DOTALL), re.compile(rb"IEND\xaeB`\x82\Z")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff"), re.compile(rb"\xff\xd9")),
    ("image/gif", re.compile(rb"GIF8[79]a"), re.compile(rb"\x3b\Z")),
)
# How the names of files end. Text has no first bytes that tell one of its formats from another.
_ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    _OFFICE[b"word/"]: (".docx",),
    _OFFICE[b"xl/"]: (".xlsx",),
    _OFFICE[b"ppt/"]: (".pptx",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    _XLS: (".xls",),
    _TEXT: (".csv", ".json", ".jsonl", ".md", ".ndjson", ".tsv", ".txt"),
}
_TEXTS = {"text/markdown": ".md", "text/tab-separated-values": ".tsv"}  # others end as they are called
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
# Of an entry in a ZIP archive's directory: up to the lengths of name, extra field and comment, and then the name.
_DIRECTORY_ENTRY = re.compile(rb"PK\x01\x02.{24}(?P<length>..).{16}", re.DOTALL)


def detect(head: bytes, tail: bytes) -> str:
    """The media type of a file with these first bytes (HEAD_BYTES of them) and these last bytes (TAIL_BYTES)."""
    for media_type, start, end in _STRUCTURES:
        if start.match(head):
            return media_type if end.search(tail) else UNKNOWN
    if head.startswith(b"PK\x03\x04"):
        return _archive(head, tail)
    if head.startswith(_OLE):
        return _XLS if _WORKBOOK in head or _WORKBOOK in tail else UNKNOWN
    if head and _is_text(head, tail):
        hint = _hint(head.lstrip(b"\xef\xbb\xbf \t\r\n"))
        return hint if hint in _MARKUP else _TEXT
    hint = _hint(head)
    # A hint alone is not enough for text and for what has a structure.
    structured = hint in {row[0] for row in _STRUCTURES} or hint in _OFFICE.values()
    return UNKNOWN if structured or hint.startswith("text/") else hint


def expected_endings(detected: str, filename: str) -> tuple[str, ...]:
    """How the name of a file of the `detected` type should end, where its ending says another type; else none."""
    endings = _ENDINGS.get(detected, ())
    return endings if PurePath(filename).suffix and not filename.lower().endswith(endings or "") else ()


def endings(media_type: str) -> tuple[str, ...]:
    """How the names of files of this type end, the usual ending last; none where it says nothing of them."""
    if media_type == UNKNOWN:
        return ()
    return _ENDINGS.get(media_type) or (_TEXTS.get(media_type, f".{media_type.partition('/')[2]}"),)


def _hint(head: bytes) -> str:
    try:
        media_type: str = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return _ALIASES.get(media_type, media_type) or UNKNOWN


def _is_text(head: bytes, tail: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        # The tail may begin within a character: at most three bytes of it are no start of one.
        codecs.getincrementaldecoder("utf-8")().decode(re.sub(rb"\A[\x80-\xbf]{1,3}", b"", tail), final=True)
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(head) and not _CONTROL.search(tail)


def _archive(head: bytes, tail: bytes) -> str:
    """By the directory of a ZIP archive, which is its end."""
    if b"PK\x05\x06" not in tail:
        return UNKNOWN
    if head[30:38] == b"mimetype":  # OpenDocument and EPUB: the first entry, stored plain, is the media type
        named = re.match(rb"application/[a-z0-9.+-]{1,60}", head[38:])
        return named[0].decode() if named else _ZIP
    names = [
        tail[entry.end() : entry.end() + int.from_bytes(entry["length"], "little")]
        for entry in _DIRECTORY_ENTRY.finditer(tail)
    ]
    if b"[Content_Types].xml" not in names:
        return _ZIP
    return next((_OFFICE[folder] for folder in _OFFICE if any(name.startswith(folder) for name in names)), _ZIP)
