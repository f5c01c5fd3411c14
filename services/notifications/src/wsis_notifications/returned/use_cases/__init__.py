"""Use cases: mail that comes back. A complaint may be about a mail of an event or about an issue."""

from __future__ import annotations

from wsis_shared.keys import mailbox_secret
from wsis_shared.parts import Parts

from wsis_notifications.mails.mailer import catalogue
from wsis_notifications.mails.store.deliveries import DeliveryRepository
from wsis_notifications.returned.use_cases import newsletter
from wsis_notifications.returned.use_cases.mails import ReturnedMail
from wsis_notifications.returned.use_cases.newsletter import Bounces
from wsis_notifications.returned.use_cases.relay_log import UnknownMails
from wsis_notifications.settings import Settings


def compose(parts: Parts) -> tuple[ReturnedMail, Bounces, UnknownMails]:
    """The use cases with their collaborators; called once per process."""
    accounts, bounces = parts.client("accounts"), newsletter.compose(parts)
    store = DeliveryRepository(parts.db)
    mails = ReturnedMail(
        store,
        catalogue(),
        lambda ids: accounts.contacts(ids=ids),
        mailbox_secret(),
        bounces.receive_complaint,
    )
    return mails, bounces, UnknownMails(Settings.load().relay_log, mails, bounces, store)
