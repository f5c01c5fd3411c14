"""Ways to fail: those that a client sees, and the one that keeps a mail from being written."""

from __future__ import annotations

from wsis_shared.errors import Conflict, NotFound


def delivery_unknown(delivery: str) -> NotFound:
    """There is no delivery of that id."""
    return NotFound("notifications.delivery_unknown", "No such delivery.", delivery=delivery)


def not_retriable(state: str) -> Conflict:
    """Only what has ended without reaching the person may be sent again."""
    return Conflict("notifications.not_retriable", f"A delivery that is {state} cannot be sent again.", state=state)


class MailRefused(Exception):
    """The person does not want this mail, or their address takes none: "declined" or "suppressed"."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class RenderError(ValueError):
    """A mail cannot be composed. `reason`, a code without a word of content or address, is stored with the delivery.

    template_missing, template_broken, variable_missing, text_missing, header_unsafe, address_unsafe, url_unsafe,
    event_misfit
    """

    def __init__(self, reason: str, where: str = "") -> None:
        self.reason = f"{reason} {where}".strip()
        super().__init__(self.reason)
