"""Outcomes and Analysis of 250 inputs: from the submissions to its files in one language."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.load.figures import Figure
from wsis_shared import reference
from wsis_shared.rendering import FORMATS, render

from wsis_consultation.documents.layouts import lay_out
from wsis_consultation.documents.rules import OUTCOMES, outcomes
from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules import reference as consultation

INPUTS, WORDS, MOST_SECONDS, MOST_MEGABYTES = 250, 400, 20, 500
AS_OF = datetime(2017, 3, 17, 12, tzinfo=UTC)


def run(folder: Path) -> Iterator[Figure]:
    """In Arabic, whose letters take most to shape. Nothing is stored, so `folder` stays empty."""
    edition = editions.from_seed(consultation.edition_seed(2017))
    submissions = [_submission(number) for number in range(1, INPUTS + 1)]
    began = time.perf_counter()
    model = outcomes.build(edition, submissions, as_of=AS_OF)
    document = lay_out(OUTCOMES, model, {}, "ar", "1.1")
    yield Figure(f"model and layout of {INPUTS} inputs", time.perf_counter() - began, "s")
    total = 0.0
    for name in FORMATS:
        began = time.perf_counter()
        made = render(document, [name], seconds=10 * MOST_SECONDS)
        total += time.perf_counter() - began
        yield Figure(f"{name}, {len(made.files[name]) / 1e6:.1f} MB", time.perf_counter() - began, "s")
    yield Figure("all formats of a language", total, "s", at_most=MOST_SECONDS)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Figure("memory of the child process", memory, "MB", at_most=MOST_MEGABYTES)


def _submission(number: int) -> dict[str, Any]:
    kinds = [kind.code for kind in reference.stakeholder_types()[:6]]
    lines = [line.code for line in reference.action_lines()]
    text = " ".join(f"كلمة{(number + place) % 97}" for place in range(WORDS // 4))
    return {
        "_id": str(number),
        "number": number,
        "state": "received",
        "version_number": 1,
        "kind": "form",
        "organization": f"منظمة {number}",
        "country": "EG",
        "region": "arab_states",
        "language": "ar",
        "stakeholder_type": kinds[number % 6],
        "action_lines": [lines[number % 18]],
        "sdgs": [1 + number % 17],
        "answers": {"structure_programme": text, "sdg_alignment": text},
        "per_line": [{"action_line": lines[number % 18], "al_topics": text, "al_activities": text}],
        "requests": [],
    }
