"""Errors. Kinds of mail that people decline, unsubscription, and the suppression list."""

from __future__ import annotations

from collections.abc import Iterable

from wsis_shared.errors import Invalid, NotFound


def link_unknown() -> NotFound:
    """We made no such link."""
    return NotFound("notifications.link_unknown", "No such link to unsubscribe.")


def kinds_unknown(kinds: Iterable[str]) -> Invalid:
    """A kind of mail that cannot be declined; `kinds` are those that can."""
    fields = {"declined": [f"Must be one of: {', '.join(sorted(kinds))}."]}
    return Invalid("notifications.kind_unknown", "No such kind of mail.", fields=fields)


def address_invalid() -> Invalid:
    """It is no mail address."""
    return Invalid("notifications.address_invalid", "Not a mail address.")


def not_suppressed() -> NotFound:
    """The address is not on the list, or not any more."""
    return NotFound("notifications.not_suppressed", "The address is not suppressed.")
