"""What a session brought: a text, and the action lines and goals that it served, each with its rationale."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wsis_shared import clock, reference
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions.rules import editions
from wsis_consultation.programme.rules.sessions import Session, SessionLink
from wsis_consultation.programme.rules.versions import Frozen

ROWS_PER_SESSION = 100  # links of one session; the rows of the matrix are numbered session by session


def links(rows: Iterable[Input]) -> list[SessionLink]:
    """A link outside the WSIS-SDG matrix is marked, never refused.
    Raises Invalid for the same link twice."""
    found: dict[tuple[str, int], SessionLink] = {}
    for number, row in enumerate(rows):
        link = (row["action_line"], row["sdg"])
        if link in found:
            raise Invalid(
                "consultation.link_twice", fields={f"links.{number}": ["This action line and goal are already linked."]}
            )
        found[link] = {
            "action_line": row["action_line"],
            "sdg": row["sdg"],
            "rationale": row["rationale"],
            "outside_matrix": not reference.in_matrix(*link),
        }
    return list(found.values())


def require_over(frozen: Frozen | None, at: datetime) -> None:
    """Raises Conflict before the session has ended in the published programme."""
    if frozen is None or frozen["state"] != "confirmed" or at < frozen["end"]:
        raise Conflict("consultation.session_not_over")


def require_open(edition: editions.Edition, at: datetime) -> None:
    """Raises Conflict from the deadline of outcomes on; officers may still file one."""
    deadline = editions.deadlines(edition)[editions.SESSION_OUTCOMES]
    if at >= deadline:
        raise Conflict("consultation.session_outcome_closed", closed_at=clock.iso(deadline))


class MatrixRow(SessionLink):
    """A link of a session in the matrix of sessions."""

    _id: str
    edition: str
    order: int
    session: str
    number: int
    code: str
    title: Titles
    type: str
    track: str


def matrix_rows(session: Session) -> list[MatrixRow]:
    """The rows of a session in the matrix of sessions, in the order of its links."""
    outcome = session["outcome"]
    return [
        {
            "_id": f"{session['_id']}/{link['action_line']}/{link['sdg']}",
            "edition": session["edition"],
            "order": session["number"] * ROWS_PER_SESSION + number,
            "session": session["_id"],
            "number": session["number"],
            "code": session["code"],
            "title": session["title"],
            "type": session["type"],
            "track": session["track"],
            **link,
        }
        for number, link in enumerate(outcome["links"] if outcome else ())
    ]
