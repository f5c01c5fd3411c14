"""Load, decide, store, respond: one module per subject. `compose` injects the collaborators."""

from __future__ import annotations

from wsis_shared.mail_counts import MailCounts
from wsis_shared.parts import Parts

from wsis_accounts.rules import codes
from wsis_accounts.settings import Settings
from wsis_accounts.store import Signer, Store
from wsis_accounts.use_cases.access import Access
from wsis_accounts.use_cases.auditing import AuditLog
from wsis_accounts.use_cases.erasing import Erasing
from wsis_accounts.use_cases.identities import Identities
from wsis_accounts.use_cases.internal import Internal
from wsis_accounts.use_cases.mail_requests import MailRequests
from wsis_accounts.use_cases.officers import Officers
from wsis_accounts.use_cases.own_account import OwnAccount
from wsis_accounts.use_cases.second_factor import SecondFactor
from wsis_accounts.use_cases.signing_in import Authentication


def compose(
    parts: Parts,
) -> tuple[Authentication, SecondFactor, Identities, Erasing, OwnAccount, Officers, AuditLog, Internal]:
    """The use cases of one process."""
    store, settings = Store(parts.db), Settings.load()
    access = Access(store, staff_second_factor=settings.staff_second_factor)
    requests = MailRequests(store, MailCounts(parts.db, "tag_mails", codes.MAILS))
    authentication = Authentication(store, settings, Signer(store), access, requests)
    loopback = settings.sign_in_loopback
    identities = Identities(store, access, authentication, settings.providers, allow_loopback=loopback)
    return (
        authentication,
        SecondFactor(store, access, authentication),
        identities,
        Erasing(store, access, requests),
        OwnAccount(store, access),
        Officers(store, access, identities),
        AuditLog(store),
        Internal(store),
    )
