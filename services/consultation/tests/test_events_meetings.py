from __future__ import annotations

from wsis_consultation.events import meetings


def test_only_the_meeting_itself_is_public() -> None:
    assert [event.type for event in meetings.PUBLISHES if event.public] == ["meeting_changed"]
    assert set(meetings.MEETING_CHANGED.schema().fields) == {"edition", "meeting", "start", "end", "state"}
