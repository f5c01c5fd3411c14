"""What a session brought: a text, and the action lines and goals that it served, each with its rationale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wsis_shared import clock, reference
from wsis_shared.errors import Conflict, Invalid

from wsis_consultation.editions.rules import editions

ROWS_PER_SESSION = 100  # links of one session; the rows of the matrix are numbered session by session


def links(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """[{action_line, sdg, rationale, outside_matrix}]: a link outside the WSIS-SDG matrix is marked, never refused.
    Raises Invalid for the same link twice."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for number, row in enumerate(rows):
        link = (row["action_line"], row["sdg"])
        if link in found:
            raise Invalid(
                "consultation.link_twice", fields={f"links.{number}": ["This action line and goal are already linked."]}
            )
        found[link] = {**row, "outside_matrix": not reference.in_matrix(*link)}
    return list(found.values())


def require_over(frozen: Mapping[str, Any] | None, at: datetime) -> None:
    """Raises Conflict before the session has ended in the published programme."""
    if frozen is None or frozen["state"] != "confirmed" or at < frozen["end"]:
        raise Conflict("consultation.session_not_over")


def require_open(edition: Mapping[str, Any], at: datetime) -> None:
    """Raises Conflict from the deadline of outcomes on; officers may still file one."""
    deadline = editions.deadlines(edition)[editions.SESSION_OUTCOMES]
    if at >= deadline:
        raise Conflict("consultation.session_outcome_closed", closed_at=clock.iso(deadline))


def matrix_rows(session: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a session in the matrix of sessions, in the order of its links."""
    return [
        {
            "_id": f"{session['_id']}/{link['action_line']}/{link['sdg']}",
            "edition": session["edition"],
            "order": session["number"] * ROWS_PER_SESSION + number,
            "session": session["_id"],
            **{name: session[name] for name in ("number", "code", "title", "type", "track")},
            **link,
        }
        for number, link in enumerate(session["outcome"]["links"])
    ]
