"""Binding requests that become sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from wsis_consultation.editions.rules.reference import SessionType
from wsis_consultation.programme.rules import sessions
from wsis_consultation.programme.rules.sessions import Session
from wsis_consultation.session_types.rules import OF_REQUEST
from wsis_consultation.submissions.rules.contents import Chosen, Request
from wsis_consultation.submissions.rules.lifecycle import Submission

T = TypeVar("T")


def request_key(submission: str, request: str) -> str:
    """The name of a request in a session."""
    return f"{submission}/{request}"


def becomes_session(request: Request) -> bool:
    """True for requests of a session; what proposes a speaker or a partnership is none."""
    return request["kind"] in OF_REQUEST


def from_request(
    submission: Submission, request: Request, number: int, id: str, types: Sequence[SessionType]
) -> Session:
    """A draft session as requested, of one of the `types` of the edition; its organizers are the organization that
    asked and those it named."""
    code = request.get("session_type") or OF_REQUEST[request["kind"]]
    type = sessions.type_of(code, types)
    title = _title(submission, request) or {_language(submission): submission.get("organization") or ""}
    draft = sessions.new(submission["edition"], type, number, id, title)
    draft["abstract"] = request.get("description") or ""
    return merged(draft, submission, request)


def merged(session: Session, submission: Submission, request: Request) -> Session:
    """The session with one more request: organizers, lines and goals of both, each once, the speakers of each
    submission, and its title in languages in which the session has none."""
    chosen: Chosen = submission.get("chosen") or {"action_lines": [], "sdgs": []}
    lines = request.get("action_lines") or chosen["action_lines"]
    goals = request.get("sdgs") or chosen["sdgs"]
    asked = ({**row, "submission": submission["_id"]} for row in request.get("speakers") or ())
    speakers = sessions.with_person_keys(asked)
    names = [submission.get("organization"), *map(_name, request.get("co_organizers") or ())]
    organizers = sessions.with_organization_keys({"name": name} for name in names if name)
    return {
        **session,
        "title": {**_title(submission, request), **session["title"]},
        "organizers": _unique([*session["organizers"], *organizers], lambda row: row["key"]),
        "speakers": _unique([*session["speakers"], *speakers], lambda row: (row.get("key"), row.get("submission"))),
        "action_lines": _once([*session["action_lines"], *lines]),
        "sdgs": sorted({*session["sdgs"], *goals}),
        "submissions": _once([*session["submissions"], submission["_id"]]),
        "requests": _once([*session["requests"], request_key(submission["_id"], request["id"])]),
        "accounts": _once([*session["accounts"], *filter(None, [submission.get("account")])]),
    }


def _title(submission: Submission, request: Request) -> dict[str, str]:
    """The title of a request, if it has one, in the language of its submission."""
    return {_language(submission): request["title"]} if request.get("title") else {}


def _language(submission: Submission) -> str:
    return submission.get("language") or "en"


def _name(organizer: object) -> object:
    return organizer.get("name") if isinstance(organizer, Mapping) else organizer


def _once(values: Sequence[T]) -> list[T]:
    return list(dict.fromkeys(values))


def _unique(rows: Sequence[T], key: Callable[[T], Hashable]) -> list[T]:
    """The first row of each key."""
    first: dict[Hashable, T] = {}
    for row in rows:
        first.setdefault(key(row), row)
    return list(first.values())
