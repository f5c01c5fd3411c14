from __future__ import annotations

from wsis_consultation import events


def test_every_example_fits_its_schema() -> None:
    assert {event.type: event.schema().validate(event.example) for event in events.PUBLISHES} == {
        event.type: {} for event in events.PUBLISHES
    }
