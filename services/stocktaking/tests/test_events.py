from __future__ import annotations

from wsis_stocktaking.plugin import plugin


def test_events_have_names_of_their_own() -> None:
    names = [event.type for event in plugin.publishes]
    assert len(names) == len(set(names))
