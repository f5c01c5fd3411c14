"""Errors. Subscriptions of agencies to public events: webhooks and queues."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound


def subscription_unknown() -> NotFound:
    """There is no such subscription, or it is somebody else's."""
    return NotFound("notifications.event_subscription_unknown", "No such subscription.")


def owner_only() -> Forbidden:
    """Credentials are for the owner of the subscription alone."""
    return Forbidden("notifications.event_subscription_owner_only", "Only its owner gets its credentials.")


def receiver_refused(reason: str) -> Invalid:
    """Nothing may be sent to this address: malformed, not_https, port, host, not_public."""
    message = f"An https address with a public name is needed ({reason})."
    return Invalid("notifications.receiver_refused", message, reason=reason, fields={"url": [message]})


def too_many_subscriptions(most: int) -> Conflict:
    """The account has as many as it may have."""
    return Conflict("notifications.too_many_event_subscriptions", f"An account has at most {most}.", most=most)


def start_in_future(last: int) -> Invalid:
    """The log has not come to that event yet."""
    message = f"The newest event has the number {last}."
    return Invalid("notifications.start_in_future", message, last=last, fields={"after": [message]})


def not_possible(state: str) -> Conflict:
    """The state or the channel of the subscription does not allow it."""
    return Conflict("notifications.event_subscription_state", f"Not possible for one that is {state}.", state=state)


def replay_runs() -> Conflict:
    """One replay at a time."""
    return Conflict("notifications.replay_runs", "A replay runs already.")
