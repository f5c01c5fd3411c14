"""Errors. Public events in one sequence, for agencies and feeds."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Gone, NotFound, Unavailable


def events_gone(oldest: int) -> Gone:
    """The log keeps events for a limited time; a reader goes on at `oldest` and knows that it has missed some."""
    return Gone("notifications.events_gone", "Events after this number are no longer kept.", oldest=oldest)


def event_unknown() -> NotFound:
    """There is no event of that number."""
    return NotFound("notifications.event_unknown", "No such event.")


def event_already_taken_down() -> Conflict:
    """Its content is gone already."""
    return Conflict("notifications.event_already_taken_down", "The event was taken down before.")


def queues_not_offered() -> Conflict:
    """The suite has no broker for agencies."""
    return Conflict("notifications.queues_not_offered", "Queues are not offered here: subscribe a webhook.")


def queues_away() -> Unavailable:
    """The broker for agencies does not answer."""
    return Unavailable("notifications.queues_away", "The broker for queues does not answer.", retry_after=10)
