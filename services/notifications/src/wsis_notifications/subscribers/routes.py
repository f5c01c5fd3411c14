"""Routes. Readers of the newsletter: subscription, confirmation, preferences, import, export."""

from __future__ import annotations

from typing import Any

from wsis_shared.blobs import Upload
from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route

from wsis_notifications.subscribers import schemas

_OFFICER = "newsletter:readers"
_LINK = ("notifications.link_invalid",)
_UNKNOWN = ("notifications.subscriber_unknown",)
_PREFERENCES = "/v1/newsletter/preferences/{token}"
_SUBSCRIBERS = "/v1/newsletter/subscribers"
_PAGE: dict[str, Any] = {"permission": PUBLIC, "media": "text/html", "inline": True, "form": True}

_IMPORTS = "/v1/newsletter/imports"
_NO_IMPORT = ("notifications.import_unknown",)

JOBS: tuple[JobKind, ...] = (
    JobKind(
        "import_subscribers",
        "Imports readers of the newsletter",
        permission=_OFFICER,
        result=schemas.SubscriberImportResult,
    ),
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/newsletter/subscriptions",
        handler="subscribe_newsletter",
        summary="Subscribe to the newsletter",
        permission=PUBLIC,
        body=schemas.Subscription,
        response=schemas.SubscriptionMessage,
        status=202,
        limit="newsletter",
        error_codes=("notifications.email_invalid", "notifications.email_not_mailable"),
        description="A mail asks to confirm. The answer is the same for every address; a reader gets the link to their "
        "preferences.",
    ),
    Route(
        "POST",
        "/v1/newsletter/confirmations/{token}",
        handler="confirm_subscription",
        summary="Confirm a subscription",
        permission=PUBLIC,
        response=schemas.Preferences,
        error_codes=_LINK,
        description="The link works for seven days.",
    ),
    Route(
        "GET",
        "/v1/newsletter/confirmations/{token}/page",
        handler="show_confirmation",
        summary="The page with the button that confirms",
        error_codes=_LINK,
        **_PAGE,
    ),
    Route(
        "POST",
        "/v1/newsletter/confirmations/{token}/page",
        handler="press_confirmation",
        summary="Press the button that confirms",
        error_codes=_LINK,
        **_PAGE,
    ),
    Route(
        "GET",
        f"{_PREFERENCES}/page",
        handler="show_newsletter_preferences",
        summary="The page of the preferences",
        error_codes=_LINK,
        **_PAGE,
    ),
    Route(
        "POST",
        f"{_PREFERENCES}/page",
        handler="submit_newsletter_preferences",
        summary="Submit its form",
        body=schemas.PreferencesForm,
        error_codes=_LINK,
        **_PAGE,
    ),
    Route(
        "GET",
        _PREFERENCES,
        handler="read_newsletter_preferences",
        summary="Preferences of a reader",
        permission=PUBLIC,
        response=schemas.Preferences,
        error_codes=_LINK,
    ),
    Route(
        "PATCH",
        _PREFERENCES,
        handler="change_newsletter_preferences",
        summary="Change language, format or topics",
        permission=PUBLIC,
        body=schemas.Choices,
        response=schemas.Preferences,
        error_codes=_LINK,
    ),
    Route(
        "DELETE",
        _PREFERENCES,
        handler="erase_own_subscription",
        summary="Erase a reader",
        permission=PUBLIC,
        status=204,
        error_codes=_LINK,
        description="For good. A keyed hash of the address keeps imports away.",
    ),
    Route(
        "POST",
        f"{_PREFERENCES}/departure",
        handler="leave_newsletter",
        summary="Leave the newsletter",
        permission=PUBLIC,
        response=schemas.Preferences,
        error_codes=_LINK,
    ),
    Route(
        "GET",
        _SUBSCRIBERS,
        handler="list_subscribers",
        summary="Readers, newest first",
        permission=_OFFICER,
        query=schemas.SubscriberQuery,
        response=schemas.SubscriberPage,
        export="subscribers",
        personal=True,
    ),
    Route(
        "POST",
        f"{_SUBSCRIBERS}/lookup",
        handler="look_up_subscriber",
        summary="The reader with an address",
        permission=_OFFICER,
        body=schemas.Lookup,
        response=schemas.Subscriber,
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        f"{_SUBSCRIBERS}/{{subscriber}}",
        handler="read_subscriber",
        summary="A reader with their consent",
        permission=_OFFICER,
        response=schemas.Subscriber,
        error_codes=_UNKNOWN,
    ),
    Route(
        "POST",
        f"{_SUBSCRIBERS}/{{subscriber}}/erasure",
        handler="erase_subscriber",
        summary="Erase a reader",
        permission=_OFFICER,
        body=schemas.Erasure,
        status=204,
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        "/v1/newsletter/figures",
        handler="subscriber_figures",
        summary="Readers by state, and growth by month",
        permission=_OFFICER,
        response=schemas.SubscriberFigures,
    ),
    Route(
        "POST",
        _IMPORTS,
        handler="start_subscriber_import",
        summary="Import readers from a file",
        mode=Mode.JOB,
        upload=Upload(
            max_bytes=200_000_000,
            media_types=("text/csv", "application/json", "text/plain", "application/octet-stream"),
        ),
        body=schemas.SubscriberImportBody,
        response=schemas.SubscriberImportResult,
        permission=_OFFICER,
        error_codes=("notifications.import_running", "notifications.import_file_refused"),
        description="CSV or JSON Lines with the columns of a subscription, and of each consent when (`consent_at`), "
        "where (`consent_source`) and to what (`consent_text`). Who left, bounced or is suppressed stays so.",
    ),
    Route(
        "GET",
        _IMPORTS,
        handler="list_subscriber_imports",
        summary="Imports of readers, newest first",
        query=schemas.SubscriberImportsQuery,
        response=schemas.SubscriberImportPage,
        permission=_OFFICER,
    ),
    Route(
        "GET",
        f"{_IMPORTS}/{{id}}",
        handler="read_subscriber_import",
        summary="An import of readers",
        response=schemas.SubscriberImport,
        permission=_OFFICER,
        error_codes=_NO_IMPORT,
    ),
    Route(
        "GET",
        f"{_IMPORTS}/{{id}}/refusals",
        handler="list_subscriber_refusals",
        summary="Rows that had no effect",
        query=schemas.SubscriberImportsQuery,
        response=schemas.SubscriberRefusalPage,
        permission=_OFFICER,
        export="refusals",
        error_codes=_NO_IMPORT,
    ),
)
