"""Errors. Sending of an issue to its recipients: schedule, pause, resume, figures."""

from __future__ import annotations

from wsis_shared.errors import Conflict, NotFound, Unavailable


def campaign_unknown(campaign: str) -> NotFound:
    """There is no campaign of that id."""
    return NotFound("notifications.campaign_unknown", "No such campaign.", campaign=campaign)


def wrong_state(state: str) -> Conflict:
    """The campaign's state does not allow it."""
    return Conflict("notifications.campaign_state", f"The campaign is {state}.", state=state)


def issue_not_ready(state: str) -> Conflict:
    """Only an issue that is ready is sent to its readers."""
    return Conflict("notifications.issue_not_ready", f"The issue is {state}.", state=state)


def still_sending() -> Unavailable:
    """A mail to the reader is being handed over: what was asked for is stored, and complete in a moment."""
    return Unavailable("notifications.still_sending", "A mail is being handed over.", retry_after=5)
