from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar
from wsis_shared import clock, context
from wsis_shared.mongo import in_transaction
from wsis_shared.schemas import LOCALES
from wsis_testkit import make_context, refused

from wsis_consultation.dates.use_cases.dates import DateCases
from wsis_consultation.documents.store import Documents
from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.store import Participants
from wsis_consultation.people.store import Contacts

DEADLINE = "submissions_deadline"
LATER = {"start": "2017-02-28T23:00:00Z", "end": "2017-03-01T22:00:00Z", "reason": "Many asked for another week"}


def _phase(read: dict[str, Any], code: str = DEADLINE) -> dict[str, Any]:
    [found] = [phase for phase in read["phases"] if phase["code"] == code]
    return found


def test_everybody_reads_the_phases_in_their_language(consultation: Any) -> None:
    read = consultation.call("read_phases", at="open", context={"locale": "fr"}, edition="2017")
    assert read["current"] == "first_physical_meeting"
    assert [phase["state"] for phase in read["items"]] == ["past", "current", *["upcoming"] * 4]
    assert read["items"][0]["title"] == "Ouverture des consultations publiques"


def test_another_edition_opens_beside_the_first(consultation: Any) -> None:
    opened = consultation.open_edition("2021")
    assert clock.parse(opened["submissions_close_at"]) == datetime(2021, 2, 20, 22, tzinfo=UTC)
    listed = consultation.call("list_editions")["items"]
    assert [row["edition"] for row in listed][-2:] == ["2021", "2017"]
    assert consultation.published.wait("edition_opened")[0]["data"] == {"edition": "2021"}
    with refused("consultation.edition_exists"):
        consultation.open_edition("2021")


def test_moved_phase_is_public_audited_and_told_once_to_everybody(consultation: Any, database: Any) -> None:
    contacts = Contacts(database("consultation"))
    expected = {
        contacts.add("2017", f"p{number}@ngo.example", f"P{number}", "en", "draft", at=clock.now())
        for number in range(450)
    }
    moved = consultation.call("move_phase", consultation.officer, edition="2017", phase=DEADLINE, body=LATER)
    assert clock.parse(_phase(moved)["end"]) == datetime(2017, 3, 1, 22, tzinfo=UTC)
    [event] = consultation.published.wait("phase_changed")
    assert event["data"]["former_end"] == "2017-02-20T22:00:00Z"
    assert not any("@" in str(value) for value in event["data"].values())
    audited = [event["data"] for event in consultation.published.wait("action_taken", 2)]
    assert (audited[-1]["action"], audited[-1]["reason"]) == ("consultation.phase_moved", LATER["reason"])
    notices = consultation.published.wait("date_notice_requested", len(expected), seconds=30)
    assert sorted(event["data"]["contact"] for event in notices) == sorted(expected)
    [revision] = consultation.call("list_revisions", consultation.officer, edition="2017")["items"]
    assert revision["by"] == consultation.officer.id

    mail = consultation.call("describe_revision", data=notices[0]["data"])
    assert mail["contact"]["email"].endswith("@ngo.example")
    assert mail["changes"][0]["title"]["fr"].startswith("Date limite")


def test_a_preview_says_what_a_move_would_do_and_changes_nothing(consultation: Any, database: Any) -> None:
    edition = consultation.open_edition("2033")["edition"]
    Contacts(database("consultation")).add(edition, "p@ngo.example", "P", "en", "draft", at=clock.now())
    managed = consultation.call("read_managed_edition", consultation.officer, edition=edition)
    assert managed["contacts"] == 1
    assert set(_phase(managed)["titles"]) == set(managed["forum"]["themes"]) == set(LOCALES)
    late = {"end": "2033-12-20T22:00:00Z", "reason": "Later"}
    said = consultation.call("preview_phase", consultation.officer, edition=edition, phase=DEADLINE, body=late)
    assert [(row["code"], row["end"], row["former_end"]) for row in said["changes"]] == [
        (DEADLINE, late["end"], _phase(managed)["end"])
    ]
    assert {"phase": DEADLINE, "with": "forum", "kind": "after_opening", "day": None} in said["conflicts"]
    assert said["notices"] == 1
    assert consultation.call("read_managed_edition", consultation.officer, edition=edition) == managed
    deadline = managed["deadlines"][0]
    body = {"at": deadline["at"], "reason": "The same"}
    with refused("consultation.nothing_to_change"):
        consultation.call(
            "preview_deadline", consultation.officer, edition=edition, deadline=deadline["code"], body=body
        )
    forum = {"theme": dict.fromkeys(LOCALES, "Open to all"), "reason": "Announced"}
    shown = consultation.call("preview_forum", consultation.officer, edition=edition, body=forum)
    assert [row["text"] for row in shown["changes"]] == ["Open to all"]


