"""Documents in a language: the model of a document and its prose in, blocks for the renderers out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wsis_shared.json_types import JsonObject
from wsis_shared.rendering.blocks import Document

from wsis_consultation.documents.layouts import final_brief, outcome_document, outcomes
from wsis_consultation.documents.layouts.parts import Prose
from wsis_consultation.documents.rules import FINAL_BRIEF, OUTCOME_DOCUMENT, OUTCOMES

_LAYOUTS: dict[str, Callable[[Any, Prose, str, str, str], Document]] = {
    OUTCOMES: outcomes.lay_out,
    FINAL_BRIEF: final_brief.lay_out,
    OUTCOME_DOCUMENT: outcome_document.lay_out,
}


def lay_out(kind: str, model: JsonObject, prose: Prose, language: str, number: str, base: str = "") -> Document:
    """The document of this kind in a language; `number` is that of its version. `base` is the address of the suite, to
    whose pages the document leads."""
    return _LAYOUTS[kind](model, prose, language, number, base)
