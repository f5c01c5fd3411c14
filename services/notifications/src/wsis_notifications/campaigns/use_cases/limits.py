"""Limits of this installation."""

from __future__ import annotations

from wsis_shared.settings import SettingError

from wsis_notifications.campaigns.rules import rates
from wsis_notifications.settings import Settings


def limits_of(settings: Settings) -> rates.Limits:
    """How fast mails of campaigns may leave. Raises SettingError."""
    try:
        domains = rates.parse_domains(settings.newsletter_per_domain)
    except ValueError as error:
        raise SettingError(f"WSIS_NEWSLETTER_PER_DOMAIN: {error}") from None
    return rates.Limits(settings.newsletter_per_second, domains, settings.newsletter_per_day)