def test_a_phase_is_added_in_the_place_of_its_start_and_removed(consultation: Any) -> None:
    edition = consultation.open_edition("2032")["edition"]
    phases = consultation.call("read_managed_edition", consultation.officer, edition=edition)["phases"]
    new = {
        "code": "hearing",
        "kind": "physical_meeting",
        "title": dict.fromkeys(LOCALES, "Hearing"),
        "start": phases[2]["start"],
        "end": phases[2]["end"],
        "reason": "Asked for",
    }
    added = consultation.call("add_phase", consultation.officer, edition=edition, body=new)
    codes = [phase["code"] for phase in phases]
    assert [phase["code"] for phase in added["phases"]] == [*codes[:3], "hearing", *codes[3:]]
    with refused("consultation.phase_exists"):
        consultation.call("add_phase", consultation.officer, edition=edition, body=new)
    body = {"title": dict.fromkeys(LOCALES, "Second hearing"), "venue": "Room B", "reason": "Clearer"}
    renamed = consultation.call("move_phase", consultation.officer, edition=edition, phase="hearing", body=body)
    assert (_phase(renamed, "hearing")["title"], _phase(renamed, "hearing")["venue"]) == ("Second hearing", "Room B")
    removal = {"edition": edition, "phase": "hearing", "body": {"reason": "It does not take place"}}
    removed = consultation.call("remove_phase", consultation.officer, **removal)
    assert [phase["code"] for phase in removed["phases"]] == codes
    with refused("consultation.phase_unknown"):
        consultation.call("remove_phase", consultation.officer, **removal)


def test_moved_phase_keeps_its_uid_in_the_calendar(consultation: Any) -> None:
    edition = consultation.open_edition("2022")["edition"]
    before = consultation.call("read_phase_calendar", edition=edition)
    body = {"start": "2022-05-11T13:00:00Z", "end": "2022-05-11T16:00:00Z", "reason": "Room A is taken"}
    consultation.call("move_phase", consultation.officer, edition=edition, phase="final_brief", body=body)
    after = consultation.call("read_phase_calendar", context={"locale": "ru"}, edition=edition)
    uid = f"{edition}-phase-final_brief@consultation.wsis"
    [old], [new] = ([e for e in Calendar.from_ical(each["text"]).events if e["UID"] == uid] for each in (before, after))
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (0, 1)
    assert new.start.astimezone(UTC) == datetime(2022, 5, 11, 13, tzinfo=UTC)
    assert str(new["SUMMARY"]) == "VI. Заключительный брифинг"
    assert len(Calendar.from_ical(after["text"]).events) == 9


def test_removed_phase_is_cancelled_in_the_calendar(consultation: Any) -> None:
    edition = consultation.open_edition("2023")["edition"]
    database_phases = consultation.call("read_phases", edition=edition)["items"]
    languages = ["en", "fr", "pt", "es", "zh", "ar", "ru"]
    rows = [
        {
            **{name: row[name] for name in ("code", "kind", "start", "end", "venue", "remote")},
            "title": dict.fromkeys(languages, row["title"]),
        }
        for row in database_phases
        if row["code"] != "second_physical_meeting"
    ]
    body = {"phases": _to_json(rows), "reason": "One meeting is enough"}
    replaced = consultation.call("replace_phases", consultation.officer, edition=edition, body=body)
    assert [phase["roman"] for phase in replaced["phases"]] == ["I", "II", "III", "IV", "V"]
    text = consultation.call("read_phase_calendar", edition=edition)["text"]
    [gone] = [event for event in Calendar.from_ical(text).events if event["STATUS"] == "CANCELLED"]
    assert gone["UID"] == f"{edition}-phase-second_physical_meeting@consultation.wsis"


def test_submissions_stay_closed_once_the_outcomes_are_published(consultation: Any, database: Any) -> None:
    edition = consultation.open_edition("2020")["edition"]
    late = {"at": datetime(2020, 3, 20, tzinfo=UTC), "edition": edition, "phase": DEADLINE}
    move = {"end": "2020-03-27T22:00:00Z", "reason": "Some were late"}
    documents = Documents(database("consultation"))
    draft = {"_id": f"{edition}-outcomes-1.0", "edition": edition, "kind": "outcomes", "status": "draft", "prose": {}}
    stored = documents.save("documents", draft)
    assert consultation.call("move_phase", consultation.officer, body=move, **late)["current"] == "final_review_meeting"
    documents.save("documents", {**stored, "status": "published"})
    again = {**late, "at": datetime(2020, 3, 28, tzinfo=UTC)}
    with refused("consultation.outcomes_published"):
        consultation.call("move_phase", consultation.officer, body={**move, "end": "2020-04-27T22:00:00Z"}, **again)


def test_moved_deadline_is_public(consultation: Any) -> None:
    edition = consultation.open_edition("2024")["edition"]
    body = {"at": "2024-02-01T22:00:00Z", "reason": "A second call was sent"}
    moved = consultation.call(
        "move_deadline", consultation.officer, edition=edition, deadline="hltf_nominations", body=body
    )
    assert [row["code"] for row in moved["deadlines"]] == ["hltf_nominations", "session_details", "session_outcomes"]
    [event] = consultation.published.wait("deadline_changed")
    assert (event["data"]["at"], event["data"]["former_at"]) == (body["at"], "2023-11-20T22:00:00Z")


