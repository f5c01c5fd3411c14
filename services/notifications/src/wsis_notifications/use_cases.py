"""Where mails meet the newsletter: a complaint, and a link that unsubscribes, may be about either."""

from __future__ import annotations

from wsis_shared.bus import Parts

from wsis_notifications.campaigns.use_cases import bounces
from wsis_notifications.mails.use_cases import deliveries as mails
from wsis_notifications.preferences import use_cases as preferences
from wsis_notifications.subscribers import use_cases as subscribers


def compose_mails(parts: Parts) -> mails.AllMails:
    """The use cases of mails; called once per process."""
    return mails.compose(parts, bounces.compose(parts).receive_complaint)


def compose_preferences(parts: Parts) -> preferences.PreferencesCases:
    """The use cases of preferences; called once per process."""
    return preferences.compose(parts, subscribers.compose(parts).unsubscribe)
