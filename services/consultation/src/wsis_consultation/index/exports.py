"""Titles beside the codes of the lists of submissions and contributions. Pure: the gateway loads it to write files."""

from __future__ import annotations

from functools import partial

from wsis_shared import reference
from wsis_shared.exports import Title, labels
from wsis_shared.sentences import Sentences

from wsis_consultation.index.rules import title

_SAY = Sentences("wsis_consultation", "documents")


def _said(group: str) -> Title:
    return lambda code, language: _SAY(f"{group}_{code}", language)


LABELS = labels(
    {
        "kind": _said("kind"),
        "country": reference.country_name,
        "region": partial(title, "region"),
        "stakeholder_type": partial(title, "stakeholder_type"),
        "language": reference.language_name,
        "action_lines": partial(title, "action_line"),
        "sdgs": partial(title, "sdg"),
        "request_kinds": _said("request"),
    }
)
