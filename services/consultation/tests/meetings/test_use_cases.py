from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared.blobs import store as blob_store
from wsis_testkit import actor, make_context, publish, refused, wait_for

from wsis_consultation.meetings.schemas import arrangements, participants
from wsis_consultation.meetings.store import Participants

from ..meeting_kit import BEFORE, BODY, DURING, contacts, events_of, profile

FIRST = "2017-first_physical_meeting"


ERASED = actor()


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service(
        "accounts",
        profile=profile,
        contacts=lambda ids: [one for one in contacts(ids) if one["account"] != ERASED.id],
    )


def details(consultation: Any, event: dict[str, Any]) -> dict[str, Any]:
    """The variables of the mail that an event causes."""
    return dict(consultation.call("participant_details", data=event["data"]))


def test_everybody_reads_the_meetings_in_their_language_and_time_zone(consultation: Any, call: Any) -> None:
    french = {"locale": "fr"}
    listed = consultation.call("list_meetings", edition="2017", time_zone="Asia/Kolkata", context=french)["items"]
    first = next(row for row in listed if row["id"] == FIRST)
    assert (first["title"], first["local_start"], first["reader_start"]) == (
        "Première réunion physique",
        "2016-10-12T16:30:00+02:00",
        "2016-10-12T20:00:00+05:30",
    )
    calendar = call("read_meeting_calendar", actor(), FIRST)["text"]
    assert "DTSTART;TZID=Europe/Zurich:20161012T163000" in calendar
    with refused("consultation.meeting_unknown"):
        call("read_meeting", actor(), "2017-none")


def test_officers_arrange_a_meeting_and_only_they_see_the_join_link(consultation: Any, call: Any) -> None:
    link = "https://meet.example/secret"
    body = {
        "join_url": link,
        "capacity": 200,
        "languages": ["en", "fr"],
        "reason": "Prepared",
        "agenda": [{"title": {"en": "Opening", "fr": "Ouverture"}, "minutes": 10, "presenter": None}],
        "captions": [{"url": "https://media.example/captions.vtt", "language": "en"}],
    }
    call("change_meeting", consultation.officer, FIRST, body=body)
    public = arrangements.Meeting().dump(call("read_meeting", actor(), FIRST))
    assert [item["title"] for item in public["agenda"]] == ["Opening"]
    assert (public["capacity"], public["places_left"], public["languages"]) == (200, 200, ["en", "fr"])
    assert link not in str(call("read_meeting", actor(), FIRST))
    assert call("read_managed_meeting", consultation.officer, FIRST)["join_url"] == link
    entries = wait_for(
        lambda: [
            event["data"]
            for event in consultation.published.of("action_taken")
            if event["data"]["object"] == f"meeting/{FIRST}"
        ]
    )
    assert (entries[0]["action"], entries[0]["reason"]) == ("consultation.meeting_changed", "Prepared")
    assert link not in str(consultation.published.events)
    with refused("consultation.meeting_follows_phase"):
        call("change_meeting", consultation.officer, FIRST, body={"start": "2016-10-13T14:30:00Z", "reason": "Later"})


def test_meeting_that_ends_before_its_start_is_refused(new_meeting: Any) -> None:
    with refused("consultation.meeting_invalid") as refusal:
        new_meeting(end="2016-10-12T14:30:00Z")
    assert list(refusal.value.fields) == ["end"]


