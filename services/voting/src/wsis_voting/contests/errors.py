"""Errors of contests that we do not know."""

from __future__ import annotations

from wsis_shared.errors import NotFound, Unavailable


def edition_unknown(edition: str) -> NotFound:
    """No contest of that edition."""
    return NotFound("voting.edition_unknown", edition=edition)


def contest_not_loaded(edition: str) -> Unavailable:
    """We do not know this edition, and who would know is away."""
    return Unavailable("voting.contest_not_loaded", edition=edition, retry_after=5)
