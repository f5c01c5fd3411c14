"""Ways to fail. Readers of the newsletter: subscription, confirmation, preferences, import, export."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound


def email_invalid(field: str = "email") -> Invalid:
    """The address has not the form of one (RFC 5321, 6531)."""
    message = "Not a mail address."
    return Invalid("notifications.email_invalid", "This is not a mail address.", fields={field: [message]})


def email_not_mailable(field: str = "email") -> Invalid:
    """The relay takes no address with letters beyond ASCII before the @ (RFC 6531)."""
    message = "We cannot send mail to an address with letters outside A to Z before the @."
    return Invalid("notifications.email_not_mailable", message, fields={field: [message]})


def link_invalid() -> NotFound:
    """We did not make the link, or what it led to is over: a request expired, a reader left."""
    return NotFound("notifications.link_invalid", "This link is not valid any more.")


def subscriber_unknown() -> NotFound:
    """There is no such reader."""
    return NotFound("notifications.subscriber_unknown", "No such subscriber.")


def nothing_to_mail() -> NotFound:
    """The mail is not needed any more."""
    return NotFound("notifications.nothing_to_mail", "The mail is not needed any more.")


def import_unknown(id: str) -> NotFound:
    """There is no such import."""
    return NotFound("notifications.import_unknown", f"No import {id}.", id=id)


def import_running(id: str) -> Conflict:
    """Imports come one after the other."""
    return Conflict("notifications.import_running", "Another import has not ended.", id=id)


def file_refused(message: str) -> Invalid:
    """The whole file is refused."""
    return Invalid("notifications.import_file_refused", "The file is refused.", fields={"file": [message]})
