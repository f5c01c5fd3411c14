from __future__ import annotations

from wsis_consultation.facilitators import events


def test_public_events_count_and_name_nobody() -> None:
    public = [event for event in events.PUBLISHES if event.public]
    assert [event.type for event in public] == ["facilitators_confirmed", "facilitator_withdrawn"]
    assert {name for event in public for name in event.schema().fields} == {"edition", "count", "constituencies"}
