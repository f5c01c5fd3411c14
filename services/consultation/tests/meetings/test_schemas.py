from __future__ import annotations

from wsis_consultation.meetings.schemas import arrangements, participants

MEETING = {
    "title": {"en": "Regional meeting"},
    "start": "2016-10-12T14:30:00Z",
    "end": "2016-10-12T16:00:00Z",
    "reason": "New",
}


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
