"""Roles that are bound to something: to what, and what an assignment is."""

from __future__ import annotations

from datetime import datetime

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import JsonObject

from wsis_consultation.editions.rules.stored import Stored

MODERATOR, CHAIR, CHECK_IN = "moderator", "chair", "check_in"
PROGRAMME, EDITION = "programme_editor", "edition_editor"
BOUND_TO = {
    MODERATOR: "discussion",
    CHAIR: "meeting",
    CHECK_IN: "meeting",
    PROGRAMME: "edition",
    EDITION: "edition",
}
"""Role -> what its holder works on: the path variable of its declaration in the manifest."""

# Where the holder of a role works on it, below the language.
PAGES = {
    MODERATOR: "/desk/consultations/{edition}/comments/{target}",
    CHAIR: "/desk/consultations/{edition}/meetings/{target}/floor",
    CHECK_IN: "/desk/consultations/{edition}/meetings/{target}",
    PROGRAMME: "/desk/consultations/{edition}/agenda",
    EDITION: "/desk/consultations/{edition}/dates",
}


class Assignment(Stored):
    """A role of an account for one target: the id of a discussion or of a meeting, or an edition."""

    edition: str
    role: str
    target: str
    account: str
    by: str
    at: datetime


def id_of(role: str, target: str, account: str) -> str:
    """One assignment per role, target and account."""
    return f"{role}-{target}-{account}"


def new(edition: str, body: JsonObject, by: str, moment: datetime) -> Assignment:
    """An assignment as an officer gives it."""
    role, target, account = str(body["role"]), str(body["target"]), str(body["account"])
    return {
        "_id": id_of(role, target, account),
        "edition": edition,
        "role": role,
        "target": target,
        "account": account,
        "by": by,
        "at": moment,
    }


def require_holder(roles: list[str], role: str) -> None:
    """Raises Conflict for somebody who does not hold the role: an assignment alone permits nothing."""
    if role not in roles:
        raise Conflict("consultation.role_missing")


def target_unknown() -> Invalid:
    """The target is no discussion, meeting or edition of the kind that the role is for."""
    return Invalid(
        "consultation.target_unknown",
        "Not what this role is for.",
        fields={"target": ["Choose a discussion for a moderator, a meeting for chair or check-in, else the edition."]},
    )


def page_of(assignment: Assignment) -> str:
    """Where its holder works."""
    return PAGES[assignment["role"]].format(edition=assignment["edition"], target=assignment["target"])
