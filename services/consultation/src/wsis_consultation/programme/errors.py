"""Errors of the programme."""

from __future__ import annotations

from wsis_shared.errors import Invalid


def requests_unknown(numbers: list[int]) -> Invalid:
    """Requests that do not exist, were withdrawn, or ask for no session; `numbers` are their places in the list."""
    return Invalid(
        "consultation.requests_unknown",
        fields={f"requests.{number}": ["There is no such request of a session."] for number in numbers},
    )


def sessions_not_decided(messages: dict[int, str]) -> Invalid:
    """Sessions on which this cannot be decided, and why; by their places in the list."""
    return Invalid(
        "consultation.sessions_not_decided",
        fields={f"sessions.{number}": [message] for number, message in messages.items()},
    )


def span_invalid(field: str, numbers: list[int]) -> Invalid:
    """A time that ends before it starts; `numbers` are the places in the list `field`."""
    return Invalid(
        "consultation.span_invalid",
        fields={f"{field}.{number}.end": ["The end must come after the start."] for number in numbers},
    )
