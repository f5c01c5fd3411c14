"""Routes: what readers of the newsletter do themselves, by the links in their mails; and an erasure by an officer."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_notifications.subscribers.schemas import Subscription
from wsis_notifications.subscriptions import schemas

_LINK = ("notifications.link_invalid",)
_PREFERENCES = "/v1/newsletter/preferences/{token}"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/newsletter/subscriptions",
        handler="subscribe_newsletter",
        summary="Subscribe to the newsletter",
        permission=PUBLIC,
        body=Subscription,
        response=schemas.SubscriptionMessage,
        status=202,
        limit="newsletter",
        error_codes=("notifications.email_invalid", "notifications.email_not_mailable"),
        description="A mail asks to confirm. The answer is the same for every address; a reader gets the link to their "
        "preferences.",
    ),
    Route(
        "GET",
        "/v1/newsletter/confirmations/{token}",
        handler="read_confirmation",
        summary="What a link of a mail confirms",
        permission=PUBLIC,
        uncached="A link of one reader leads here.",
        response=schemas.Confirmation,
        error_codes=_LINK,
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
        _PREFERENCES,
        handler="read_newsletter_preferences",
        summary="Preferences of a reader",
        permission=PUBLIC,
        uncached="A link of one reader leads here.",
        response=schemas.Preferences,
        error_codes=_LINK,
    ),
    Route(
        "POST",
        "/v1/newsletter/preferences/details",
        handler="open_newsletter_preferences",
        summary="Preferences of a reader, whose token no address shows",
        permission=PUBLIC,
        body=schemas.PreferencesLink,
        response=schemas.Preferences,
        error_codes=_LINK,
        description="Changes nothing.",
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
        "POST",
        "/v1/newsletter/subscribers/{subscriber}/erasure",
        handler="erase_subscriber",
        summary="Erase a reader",
        permission="newsletter:readers",
        body=schemas.Erasure,
        status=204,
        error_codes=("notifications.subscriber_unknown",),
    ),
)
