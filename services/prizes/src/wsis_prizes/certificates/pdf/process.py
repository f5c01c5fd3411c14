"""The certificates of some projects, made in a child process: it takes 0.4 s of processor time to start and 0.07 s for
each project in all languages, and eventlet must not wait for it. Its 90 MB return to the system."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from wsis_shared.rendering import run_child

from wsis_prizes.certificates.rules import PRINTED, Award
from wsis_prizes.projects.rules.projects import Project

INPUT = "certificates.json"
SECONDS = 120.0  # for a project, on a busy host


class Asked(TypedDict):
    """What the child is asked for: a project as certificates print it, and the languages of its files."""

    project: dict[str, object]
    languages: list[str]
    winner: bool
    at: str


def render(
    wanted: Sequence[tuple[Project, Award, Iterable[str]]], on_wait: Callable[[], object]
) -> list[dict[str, bytes]]:
    """For each (project, award, languages) the PDFs by language. `on_wait` is called meanwhile, and what it raises ends
    the child. Raises RenderingFailed."""
    asked: list[Asked] = [
        {
            "project": {field: project.get(field) for field in PRINTED},
            "languages": list(languages),
            "winner": award["winner"],
            "at": award["at"].isoformat(),
        }
        for project, award, languages in wanted
    ]
    if not asked:
        return []
    with tempfile.TemporaryDirectory(prefix="wsis-certificates-") as name:
        folder = Path(name)
        (folder / INPUT).write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
        run_child([sys.executable, "-m", __package__ or "", name], folder, SECONDS * len(asked), on_wait)
        return [
            {language: (folder / f"{number}-{language}.pdf").read_bytes() for language in one["languages"]}
            for number, one in enumerate(asked)
        ]
