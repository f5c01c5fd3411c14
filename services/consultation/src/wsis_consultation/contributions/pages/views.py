"""What pages make of a contribution: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input

from wsis_consultation.submissions.pages.views import questionnaire


def given(values: Input, _locale: str) -> Input:
    """The questions of the form with what was answered."""
    found = values["found"]
    chosen = {name: found[name] for name in ("per_line", "requests", "action_lines", "sdgs")}
    return questionnaire(values["form_data"], {**found["answers"], **chosen})
