"""Documents of the programme as responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared import revisions

from wsis_consultation.editions.rules import editions
from wsis_consultation.programme.rules import shares
from wsis_consultation.programme.rules.sessions import Session

_KEPT = ("edition", "number", "code", "version", "type", "track", "title", "abstract", "language", "interpretation",
         "equipment", "availability", "capacity", "duration", "organizers", "speakers", "action_lines", "sdgs",
         "submissions", "requests", "theme", "status", "reason", "details_at", "details_late")  # fmt: skip


def session(document: Session, edition: Mapping[str, Any]) -> dict[str, Any]:
    """A session with everything: for officers."""
    return {**_session(document, edition), "note": document.get("note")}


def own_session(
    document: Session, edition: Mapping[str, Any], own: shares.Own, decision: Mapping[str, Any]
) -> dict[str, Any]:
    """A session for an organizer: what is theirs, with the last decision that was published."""
    if own is None:
        return session(document, edition)
    late = document["details_late"] and {"at": document["details_late"]["at"]}
    return _session({**shares.seen(document, own), **decision, "details_late": late}, edition)


def _session(document: Session, edition: Mapping[str, Any]) -> dict[str, Any]:
    outcome, logo = document["outcome"], document["logo"]
    return {
        **{name: document[name] for name in _KEPT},
        "id": document["_id"],
        "revision": revisions.of(document),
        "details_until": edition["deadlines"][editions.SESSION_DETAILS],
        "outcome_at": outcome and outcome["filed_at"],
        "outcome": outcome,
        "logo": logo and {name: logo[name] for name in ("filename", "media_type", "size")},
    }


def session_row(document: Session) -> dict[str, Any]:
    """A session in a list."""
    outcome = document["outcome"]
    return {
        **{name: document[name] for name in ("number", "code", "status", "type", "track", "title", "action_lines",
                                             "sdgs", "duration", "theme", "details_at")},
        "id": document["_id"],
        "organizers": [organizer["name"] for organizer in document["organizers"]],
        "outcome_at": outcome and outcome["filed_at"],
    }  # fmt: skip