def test_a_further_deadline_is_public_in_seven_languages_and_moves_as_the_others(consultation: Any) -> None:
    edition, officer = consultation.open_edition("2058")["edition"], consultation.officer
    titles = {locale: f"Exhibition requests ({locale})" for locale in LOCALES}
    body = {"code": "exhibition_requests", "title": titles, "at": "2058-03-01T22:00:00Z", "reason": "Stands are few"}
    added = consultation.call("add_deadline", officer, edition=edition, body=body, context={"locale": "zh"})
    own = {"code": "exhibition_requests", "title": titles["zh"], "at": body["at"]}
    assert own in added["deadlines"]
    assert added["conflicts"] == consultation.call("read_edition", edition=edition)["conflicts"]
    [event] = [row for row in consultation.published.wait("deadline_added") if row["data"]["edition"] == edition]
    assert event["data"]["at"] == body["at"]
    calendar = consultation.call("read_phase_calendar", edition=edition, context={"locale": "ar"})["text"]
    assert f"SUMMARY:{titles['ar']}" in calendar
    with refused("consultation.deadline_exists"):
        consultation.call("add_deadline", officer, edition=edition, body=body)
    with refused("consultation.deadline_exists"):
        consultation.call("add_deadline", officer, edition=edition, body={**body, "code": DEADLINE})
    with refused("consultation.deadline_outside"):
        late = {**body, "code": "late", "at": "2059-01-01T00:00:00Z"}
        consultation.call("add_deadline", officer, edition=edition, body=late)
    move = {"at": "2058-03-08T22:00:00Z", "reason": "More stands"}
    moved = consultation.call("move_deadline", officer, edition=edition, deadline="exhibition_requests", body=move)
    assert {**own, "title": titles["en"], "at": move["at"]} in moved["deadlines"]


def test_a_change_from_dates_that_are_no_longer_so_is_refused(consultation: Any) -> None:
    edition = consultation.open_edition("2034")["edition"]
    officer, where = consultation.officer, {"edition": edition}

    def version() -> int:
        return int(consultation.call("read_managed_edition", officer, edition=edition)["version"])

    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("move_phase", {"phase": DEADLINE}, {"end": "2034-03-02T22:00:00Z"}),
        ("move_phase", {"phase": DEADLINE}, {"title": dict.fromkeys(LOCALES, "Last day")}),
        ("move_deadline", {"deadline": "session_details"}, {"at": "2034-02-22T22:00:00Z"}),
        ("change_forum", {}, {"theme": dict.fromkeys(LOCALES, "Open to all")}),
    ]
    for call, part, given in changes:
        read = version()
        consultation.call(call, officer, **where, **part, body={**given, "base": read, "reason": "Later"})
        assert version() > read
        with refused("consultation.version_changed"):
            consultation.call(call, officer, **where, **part, body={**given, "base": read, "reason": "Later"})


def _to_json(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "start": _text(row["start"]), "end": _text(row["end"])} for row in rows]


def _text(moment: Any) -> str:
    return moment if isinstance(moment, str) else clock.iso(moment)


def test_submissions_are_not_reopened_while_the_outcomes_are_published(consultation: Any, database: Any) -> None:
    edition, db = consultation.open_edition("2019")["edition"], database("consultation")
    id = f"{edition}-outcomes-1.0"
    Documents(db).save(
        "documents",
        {
            "_id": id,
            "edition": edition,
            "kind": "outcomes",
            "status": "draft",
            "number": "1.0",
            "languages": [],
            "files": {},
            "prose": {},
            "prose_revision": 1,
            "as_of": datetime(2019, 3, 1, tzinfo=UTC),
            "inputs": [],
            "total": 0,
            "model": {"sha256": ""},
            "statistics": {},
            "published_at": None,
            "built_at": datetime(2019, 3, 1, tzinfo=UTC),
        },
    )

    class DocumentsOfBefore(Documents):
        """Publishes the version just after it was read as a draft."""

        def of_edition(self, *args: Any, **query: Any) -> list[Any]:
            found = super().of_edition(*args, **query)
            if not found:
                body = {"reason": "Ready"}
                consultation.call("publish_document", consultation.officer, edition=edition, document=id, body=body)
            return found

    cases = DateCases(Editions(db), DocumentsOfBefore(db), Contacts(db), Participants(db), "https://example.org")
    ctx = make_context(consultation.officer, received_at=datetime(2019, 3, 20, tzinfo=UTC))
    body = {"end": datetime(2019, 3, 27, 22, tzinfo=UTC), "reason": "Some were late"}
    with context.use(ctx), refused("consultation.outcomes_published"):
        in_transaction(lambda: cases.move_phase(ctx, None, edition, DEADLINE, body))  # type: ignore[arg-type]
    phases = {phase["code"]: phase for phase in Editions(db).find(edition)["phases"]}
    assert phases[DEADLINE]["end"] < ctx.received_at
