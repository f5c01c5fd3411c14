"""Rendering in a child process: its memory returns to the system, its limits protect this process, and eventlet, which
must not wait for the CPU, polls it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from wsis_shared.child_process import child_environment
from wsis_shared.rendering.blocks import Document

MEDIA_TYPES = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
FORMATS = tuple(MEDIA_TYPES)
INPUT, LAYOUT, WARNINGS = "document.json", "layout", "warnings.json"
_POLL_SECONDS = 0.05
_LOG_CHARACTERS = 2000  # of the end of the child's error output


@dataclass(frozen=True)
class Layout:
    """A document that the child process lays out too, because it is large. `function`, as "package.module:name", takes
    a folder with these files and returns the document."""

    function: str
    files: Mapping[str, bytes]


class RenderingFailed(Exception):
    """The child process ended with an error, or took longer than it may; the text is for the log."""


@dataclass(frozen=True)
class Rendered:
    """A document in some formats; `missing` are the characters that the PDF shows as white squares."""

    files: dict[str, bytes]
    missing: tuple[str, ...]


def render(
    document: Document | Layout,
    formats: Iterable[str] = FORMATS,
    *,
    seconds: float = 120.0,
    megabytes: int = 1500,
    on_wait: Callable[[], object] = lambda: None,
) -> Rendered:
    """Render a document of `blocks`. `seconds` and `megabytes` limit the child process; `on_wait` is called meanwhile,
    and what it raises ends the child. Raises RenderingFailed."""
    wanted = tuple(formats)
    with tempfile.TemporaryDirectory(prefix="wsis-rendering-") as name:
        folder = Path(name)
        if isinstance(document, Layout):
            (folder / LAYOUT).write_text(document.function, "utf-8")
            for file, content in document.files.items():
                (folder / file).write_bytes(content)
        else:
            (folder / INPUT).write_text(json.dumps(document, ensure_ascii=False), "utf-8")
        run_child([sys.executable, "-m", __package__ or "", name, str(megabytes), *wanted], folder, seconds, on_wait)
        files = {each: (folder / f"document.{each}").read_bytes() for each in wanted}
        return Rendered(files, tuple(json.loads((folder / WARNINGS).read_text("utf-8"))["missing"]))


def run_child(
    command: list[str], folder: Path, seconds: float = 120.0, on_wait: Callable[[], object] = lambda: None
) -> None:
    """Run a child process that works in `folder`, without the secrets of this one. Limits and errors as of `render`."""
    log, environment = folder / "log", child_environment()
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    until = time.monotonic() + seconds
    try:
        while child.poll() is None:
            if time.monotonic() > until:
                raise RenderingFailed(f"not done within {seconds:.0f} s")
            on_wait()
            time.sleep(_POLL_SECONDS)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if child.returncode != 0:
        raise RenderingFailed(f"status {child.returncode}: {log.read_text('utf-8', 'replace')[-_LOG_CHARACTERS:]}")
