"""Titles beside the codes of the lists of the consultation. Pure: the gateway loads it to write files."""

from __future__ import annotations

from functools import partial

from wsis_shared import reference
from wsis_shared.exports import Title, labels
from wsis_shared.sentences import Sentences

from wsis_consultation.editions.rules.reference import rank_rows
from wsis_consultation.index.rules import title

_DOCUMENTS, _PAGES = Sentences("wsis_consultation", "documents"), Sentences("wsis_consultation", "pages")


def _said(texts: Sentences, group: str) -> Title:
    return lambda code, language: texts(f"{group}_{code}", language)


def _rank(code: str, language: str) -> str:
    return {row["code"]: reference.title(row, language) for row in rank_rows()}[code]


_LANGUAGE, _COUNTRY = reference.language_name, reference.country_name
_REGION, _TYPE = partial(title, "region"), partial(title, "stakeholder_type")
_LINE, _GOAL = partial(title, "action_line"), partial(title, "sdg")
_MODE = _said(_PAGES, "choice_mode")

LABELS = labels(
    {
        "kind": _said(_DOCUMENTS, "kind"),
        "country": _COUNTRY,
        "region": _REGION,
        "stakeholder_type": _TYPE,
        "language": _LANGUAGE,
        "action_lines": _LINE,
        "sdgs": _GOAL,
        "request_kinds": _said(_DOCUMENTS, "request"),
    }
)
CANDIDATES = labels(
    {
        "country": _COUNTRY,
        "consent": _said(_PAGES, "consent_is"),
        "region": _REGION,
        "gender": _said(_PAGES, "gender"),
        "language": _LANGUAGE,
        "locale": _LANGUAGE,
        "constituencies": _TYPE,
        "state": _said(_PAGES, "candidate"),
    }
)
SESSIONS = labels({"status": _said(_PAGES, "choice_status"), "action_lines": _LINE, "sdgs": _GOAL})
SESSION_MATRIX = labels({"action_line": _LINE, "sdg": _GOAL})
COVERAGE = labels({"unheard_types": _TYPE, "unheard_regions": _REGION})
PARTICIPANTS = labels(
    {
        "mode": _MODE,
        "locale": _LANGUAGE,
        "country": _COUNTRY,
        "region": _REGION,
        "stakeholder_type": _TYPE,
        "rank": _rank,
    }
)
INTERVENTIONS = labels(
    {"stakeholder_type": _TYPE, "mode": _MODE, "kind": _said(_PAGES, "choice_kind"), "language": _LANGUAGE}
)
