"""Errors of the form, drafts and submissions."""

from __future__ import annotations

from wsis_shared.errors import Invalid


def answers_invalid(fields: dict[str, list[str]]) -> Invalid:
    """Some answers do not fit the form; `fields` has their paths below "answers"."""
    return Invalid(
        "consultation.answers_invalid",
        fields={f"answers.{path}" if path else "answers": texts for path, texts in fields.items()},
    )
