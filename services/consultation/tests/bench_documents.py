"""Outcomes and Analysis of 250 and of 2,000 inputs: from the submissions to its files in one language."""

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

WORDS = 400
MOST = {250: (20, 500), 2_000: (60, 700)}  # inputs: seconds, megabytes
AS_OF = datetime(2017, 3, 17, 12, tzinfo=UTC)


def run(folder: Path) -> Iterator[Figure]:
    """In Arabic, whose letters take most to shape. Nothing is stored, so `folder` stays empty."""
    for inputs, (seconds, megabytes) in MOST.items():
        yield from _document(inputs, seconds, megabytes)


def _document(inputs: int, most_seconds: int, most_megabytes: int) -> Iterator[Figure]:
    edition = editions.from_seed(consultation.edition_seed(2017))
    submissions = [_submission(number) for number in range(1, inputs + 1)]
    began = time.perf_counter()
    model = outcomes.build(edition, submissions, as_of=AS_OF)
    document = lay_out(OUTCOMES, model, {}, "ar", "1.1")
    yield Figure(f"{inputs:,} inputs: model and layout", time.perf_counter() - began, "s")
    total = 0.0
    for name in FORMATS:
        began = time.perf_counter()
        made = render(document, [name], seconds=10 * most_seconds)
        took = time.perf_counter() - began
        total += took
        yield Figure(f"{inputs:,} inputs: {name}, {len(made.files[name]) / 1e6:.1f} MB", took, "s")
    yield Figure(f"{inputs:,} inputs: all formats of a language", total, "s", at_most=most_seconds)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # of the largest until now
    yield Figure(f"{inputs:,} inputs: memory of the child process", memory, "MB", at_most=most_megabytes)


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
