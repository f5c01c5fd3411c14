"""Ways to fail: those that a client sees, and the one that keeps a mail from being written."""

from __future__ import annotations


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
