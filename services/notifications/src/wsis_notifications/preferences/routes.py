"""Routes: kinds of mail that people decline, and links that unsubscribe."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_notifications.preferences import schemas

_OWN = "notifications:prefer"
_PREFERENCES, _LINK = "/v1/me/mail-preferences", "/v1/unsubscriptions/{token}"

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
        handler="read_unsubscription",
        summary="What a link unsubscribes from",
        permission=PUBLIC,
        uncached="A link of one reader leads here.",
        response=schemas.Unsubscription,
        page="/unsubscribe/{token}",
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
        response=schemas.Unsubscription,
        form=True,
        limit="unsubscribe",
        error_codes=("notifications.link_unknown",),
    ),
)
