"""Reports in a language: the model of a report and its prose in, blocks for the renderers out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from wsis_shared.rendering.blocks import Document

from wsis_stocktaking.reports.layouts.report import document

MODEL, REQUEST = "model.json.gz", "request.json"


def lay_out(folder: Path) -> Document:
    """The document of the files in a folder: the model, and a request {prose, language, number, base, pictures}. The
    child process that renders calls it, since a model of thousands of entries takes seconds."""
    request = json.loads((folder / REQUEST).read_text("utf-8"))
    return document(json.loads(gzip.decompress((folder / MODEL).read_bytes())), **request)
