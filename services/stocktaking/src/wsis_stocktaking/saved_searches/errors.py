"""Errors of saved searches."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Forbidden, NotFound


def saved_search_unknown() -> NotFound:
    """There is no such saved search, it is somebody else's, or the key does not belong to it."""
    return NotFound("stocktaking.saved_search_unknown", "No such saved search.")


def too_many_saved_searches(most: int) -> Conflict:
    """The account has as many as it may have."""
    return Conflict("stocktaking.too_many_saved_searches", f"An account has at most {most} saved searches.", most=most)


def events_for_agencies() -> Forbidden:
    """Events are for agencies."""
    return Forbidden("stocktaking.events_for_agencies", "Events of saved searches are for agencies.")


def nothing_to_mail() -> NotFound:
    """The mail is not wanted any more."""
    return NotFound("stocktaking.nothing_to_mail", "There is nothing to mail any more.")
