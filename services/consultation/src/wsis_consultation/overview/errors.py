"""Errors of the overview of submissions."""

from __future__ import annotations

from wsis_shared.errors import Invalid


def period_inverted() -> Invalid:
    """The period of a filter ends before it begins."""
    return Invalid(
        "consultation.period_inverted",
        "received_to is not after received_from.",
        fields={"received_to": ["It must be later than the beginning of the period."]},
    )
