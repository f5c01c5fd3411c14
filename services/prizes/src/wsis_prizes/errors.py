"""Errors that are made in several places, or of a code that was stored."""

from __future__ import annotations

from collections.abc import Iterable

from wsis_shared.errors import Conflict, Invalid


def project_exists(number: int, title: str) -> Conflict:
    """The entity has a project in this category."""
    return Conflict("prizes.project_exists", number=number, project_title=title)


def project_twice(number: int, title: str) -> Conflict:
    """The same project was submitted before, in another category."""
    return Conflict("prizes.project_twice", number=number, project_title=title)


def project_incomplete(fields: dict[str, list[str]]) -> Invalid:
    """What is missing or too long, field by field."""
    return Invalid("prizes.project_incomplete", fields=fields)


def wrong_state(state: str, wanted: Iterable[str] = ()) -> Conflict:
    """The project is not in a state that allows this."""
    return Conflict("prizes.wrong_state", state=state, wanted=", ".join(wanted))
