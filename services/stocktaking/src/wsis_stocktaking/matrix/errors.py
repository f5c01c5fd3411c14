"""Errors of the WSIS-SDG Matrix."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid


def link_changed(line: str, sdg: int) -> Conflict:
    """A link is not as the patch expects it."""
    return Conflict("stocktaking.matrix_link_changed", line=line, sdg=sdg)


def link_exists(position: int) -> Invalid:
    """The matrix has the link that is to be added."""
    return _unfit(position, "The matrix has this link already.")


def link_missing(position: int) -> Invalid:
    """The matrix lacks the link that is to be changed or removed."""
    return _unfit(position, "The matrix has no such link.")


def link_unchanged(position: int) -> Invalid:
    """The change leaves the link as it is."""
    return _unfit(position, "The link is like this already.")


def _unfit(position: int, message: str) -> Invalid:
    return Invalid("stocktaking.matrix_change_unfit", fields={f"changes.{position}": [message]})
