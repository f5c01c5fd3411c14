"""How long what is mailed works: pure functions."""

from __future__ import annotations

from datetime import timedelta

from wsis_shared.json_types import Input

from wsis_accounts.rules import codes, erasures


def confirm(_values: Input, _locale: str) -> Input:
    """The minutes of a code."""
    return {"minutes": codes.LIFE // timedelta(minutes=1)}


def erase(_values: Input, _locale: str) -> Input:
    """The hours of a link."""
    return {"hours": erasures.LIFE // timedelta(hours=1)}
