from __future__ import annotations

from wsis_consultation.plugin import plugin


def test_every_example_fits_its_schema() -> None:
    assert {event.type: event.schema().validate(event.example) for event in plugin.publishes} == {
        event.type: {} for event in plugin.publishes
    }
