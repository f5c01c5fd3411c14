from __future__ import annotations

from wsis_consultation.meetings import events


def test_only_the_meeting_itself_is_public() -> None:
    assert [event.type for event in events.PUBLISHES if event.public] == ["meeting_changed"]
    assert set(events.MEETING_CHANGED.schema().fields) == {"edition", "meeting", "start", "end", "state"}
