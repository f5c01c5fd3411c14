"""The child process: `python -m ... FOLDER MEGABYTES FORMAT...` reads document.json, or calls the
function that lays the document out, and writes document.FORMAT."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from wsis_shared.rendering import docx, fonts, html, pdf
from wsis_shared.rendering.blocks import Document, texts
from wsis_shared.rendering.process import INPUT, LAYOUT, WARNINGS

MAKERS = {"html": html.make, "pdf": pdf.make, "docx": docx.make}


def main(folder: Path, megabytes: int, formats: Sequence[str]) -> None:
    """Write the document in these formats, and which characters the PDF lacks."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    document = _document(folder)
    for name in formats:
        (folder / f"document.{name}").write_bytes(MAKERS[name](document))
    lacking = fonts.missing(texts(document)) if "pdf" in formats else []
    (folder / WARNINGS).write_text(json.dumps({"missing": lacking}), "utf-8")


def _document(folder: Path) -> Document:
    if not (folder / LAYOUT).exists():
        document: Document = json.loads((folder / INPUT).read_text("utf-8"))
        return document
    module, _, function = (folder / LAYOUT).read_text("utf-8").partition(":")
    made: Document = getattr(import_module(module), function)(folder)
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
