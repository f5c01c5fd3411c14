"""What each organizer sees and changes of a session: one that was made of several requests has several organizers.

`own` are the submissions of an organizer, and None stands for an officer, who sees everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input

from wsis_consultation.programme.rules.sessions import Session, Speaker, with_known_keys

Own = Sequence[str] | None


def seen(session: Session, own: Own) -> Session:
    """The session with the speakers, submissions and requests of this organizer. Those of before that do not say where
    a speaker came from hide them in a session of several."""
    if _is_alone(session, own):
        return session
    return {
        **session,
        "speakers": [row for row in session["speakers"] if _is_of(row, own)],
        "submissions": [id for id in session["submissions"] if id in (own or ())],
        "requests": [key for key in session["requests"] if key.partition("/")[0] in (own or ())],
    }


def require_alone(session: Session, own: Own) -> None:
    """Raises Conflict where others organize the session too: one of them does not cancel it for all."""
    if not _is_alone(session, own):
        raise Conflict("consultation.session_of_several")


def with_speakers(session: Session, own: Own, given: Iterable[Input]) -> list[Speaker]:
    """All speakers of the session, once this organizer has filed their own anew."""
    known = seen(session, own)["speakers"]
    others = [] if _is_alone(session, own) else [row for row in session["speakers"] if not _is_of(row, own)]
    came_with = {row["name"]: row.get("submission") for row in known}
    mine = next((id for id in session["submissions"] if id in (own or ())), None)
    rows = with_known_keys(given, known)
    for row in rows:
        row["submission"] = came_with.get(row["name"], mine)
    return [*others, *rows]


def _is_alone(session: Session, own: Own) -> bool:
    return own is None or set(session["submissions"]) <= set(own)


def _is_of(speaker: Speaker, own: Own) -> bool:
    return speaker.get("submission") in (own or ())
