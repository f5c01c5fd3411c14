from __future__ import annotations

from typing import Any

import pytest

from wsis_consultation.meetings.schemas import arrangements, participants

MEETING = {
    "title": {"en": "Regional meeting"},
    "start": "2016-10-12T14:30:00Z",
    "end": "2016-10-12T16:00:00Z",
    "reason": "New",
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"join_url": "http://meet.example/x"}, "join_url"),
        ({"join_url": "javascript:alert(1)"}, "join_url"),
        ({"capacity": -1}, "capacity"),
        ({"title": {}}, "title"),
        ({"title": {"de": "Tagung"}}, "title"),
        ({"agenda": [{"title": {"en": "x"}, "minutes": 1}] * 51}, "agenda"),
        ({"reason": ""}, "reason"),
        ({"on_site": 3}, "on_site"),
    ],
)
def test_error_names_the_field(change: dict[str, Any], field: str) -> None:
    assert list(arrangements.NewMeeting().validate({**MEETING, **change})) == [field]


def test_meeting_without_a_zone_is_in_geneva() -> None:
    assert arrangements.NewMeeting().load(MEETING)["time_zone"] == "Europe/Zurich"


def test_who_registers_says_how_they_take_part() -> None:
    assert list(participants.RegistrationBody().validate({})) == ["mode"]
    assert participants.RegistrationBody().load({"mode": "remote"})["public_name"] is False
    assert list(participants.InterventionBody().validate({"language": "de"})) == ["language"]


def test_public_responses_have_no_join_link_and_no_address() -> None:
    secrets = {"join_url", "contact", "email", "full_name"}
    public = (arrangements.Meeting, participants.Intervention, participants.Floor)
    assert [schema for schema in public if secrets & set(schema().fields)] == []
