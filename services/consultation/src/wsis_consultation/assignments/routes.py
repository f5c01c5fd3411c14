"""Routes of assignments."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_consultation.assignments import schemas

_ALL = "/v1/consultations/{edition}/assignments"
_MANAGE, _NO_EDITION = "consultation:manage", "consultation.edition_unknown"

ROUTES = (
    Route(
        "GET",
        _ALL,
        handler="list_assignments",
        summary="Who works on what",
        description="Moderators of discussions, chairs and check-in of meetings, programme and edition.",
        response=schemas.Assignments,
        permission=_MANAGE,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST",
        _ALL,
        handler="assign",
        summary="Assign somebody to a discussion, a meeting or the edition",
        description="The account must hold the role, which an officer gives it. A holder may do what the role permits "
        "for what they are assigned to, and nothing else. A repeat changes nothing.",
        body=schemas.NewAssignment,
        response=schemas.Assignment,
        status=201,
        permission=_MANAGE,
        error_codes=(
            _NO_EDITION,
            "consultation.target_unknown",
            "consultation.assignee_unknown",
            "consultation.role_missing",
        ),
    ),
    Route(
        "POST",
        f"{_ALL}/{{assignment}}/removal",
        handler="end_assignment",
        summary="Take an assignment back",
        description="At once: the next request of its holder is refused.",
        body=schemas.Removal,
        status=204,
        permission=_MANAGE,
        error_codes=(_NO_EDITION, "consultation.assignment_unknown"),
    ),
    Route(
        "GET",
        "/v1/me/assignments",
        handler="list_own_assignments",
        summary="What one is assigned to",
        description="In all editions, with how much waits there.",
        response=schemas.OwnAssignments,
        permission="consultation:take_part",
    ),
)
