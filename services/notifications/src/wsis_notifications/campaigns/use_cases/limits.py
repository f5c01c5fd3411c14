"""Limits of this installation, and since when its domain sends campaigns."""

from __future__ import annotations

from wsis_shared.mongo_connection import Database
from wsis_shared.settings import SettingError

from wsis_notifications.campaigns.rules import rates
from wsis_notifications.campaigns.store import Campaigns, SendRates
from wsis_notifications.mails.streams import bulk
from wsis_notifications.settings import Settings


def limits_of(settings: Settings) -> rates.Limits:
    """How fast mails of campaigns may leave. Raises SettingError."""
    try:
        domains = rates.parse_domains(settings.newsletter_per_domain)
    except ValueError as error:
        raise SettingError(f"WSIS_NEWSLETTER_PER_DOMAIN: {error}") from None
    try:
        warm_up = rates.parse_warm_up(settings.newsletter_warm_up)
    except ValueError as error:
        raise SettingError(f"WSIS_NEWSLETTER_WARM_UP: {error}") from None
    return rates.Limits(settings.newsletter_per_second, domains, settings.newsletter_per_day, warm_up)


class Sender:
    """The domain that sends campaigns. Providers trust one that they know: one that never sent to many begins slowly,
    and one that did before this was counted does not."""

    def __init__(self, db: Database, host: str) -> None:
        self._rates, self._campaigns, self._host = SendRates(db), Campaigns(db), host

    def days(self, now: float) -> float:
        """Since its first campaign; 0 where there was none."""
        began = self._rates.began(self._host)
        return (now - (self._first(now) if began is None else began)) / rates.DAY

    def begin(self, now: float) -> float:
        """The same, counted from now on. Inside a transaction."""
        if self._rates.began(self._host) is None:
            self._rates.begin(self._host, self._first(now))
        return self.days(now)

    def _first(self, now: float) -> float:
        return 0.0 if self._campaigns.is_any_finished() and not self._rates.is_any_begun() else now


def sender_of(db: Database, settings: Settings) -> Sender:
    """That of the settings."""
    return Sender(db, bulk(settings).host)
