"""Errors. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from wsis_shared.errors import Invalid


def receiver_refused(reason: str) -> Invalid:
    """Nothing may be sent to this address: malformed, not_https, port, host, not_public."""
    return Invalid(
        "notifications.receiver_refused",
        reason=reason,
        fields={"url": [f"An https address with a public name is needed ({reason})."]},
    )
