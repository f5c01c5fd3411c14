"""Which addresses can be mailed."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from wsis_shared.errors import Invalid


def mailable(email: str, *, smtputf8: bool, field: str = "email") -> str:
    """The address to mail to, normalised (RFC 5321, 6531). Nothing is looked up. Raises Invalid, which names `field`;
    also for letters beyond ASCII before the @ where the relay does not offer SMTPUTF8."""
    try:
        parts = validate_email(email, check_deliverability=False, test_environment=True, strict=True)
    except (EmailNotValidError, UnicodeError):
        raise Invalid("notifications.email_invalid", fields={field: ["Not a mail address."]}) from None
    if not smtputf8 and not parts.local_part.isascii():
        raise Invalid(
            "notifications.email_not_mailable",
            fields={field: ["We cannot send mail to an address with letters outside A to Z before the @."]},
        )
    return parts.normalized
