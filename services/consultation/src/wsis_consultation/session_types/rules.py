"""The types of sessions of an edition: what officers may change, and until when.

Until the call opens everything may change. From then on people have chosen among them: types can be added and renamed,
and what they mean stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from wsis_shared import clock
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.json_types import Input

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.rules.reference import SessionType

TRACKS = ("high_level", "forum", "special")
MAX = 60  # types of an edition
MAX_MINUTES = 24 * 60
# A request of this kind that names no type becomes a session of it, so an edition keeps these.
OF_REQUEST: Mapping[str, str] = MappingProxyType(
    {"workshop": "thematic_workshop", "exhibition": "exhibition", "speaking_slot": "policy_statements"}
)


def is_fixed(edition: Edition, at: datetime) -> bool:
    """Whether the call is open, or was."""
    return at >= editions.opens_at(edition)


def find(edition: Edition, code: str) -> SessionType:
    """A type by its code. Raises NotFound."""
    for row in editions.session_types(edition):
        if row["code"] == code:
            return row
    raise NotFound("consultation.session_type_missing", type=code)


def with_added(edition: Edition, given: Input) -> Edition:
    """The edition with a further type. Raises Conflict where there is one of the code, or too many."""
    known = editions.session_types(edition)
    if any(row["code"] == given["code"] for row in known):
        raise Conflict("consultation.session_type_exists", type=given["code"])
    if len(known) >= MAX:
        raise Conflict("consultation.session_types_full", limit=MAX)
    return _with_types(edition, [*known, _type(given)])


def with_change(edition: Edition, code: str, given: Input, at: datetime) -> Edition:
    """The edition with another title, track, length or use of a type. Raises NotFound, Invalid where nobody could
    request any session, and Conflict where nothing differs, or for all but the title once the call is open."""
    former = find(edition, code)
    changed = _type({**former, **given})
    if changed == former:
        raise Conflict("consultation.nothing_to_change")
    if is_fixed(edition, at) and {**changed, "title": former["title"]} != former:
        raise _fixed(edition)
    return _with_types(edition, [changed if row is former else row for row in editions.session_types(edition)])


def without(edition: Edition, code: str, at: datetime) -> Edition:
    """The edition without a type. Raises NotFound, Invalid as for a change, and Conflict once the call is open, or
    where requests that name no type become sessions of it."""
    former = find(edition, code)
    if is_fixed(edition, at):
        raise _fixed(edition)
    if code in OF_REQUEST.values():
        raise Conflict("consultation.session_type_needed", type=code)
    return _with_types(edition, [row for row in editions.session_types(edition) if row is not former])


def _type(given: Input) -> SessionType:
    return {
        "code": given["code"],
        "title": given["title"],
        "track": given["track"],
        "requestable": given["requestable"],
        "minutes": given["minutes"],
    }


def _with_types(edition: Edition, types: Sequence[SessionType]) -> Edition:
    if not any(row["requestable"] for row in types):
        raise Invalid(
            "consultation.session_types_unrequestable",
            fields={"requestable": ["Stakeholders must be able to request at least one type."]},
        )
    return {**edition, "session_types": list(types)}


def _fixed(edition: Edition) -> Conflict:
    return Conflict("consultation.session_types_fixed", opened_at=clock.iso(editions.opens_at(edition)))
