"""Errors of editions and phases."""

from __future__ import annotations

from wsis_shared.errors import Invalid


def deadline_outside() -> Invalid:
    """A deadline lies between the opening of the consultation and the end of the Forum."""
    return Invalid(
        "consultation.deadline_outside",
        "Outside of the edition.",
        fields={"at": ["Must lie between the opening of the consultation and the end of the Forum."]},
    )


def forum_ends_before_start() -> Invalid:
    """The last day of a Forum is its first or a later one."""
    return Invalid(
        "consultation.forum_days_invalid",
        "The Forum would end before it starts.",
        fields={"ends_on": ["The end must not come before the start."]},
    )


def forum_too_long(limit: int) -> Invalid:
    """Nobody holds a Forum for so long: a year is wrong."""
    return Invalid(
        "consultation.forum_days_invalid",
        f"More than {limit} days.",
        fields={"ends_on": [f"A Forum has at most {limit} days."]},
    )


def high_level_day_outside() -> Invalid:
    """High-level days are days of the Forum."""
    return Invalid(
        "consultation.forum_days_invalid",
        "A high-level day lies outside of the Forum.",
        fields={"high_level_days": ["Name days of the Forum."]},
    )


def deadline_before_end() -> Invalid:
    """Outcomes are filed after the Forum."""
    return Invalid(
        "consultation.deadline_outside",
        "Outcomes would close before the Forum ends.",
        fields={"at": ["Must come after the end of the Forum."]},
    )
