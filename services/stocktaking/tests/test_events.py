from __future__ import annotations

from wsis_stocktaking import events


def test_events_have_names_of_their_own() -> None:
    names = [event.type for event in events.PUBLISHES]
    assert len(names) == len(set(names))
