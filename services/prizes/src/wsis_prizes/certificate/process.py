"""The certificates of a project, made in a child process: those in all languages take a second of the CPU, and eventlet
must not wait for it. The memory of fonts and PDF, 50 MB, returns to the system."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from wsis_shared.rendering import run_child

from wsis_prizes.domain.certificates import PRINTED
from wsis_prizes.settings import Settings

INPUT = "certificates.json"


def render(
    project: Mapping[str, Any], languages: Iterable[str], *, winner: bool, at: datetime, on_wait: Callable[[], Any]
) -> dict[str, bytes]:
    """Language -> PDF. `on_wait` is called meanwhile, and what it raises ends the child. Raises RenderingFailed."""
    codes = list(languages)
    with tempfile.TemporaryDirectory(prefix="wsis-certificates-") as name:
        folder = Path(name)
        asked = {
            "project": {field: project[field] for field in PRINTED}, "languages": codes, "winner": winner,
            "at": at.isoformat(), "font_folders": Settings.current().certificate_fonts,
        }  # fmt: skip
        (folder / INPUT).write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
        run_child([sys.executable, "-m", __package__ or "", name], folder, on_wait=on_wait)
        return {code: (folder / f"{code}.pdf").read_bytes() for code in codes}