def test_documents_are_added_downloaded_and_removed(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting = new_meeting()
    blob = blob_store.of("consultation").put([b"%PDF-1.7 agenda"], owner="upload", filename="agenda.pdf")
    body = {"title": {"en": "Agenda"}, "language": "en"}
    added = call("add_meeting_document", consultation.officer, meeting, body=body, upload=blob.reference())
    [shown] = arrangements.Meeting().dump(call("read_meeting", actor(), meeting))["documents"]
    assert (shown["title"], shown["filename"], shown["sha256"]) == ("Agenda", "agenda.pdf", blob.sha256)
    assert "blob" not in shown
    reference = call("read_meeting_document", actor(), meeting, document=added["id"])
    assert b"".join(blob_store.of("consultation").open(reference["blob"])) == b"%PDF-1.7 agenda"
    call("remove_meeting_document", consultation.officer, meeting, document=added["id"])
    with refused("consultation.meeting_document_unknown"):
        call("read_meeting_document", actor(), meeting, document=added["id"])


def test_member_registers_for_the_room_and_gets_a_badge(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, member = new_meeting(), actor()
    made = participants.MeetingRegistration().dump(call("register_for_meeting", member, meeting, body=BODY))
    assert (made["state"], made["badge_number"], made["join_url"]) == ("registered", "0001", None)
    assert made["local_start"] == "2016-10-12T16:30:00+02:00"  # Kigali and Geneva in October
    [event] = events_of(consultation, "registration_confirmed", meeting, 1)
    mail = details(consultation, event)
    assert mail["contact"] == {"email": f"{member.id}@ngo.example", "names": f"Ada {member.id[:6]}", "locale": "fr"}
    assert (mail["title"], mail["badge_number"], mail["local_start"]) == ("Réunion régionale", "0001", "")
    badge = call("read_badge", member, meeting)
    assert badge["filename"] == "badge-0001.svg"
    assert f"Ada {member.id[:6]}" in badge["text"]
    call("register_for_meeting", member, meeting, body={**BODY, "public_name": False})
    assert call("read_registration", member, meeting)["public_name"] is False
    assert call("read_managed_meeting", consultation.officer, meeting)["on_site"] == 1


def test_link_to_join_is_for_registered_remote_participants(consultation: Any, call: Any, new_meeting: Any) -> None:
    link = "https://meet.example/private"
    meeting, remote, present = new_meeting(join_url=link), actor(), actor()
    body = {**BODY, "mode": "remote", "time_zone": "America/Bogota"}
    assert call("register_for_meeting", remote, meeting, body=body)["join_url"] == link
    assert call("register_for_meeting", present, meeting, body=BODY)["join_url"] is None
    by_person = {
        event["data"]["participant"]: details(consultation, event)
        for event in events_of(consultation, "registration_confirmed", meeting, 2)
    }
    assert sorted(str(mail["join_url"]) for mail in by_person.values()) == ["None", link]
    assert any("UTC-05:00" in mail["local_start"] for mail in by_person.values())
    call("cancel_registration", remote, meeting)
    with refused("consultation.registration_unknown"):
        call("read_registration", remote, meeting)
    call("register_for_meeting", present, meeting, body=body)
    with refused("consultation.no_badge"):
        call("read_badge", present, meeting)


def test_full_room_has_a_waiting_list_that_moves_up(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, people = new_meeting(capacity=2), [actor() for _ in range(5)]
    states = [
        call("register_for_meeting", who, meeting, BEFORE + timedelta(minutes=turn), body=BODY)["state"]
        for turn, who in enumerate(people)
    ]
    assert states == ["registered", "registered", "waiting", "waiting", "waiting"]
    assert call("read_registration", people[3], meeting)["waiting_before"] == 1
    call("cancel_registration", people[0], meeting)
    assert [call("read_registration", who, meeting)["state"] for who in people[1:4]] == [
        "registered",
        "registered",
        "waiting",
    ]
    call("register_for_meeting", people[1], meeting, body={**BODY, "mode": "remote"})
    assert call("read_registration", people[3], meeting)["state"] == "registered"
    body = {"capacity": 3, "reason": "A larger room"}
    managed = call("change_meeting", consultation.officer, meeting, body=body)
    assert (managed["on_site"], managed["waiting"], managed["remote_participants"]) == (3, 0, 1)
    promoted = events_of(consultation, "registration_promoted", meeting, 3)
    assert {details(consultation, event)["contact"]["email"] for event in promoted} == {
        f"{who.id}@ngo.example" for who in people[2:]
    }


def test_check_in_needs_a_genuine_badge_and_repeats_without_harm(
    consultation: Any, call: Any, new_meeting: Any, database: Any
) -> None:
    from wsis_consultation.meetings.rules import badges
    from wsis_consultation.meetings.store import Participants

    meeting, member = new_meeting(), actor()
    id = call("register_for_meeting", member, meeting, body=BODY)["participant"]
    token = badges.token(id, Participants.signature(id))
    first = call("check_in", consultation.officer, meeting, DURING, body={"token": token})
    again = call("check_in", consultation.officer, meeting, DURING + timedelta(minutes=5), body={"token": token})
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["checked_in_at"] == again["checked_in_at"] == "2016-10-12T15:00:00Z"
    assert call("read_managed_meeting", consultation.officer, meeting)["checked_in"] == 1
    for forged in (f"{id}.{'0' * 32}", id, "none", f"{token}0", f"{id}.é"):
        with refused("consultation.badge_invalid"):
            call("check_in", consultation.officer, meeting, DURING, body={"token": forged})
    with refused("consultation.badge_invalid"):
        call("check_in", consultation.officer, new_meeting(), DURING, body={"token": token})


def test_who_has_only_a_number_is_checked_in_once_an_officer_has_compared_the_name(
    consultation: Any, call: Any, new_meeting: Any
) -> None:
    meeting, member = new_meeting(), actor()
    registered = call("register_for_meeting", member, meeting, body=BODY)
    number = registered["badge_number"]

    def check_in(typed: str, **more: bool) -> dict[str, Any]:
        return dict(call("check_in", consultation.officer, meeting, DURING, body={"token": typed, **more}))

    asked = participants.CheckIn().dump(check_in(number))
    assert (asked["full_name"], asked["checked_in_at"], asked["repeated"]) == (f"Ada {member.id[:6]}", None, False)
    assert call("read_managed_meeting", consultation.officer, meeting)["checked_in"] == 0
    assert check_in(" 1 ", compared=True)["checked_in_at"] == "2016-10-12T15:00:00Z"
    kept = wait_for(
        lambda: [
            event["data"]["after"]
            for event in consultation.published.of("action_taken")
            if event["data"]["object"] == f"participant/{registered['participant']}"
        ]
    )
    assert kept == [{"meeting": meeting, "known_by": "number"}]
    assert check_in("٠٠٠١")["repeated"], "as it is typed in Arabic"
    call("register_for_meeting", actor(), meeting, body={**BODY, "mode": "remote"})
    for wrong in ("0002", "0", "9999", "1" * 40):  # the second takes part remotely
        with refused("consultation.badge_invalid"):
            check_in(wrong, compared=True)


def test_officers_register_people_without_an_account_once_and_list_them(
    consultation: Any, call: Any, new_meeting: Any
) -> None:
    meeting = new_meeting()
    body = {
        **BODY,
        "full_name": "Li Wei",
        "email": "li.wei@uni.example",
        "locale": "zh",
        "organization": None,
        "country": "CN",
        "stakeholder_type": "academia",
    }
    one = call("register_participant", consultation.officer, meeting, body=body)
    two = call("register_participant", consultation.officer, meeting, body={**body, "email": "LI.WEI@uni.example"})
    assert one["id"] == two["id"]
    for _ in range(3):
        call("register_for_meeting", actor(), meeting, body={**BODY, "mode": "remote"})

    def listed(**filters: Any) -> list[int]:
        page = call("list_participants", consultation.officer, meeting, limit=50, after=None, **filters)
        return [row["number"] for row in participants.ParticipantPage().dump(page)["items"]]

    assert (listed(), listed(mode="remote"), listed(region="asia_pacific")) == ([1, 2, 3, 4], [2, 3, 4], [1])
    assert (listed(checked_in=False), listed(checked_in=True)) == ([1, 2, 3, 4], [])
    gone = call("cancel_participant", consultation.officer, meeting, participant=one["id"], body={"reason": "Ill"})
    assert gone["state"] == "cancelled"
    [told] = events_of(consultation, "registration_cancelled", meeting, 1)
    mail = consultation.call("cancellation_details", data=told["data"])
    assert (told["data"]["reason"], mail["contact"]["locale"], mail["title"]) == ("Ill", "zh", "Regional meeting")
    assert listed(state="registered") == [2, 3, 4]


def test_participants_are_told_of_moves_cancellation_and_reminded(
    consultation: Any, call: Any, new_meeting: Any
) -> None:
    meeting, people = new_meeting(), [actor(), actor()]
    for who in people:
        call("register_for_meeting", who, meeting, body=BODY)
    change = {"start": "2016-10-19T14:30:00Z", "end": "2016-10-19T16:00:00Z", "reason": "The room is flooded"}
    call("change_meeting", consultation.officer, meeting, body=change)
    moved = events_of(consultation, "meeting_moved", meeting, 2)
    assert {event["data"]["former_start"] for event in moved} == {"2016-10-12T14:30:00Z"}
    assert len({event["data"]["participant"] for event in moved}) == 2
    calendar = call("read_meeting_calendar", actor(), meeting)["text"]
    assert "DTSTART;TZID=Europe/Zurich:20161019T163000" in calendar
    assert call("remind_participants", consultation.officer, meeting)["reminded"] == 2
    assert len(events_of(consultation, "participant_reminded", meeting, 2)) == 2
    call("change_meeting", consultation.officer, meeting, body={"state": "cancelled", "reason": "Strike"})
    assert len(events_of(consultation, "meeting_cancelled", meeting, 2)) == 2
    cancelled = re.findall(r"^(STATUS:\w+|SEQUENCE:\d+)", call("read_meeting_calendar", actor(), meeting)["text"], re.M)
    assert "STATUS:CANCELLED" in cancelled
    with refused("consultation.meeting_over"):
        call("register_for_meeting", actor(), meeting, body=BODY)


def test_reminder_goes_out_once_before_the_start(consultation: Any, call: Any, new_meeting: Any, database: Any) -> None:
    from wsis_consultation.editions.store import Editions
    from wsis_consultation.meetings.store import Meetings, Participants
    from wsis_consultation.meetings.use_cases.mails import ParticipantMailCases

    meeting = new_meeting()
    call("register_for_meeting", actor(), meeting, body=BODY)
    db = database("consultation")
    mails = ParticipantMailCases(Editions(db), Meetings(db), Participants(db))
    moments = (BEFORE, BEFORE + timedelta(hours=6), BEFORE + timedelta(hours=7))

    def reminded_start() -> Any:
        return db["meetings"].find_one({"_id": meeting})["reminded_start"]

    seen = []
    for moment in moments:
        mails.remind_due_participants(make_context(received_at=moment))
        seen.append(reminded_start() is not None)
    assert seen == [False, True, True]
    [event] = events_of(consultation, "participant_reminded", meeting, 1)
    assert details(consultation, event)["on_site"] is True
    call("remind_participants", consultation.officer, meeting)
    assert len(events_of(consultation, "participant_reminded", meeting, 2)) == 2  # neither a third one


def test_who_takes_part_in_the_meeting_of_a_phase_is_told_of_another_venue(consultation: Any) -> None:
    edition, member = consultation.open_edition("2031")["edition"], actor()
    meeting = f"{edition}-first_physical_meeting"
    consultation.call("register_for_meeting", member, edition=edition, meeting=meeting, body=BODY)
    body = {"venue": "Palais des Nations", "reason": "The building is closed"}
    consultation.call("move_phase", consultation.officer, edition=edition, phase="first_physical_meeting", body=body)
    [told] = events_of(consultation, "meeting_moved", meeting, 1)
    mail = details(consultation, told)
    assert (mail["venue"], told["data"]["reason"]) == ("Palais des Nations", "The building is closed")


def test_nobody_moves_up_once_the_meeting_is_over(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, came, waits, over = new_meeting(capacity=1), actor(), actor(), DURING + timedelta(days=1)
    for turn, who in enumerate((came, waits)):
        call("register_for_meeting", who, meeting, BEFORE + timedelta(minutes=turn), body=BODY)
    call("change_meeting", consultation.officer, meeting, over, body={"capacity": 9, "reason": "Counted again"})
    call("cancel_registration", came, meeting, over)
    assert call("read_registration", waits, meeting)["state"] == "waiting"


def test_people_who_register_at_once_get_no_more_places_than_there_are(call: Any, new_meeting: Any) -> None:
    meeting, people = new_meeting(capacity=3), [actor() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda who: call("register_for_meeting", who, meeting, body=BODY), people))
    assert sorted(row["state"] for row in made) == ["registered"] * 3 + ["waiting"] * 5
    assert sorted(row["badge_number"] for row in made) == [f"{number:04}" for number in range(1, 9)]


def test_place_of_an_erased_account_goes_to_who_waits_longest(
    consultation: Any, call: Any, new_meeting: Any, amqp_client: Any
) -> None:
    meeting = new_meeting(capacity=1, start="2116-10-12T14:30:00Z", end="2116-10-12T16:00:00Z")
    member, next_one = actor(), actor()
    for who in (member, next_one):
        call("register_for_meeting", who, meeting, body=BODY)
    ask = {"kind": "statement", "language": "en", "topic": "Access", "agenda_item": None}
    call("request_floor", member, meeting, body=ask)
    publish(amqp_client, "accounts", "account_erased", {"account": member.id})
    wait_for(lambda: call("read_registration", next_one, meeting)["state"] == "registered")
    assert len(events_of(consultation, "registration_promoted", meeting, 1)) == 1
    managed = call("read_managed_meeting", consultation.officer, meeting)
    assert (managed["on_site"], managed["waiting"]) == (1, 0)
    assert call("read_floor", actor(), meeting)["waiting"] == []


def test_address_that_a_member_had_earlier_does_not_lead_to_their_registration(
    consultation: Any, call: Any, new_meeting: Any, database: Any
) -> None:
    meeting, member, heir = new_meeting(), actor(), actor()
    call("register_for_meeting", member, meeting, body=BODY)
    rows = database("consultation")["participants"]
    own = rows.find_one({"meeting": meeting})
    former = f"{heir.id}@ngo.example"  # of the member until now, then of the heir
    rows.delete_one({"_id": own["_id"]})
    rows.insert_one({**own, "_id": Participants.id_of(meeting, former)})
    body = {
        **BODY,
        "mode": "remote",
        "full_name": "Li Wei",
        "email": former,
        "locale": "zh",
        "organization": None,
        "country": "CN",
        "stakeholder_type": "academia",
    }
    one, two = (call("register_participant", consultation.officer, meeting, body=body) for _ in range(2))
    assert one["id"] == two["id"] != Participants.id_of(meeting, former)
    call("register_for_meeting", heir, meeting, body={**BODY, "mode": "remote"})
    assert call("read_registration", member, meeting)["mode"] == "on_site"
    assert rows.find_one({"meeting": meeting, "account": member.id})["contact"] == own["contact"]
    three = call("register_participant", consultation.officer, meeting, body=body)
    assert (three["id"], rows.count_documents({"meeting": meeting})) == (one["id"], 2)


def test_erased_account_with_a_valid_token_does_not_register(call: Any, new_meeting: Any) -> None:
    with refused("consultation.account_erased"):
        call("register_for_meeting", ERASED, new_meeting(), body=BODY)
