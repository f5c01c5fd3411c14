"""Routes. Kinds of mail that people decline, unsubscription, and the suppression list."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_notifications.preferences import schemas

JOBS: tuple[JobKind, ...] = ()

_OWN, _READ, _SUPPRESS = "notifications:prefer", "notifications:read", "notifications:suppress"
_PREFERENCES, _LINK, _SUPPRESSIONS = "/v1/me/mail-preferences", "/v1/unsubscriptions/{token}", "/v1/suppressions"
_ADDRESS, _NOT_SUPPRESSED = "notifications.address_invalid", "notifications.not_suppressed"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _PREFERENCES,
        handler="list_mail_kinds",
        summary="Kinds of mail, and which I declined",
        permission=_OWN,
        response=schemas.MailPreferences,
    ),
    Route(
        "PUT",
        _PREFERENCES,
        handler="decline_mail_kinds",
        summary="Decline kinds of mail",
        permission=_OWN,
        body=schemas.Declined,
        response=schemas.MailPreferences,
        error_codes=("notifications.kind_unknown",),
    ),
    Route(
        "GET",
        _LINK,
        handler="show_unsubscription",
        summary="Page with a button to unsubscribe",
        permission=PUBLIC,
        media="text/html",
        inline=True,
        form=True,
        limit="unsubscribe",
        error_codes=("notifications.link_unknown",),
    ),
    Route(
        "POST",
        _LINK,
        handler="unsubscribe",
        summary="Unsubscribe by the link in a mail (RFC 8058)",
        permission=PUBLIC,
        body=schemas.OneClick,
        media="text/html",
        inline=True,
        form=True,
        limit="unsubscribe",
        error_codes=("notifications.link_unknown",),
    ),
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
