"""The list of revoked tokens, without a broker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock

from wsis_gateway.revocations import Revocations


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def revocations(told: list[int]) -> Revocations:
    """`told` gets the length of the list each time that a token may have ended."""
    made = Revocations("accounts", lambda: told.append(len(made.entries)))
    return made


def entry(id: str, generation: int = 1, **more: Any) -> dict[str, Any]:
    later = clock.iso(clock.now() + timedelta(minutes=5))
    return {"data": {"kind": "account", "id": id, "generation": generation, "expires_at": later, **more}}


def test_whoever_holds_a_token_is_told_of_what_is_new_and_of_nothing_else(
    revocations: Revocations, told: list[int]
) -> None:
    again = entry("ann")  # one that expires a moment later would be new
    for source, type, envelope in (
        (*revocations.event, again),
        (*revocations.event, again),
        ("voting", revocations.event[1], entry("bo")),
        (revocations.event[0], "account_erased", entry("bo")),
        (*revocations.event, entry("bo", expires_at="soon")),
        (*revocations.event, {"data": None}),
        (*revocations.event, entry("chi")),
        (*revocations.event, entry("chi", generation=2)),
    ):
        revocations.on_event(source, type, envelope)
    assert told == [1, 2, 2]


def test_the_list_is_not_known_before_the_first_response(revocations: Revocations) -> None:
    assert not revocations.fresh
    assert not revocations.wait_fresh(0)
