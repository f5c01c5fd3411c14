"""Routes: what readers of the newsletter do themselves, by the links in their mails; and an erasure by an officer."""

from __future__ import annotations

from functools import partial

from wsis_shared.plugin import PUBLIC, Route

from wsis_notifications.subscribers.schemas import Subscription
from wsis_notifications.subscriptions import schemas

_LINK = ("notifications.link_invalid",)
_PREFERENCES = "/v1/newsletter/preferences/{token}"
_page = partial(Route, permission=PUBLIC, media="text/html", inline=True, form=True)

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
        "POST",
        "/v1/newsletter/confirmations/{token}",
        handler="confirm_subscription",
        summary="Confirm a subscription",
        permission=PUBLIC,
        response=schemas.Preferences,
        error_codes=_LINK,
        description="The link works for seven days.",
    ),
    _page(
        "GET",
        "/v1/newsletter/confirmations/{token}/page",
        handler="show_confirmation",
        summary="The page with the button that confirms",
        uncached="A link of one reader leads here.",
        error_codes=_LINK,
    ),
    _page(
        "POST",
        "/v1/newsletter/confirmations/{token}/page",
        handler="press_confirmation",
        summary="Press the button that confirms",
        error_codes=_LINK,
    ),
    _page(
        "GET",
        f"{_PREFERENCES}/page",
        handler="show_newsletter_preferences",
        summary="The page of the preferences",
        uncached="A link of one reader leads here.",
        error_codes=_LINK,
    ),
    _page(
        "POST",
        f"{_PREFERENCES}/page",
        handler="submit_newsletter_preferences",
        summary="Submit its form",
        body=schemas.PreferencesForm,
        error_codes=_LINK,
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
