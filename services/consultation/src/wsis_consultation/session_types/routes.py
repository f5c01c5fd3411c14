"""Routes of session types."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.editions.routes import SECONDS
from wsis_consultation.session_types import schemas

_ALL = "/v1/consultations/{edition}/session-types"
_ONE = f"{_ALL}/{{type}}"
_EDITION, _UNKNOWN = "consultation:edition", "consultation.edition_unknown"
_CHANGE = (_UNKNOWN, "consultation.session_type_missing", "consultation.session_types_fixed")
_REQUESTABLE = "consultation.session_types_unrequestable"

ROUTES = (
    Route(
        "GET",
        _ALL,
        handler="list_session_types",
        summary="Types of sessions of an edition",
        response=schemas.SessionTypes,
        permission=PUBLIC,
        error_codes=(_UNKNOWN,),
        cache=SECONDS,
        invalidated_by=(
            "consultation.session_types_changed",
            "consultation.phase_changed",
            "consultation.edition_removed",
        ),
        description="Those that stakeholders may request are choices of the submission form. An edition starts with "
        "those of `/v1/reference/session_types`, or of the edition that it was copied from.",
    ),
    Route(
        "POST",
        _ALL,
        handler="add_session_type",
        summary="Add a type of sessions",
        body=schemas.NewSessionType,
        response=schemas.SessionTypes,
        permission=_EDITION,
        error_codes=(_UNKNOWN, "consultation.session_type_exists", "consultation.session_types_full"),
        description="Such as a new building block of the Forum. Also while the call is open.",
    ),
    Route(
        "PUT",
        _ONE,
        handler="change_session_type",
        summary="Change a type of sessions",
        body=schemas.SessionTypeChange,
        response=schemas.SessionTypes,
        permission=_EDITION,
        error_codes=(*_CHANGE, "consultation.nothing_to_change", _REQUESTABLE),
        description="Once the call is open the title alone: people have chosen what the rest means.",
    ),
    Route(
        "POST",
        f"{_ONE}/removal",
        handler="remove_session_type",
        summary="Remove a type of sessions",
        body=schemas.SessionTypeRemoval,
        response=schemas.SessionTypes,
        permission=_EDITION,
        error_codes=(*_CHANGE, "consultation.session_type_needed", _REQUESTABLE),
        description="Until the call opens.",
    ),
)
