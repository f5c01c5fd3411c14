"""Where mails meet the newsletter: a complaint, and a link that unsubscribes, may be about either."""

from __future__ import annotations

from wsis_shared.bus import Parts

from wsis_notifications.use_cases import mails, preferences, subscribers
from wsis_notifications.use_cases.campaigns import bounces


def compose_mails(parts: Parts) -> mails.AllMails:
    """The use cases of mails; called once per process."""
    return mails.compose(parts, bounces.compose(parts).receive_complaint)


def compose_preferences(parts: Parts) -> preferences.PreferencesCases:
    """The use cases of preferences; called once per process."""
    return preferences.compose(parts, subscribers.compose(parts).unsubscribe)
