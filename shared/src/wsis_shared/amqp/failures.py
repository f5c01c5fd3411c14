"""Why a message is not sent, or nobody knows whether it was."""

from __future__ import annotations

from wsis_shared.errors import Unavailable
from wsis_shared.metrics import NOT_SENT


def broker_away() -> Unavailable:
    """There is no connection."""
    return Unavailable("suite.broker_away", "The message broker cannot be reached.", retry_after=2)


def broker_lost() -> Unavailable:
    """The connection was lost: what is open may have been sent."""
    return Unavailable("suite.broker_away", "The message broker was lost.", retry_after=2)


def broker_full(exchange: str) -> Unavailable:
    """The broker has an alarm, or does not read in time. Counted."""
    NOT_SENT.labels(exchange, "broker full").inc()
    return Unavailable("suite.broker_full", "The message broker accepts no messages at the moment.", retry_after=5)


def unroutable(routing_key: str) -> Unavailable:
    """No queue is bound for this key: the service has never run here."""
    return Unavailable("suite.service_away", f"No service handles {routing_key} at the moment.", retry_after=5)


def no_answer(service: str) -> Unavailable:
    """No reply came in time. `service` tells whoever gets it from another which one was silent."""
    return Unavailable("suite.no_answer_in_time", f"{service} did not answer in time.", service=service, retry_after=2)
