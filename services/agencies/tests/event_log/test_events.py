"""What is published, and the names under which clients know it."""

from __future__ import annotations

from wsis_shared.errors import Conflict
from wsis_shared.events import EventKey
from wsis_shared.plugin import discover

from wsis_agencies.event_log.events import by_inside_type, public, public_types


def test_a_public_event_keeps_the_name_that_clients_know() -> None:
    outside = EventKey("notifications", "event_taken_down")
    found = discover(only=("agencies",))
    assert public(found) == [EventKey("agencies", "event_taken_down")]
    assert list(public_types(found)) == [outside]
    assert [key for key, _ in by_inside_type(found).values()] == [outside]


def test_an_error_under_the_name_that_clients_know_has_its_sentence() -> None:
    assert Conflict("notifications.replay_runs").detail == "A replay runs already."
