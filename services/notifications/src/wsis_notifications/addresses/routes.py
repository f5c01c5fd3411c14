"""Routes: suppressed addresses."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_notifications.addresses import schemas

_READ, _SUPPRESS = "notifications:read", "notifications:suppress"
_SUPPRESSIONS = "/v1/suppressions"
_ADDRESS, _NOT_SUPPRESSED = "notifications.address_invalid", "notifications.not_suppressed"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _SUPPRESSIONS,
        handler="list_suppressions",
        summary="Suppressed addresses, newest first",
        permission=_READ,
        query=PageQuery,
        response=schemas.SuppressionPage,
    ),
    Route(
        "POST",
        _SUPPRESSIONS,
        handler="suppress_address",
        summary="Send an address transactional mail only",
        permission=_SUPPRESS,
        body=schemas.NewSuppression,
        response=schemas.Suppression,
        status=201,
        error_codes=(_ADDRESS,),
    ),
    Route(
        "POST",
        f"{_SUPPRESSIONS}/search",
        handler="find_suppression",
        summary="Whether an address is suppressed",
        description="Changes nothing.",
        permission=_READ,
        body=schemas.AddressQuestion,
        response=schemas.Suppression,
        error_codes=(_ADDRESS, _NOT_SUPPRESSED),
    ),
    Route(
        "POST",
        f"{_SUPPRESSIONS}/{{suppression}}/lift",
        handler="lift_suppression",
        summary="Send an address all mail again",
        permission=_SUPPRESS,
        body=schemas.Lifting,
        status=204,
        error_codes=(_NOT_SUPPRESSED,),
    ),
)
