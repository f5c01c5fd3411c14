"""What the pages of projects make of what they have read: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input

from wsis_prizes.projects.rules.projects import INELIGIBLE, NOMINATED, SUBMITTED
from wsis_prizes.projects.rules.waits import WAITS
from wsis_prizes.projects.schemas import LISTED_STATES

_TEXTS = ("short_description", "impact", "partnerships", "challenges", "timeframe")
_TONES = {NOMINATED: "done", SUBMITTED: "info", INELIGIBLE: "wrong"}


def listed(_values: Input, _locale: str) -> Input:
    """What the list may be filtered by."""
    return {"states": LISTED_STATES, "waits": WAITS, "tones": _TONES}


def project(values: Input, _locale: str) -> Input:
    """The texts by their labels; the reasons to choose from; and which of the acts the project may still meet."""
    found, standards = values["found"], values["eligibility"].get("standards", ())
    labels = {row["code"]: row["label"] for row in values["form_data"]["fields"] if row.get("label")}
    return {
        "texts": [(code, labels.get(code, code), found[code]) for code in _TEXTS if found.get(code)],
        "labels_of": labels,
        "outside": [link["sdg"] for link in found.get("sdgs") or () if link.get("outside_matrix")],
        "standards": {row["code"]: row["title"] for row in standards},
        "criteria": {row["code"]: row["title"] for row in values["form_data"]["criteria"]},
        "tone": _TONES.get(found["state"], "plain"),
        "may_decide": found["state"] in (SUBMITTED, INELIGIBLE),
        "may_disqualify": found["state"] == NOMINATED,
    }
