"""Inspection of attached files: what a file does when it is opened, and how large it unpacks, decide.

The suite finds the type by content; this package looks at the structure. It runs in a child process with limits of
memory and time (`sandbox.py`), since it parses what strangers send.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PNG = "image/png"

_MODULES = {PDF: "pdf", DOCX: "docx", PNG: "png"}  # a child loads the parser that it needs

MAX_EXPANDED = 100_000_000  # bytes of all parts or streams of a file, unpacked


class Rejection(Exception):
    """The file is refused; the argument is a reason, a key of `attachments.errors.REASONS`."""


def inspect(path: Path, media_type: str) -> None:
    """Raises Rejection, or what a parser raises of a file that is no such file."""
    if media_type not in _MODULES:
        raise Rejection("type")
    import_module(f"{__name__}.{_MODULES[media_type]}").check(path)
