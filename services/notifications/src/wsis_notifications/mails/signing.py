"""What signs the mails of this installation (DKIM)."""

from __future__ import annotations

from wsis_shared.settings import SettingError

from wsis_notifications.mails.rules.dkim import Signer
from wsis_notifications.settings import Settings


def signer_of(settings: Settings) -> Signer | None:
    """None where no domain is set. Raises SettingError."""
    if not settings.dkim_domain:
        return None
    try:
        return Signer(settings.dkim_domain, settings.dkim_selector, settings.dkim_key.replace("\\n", "\n"))
    except ValueError:
        raise SettingError("WSIS_DKIM_KEY must be a private key of RSA in PEM") from None
