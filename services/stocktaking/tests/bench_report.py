"""A global report of 300 pages: from the revisions of the register to its files in one language."""

from __future__ import annotations

import gzip
import io
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from tests.load.figures import Figure
from wsis_shared import document_versions
from wsis_shared.rendering import Layout, render

from wsis_stocktaking.reports.layouts import MODEL, REQUEST

from . import generated
from .report_kit import GLOBAL, build, pictures, revisions

ENTRIES, PAGES = 2200, 300  # so many entries of the period fill so many pages
MOST_SECONDS = {"html": 10, "pdf": 10, "docx": 20}
MOST_MEGABYTES = 700


def run(folder: Path) -> Iterator[Figure]:
    """In English. Nothing is stored, so `folder` stays empty."""
    rows = list(revisions(generated.contents(ENTRIES)))
    began = time.perf_counter()
    model = build(GLOBAL, rows)
    packed = gzip.compress(document_versions.canonical(model), mtime=0)
    yield Figure(f"model of {model['statistics']['total']} entries", time.perf_counter() - began, "s")
    began = time.perf_counter()
    drawn = pictures(model, "en")
    yield Figure(f"{len(drawn)} charts", time.perf_counter() - began, "s")
    request = {"prose": {}, "language": "en", "number": "1.0", "base": "https://wsis.example", "pictures": drawn}
    layout = Layout("wsis_stocktaking.reports.layouts:lay_out", {MODEL: packed, REQUEST: json.dumps(request).encode()})
    pages = 0
    for name, most in MOST_SECONDS.items():
        began, used = time.perf_counter(), _used()
        made = render(layout, [name], seconds=10 * most, megabytes=2500).files[name]
        took = time.perf_counter() - began
        if name == "pdf":
            with pikepdf.open(io.BytesIO(made)) as pdf:
                pages = len(pdf.pages)
        yield Figure(f"{name}, {len(made) / 1e6:.1f} MB, {_used() - used:.1f} s of CPU", took, "s", at_most=most)
    yield Figure("pages", pages, "", at_least=PAGES)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Figure("memory of the child process", memory, "MB", at_most=MOST_MEGABYTES)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
