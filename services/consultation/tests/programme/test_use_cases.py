from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_testkit import refused, wait_for

from ..programme_kit import ADA, BEA, NEW, Officer

pytestmark = pytest.mark.usefixtures("accounts")


def test_request_becomes_one_session_however_often_it_is_asked(officer: Officer) -> None:
    request = officer.submit()
    [made] = officer.make(request, status="draft")
    session = officer("read_session", session=made)
    assert session["title"] == {"en": "E-health for all"}
    assert (session["track"], session["sdgs"], session["action_lines"]) == ("forum", [3], ["C7.e-health"])
    assert [row["key"] for row in session["speakers"]] == ["otieno wangari"]
    assert session["submissions"] == [request["submission"]]
    again = officer("make_sessions", body={"requests": [request], "merge": False, "into": None})
    assert again == {"made": [], "present": [made]}


def test_speaker_in_two_spellings_is_one_person_once_an_officer_says_so(officer: Officer) -> None:
    officer.set_up()
    spellings = "Mohamed Aly", "ALI, Mohammed"
    one, two = officer.make(*(officer.submit(BEA, speakers=[{"name": name}]) for name in spellings))
    names = [{row["name"] for row in pair["speakers"]} for pair in officer("list_similar_speakers")["items"]]
    assert set(spellings) in names
    at = {"start": "2017-06-15T07:00:00Z", "pinned": False}
    changes = [{**at, "session": one, "room": "A"}, {**at, "session": two, "room": "K"}]

    def kinds() -> set[str]:
        return {clash["kind"] for clash in officer("check_agenda", body={"changes": changes})["clashes"]}

    assert "speaker" not in kinds()
    for session, name in zip((one, two), spellings, strict=True):
        officer("change_session", session=session, body={"speakers": [{"name": name, "key": "ali mohammed"}]})
    assert "speaker" in kinds()


def test_unknown_request_is_named(officer: Officer) -> None:
    wrong = {"submission": "none", "request": "none.1"}
    with refused("consultation.requests_unknown") as refusal:
        officer("make_sessions", body={"requests": [officer.submit(), wrong], "merge": False, "into": None})
    assert refusal.value.fields == {"requests.1": ["There is no such request of a session."]}


def test_several_requests_merge_into_one_session(officer: Officer) -> None:
    first, second = officer.submit(), officer.submit(BEA, speakers=[{"name": "OTIENO, Wangari"}, {"name": "Li Na"}])
    [made] = officer.make(first, second, merge=True, status="draft")
    session = officer("read_session", session=made)
    assert [row["name"] for row in session["speakers"]] == ["Wangari Otieno", "OTIENO, Wangari", "Li Na"]
    assert session["submissions"] == [first["submission"], second["submission"]]
    third = officer.submit()
    assert officer("make_sessions", body={"requests": [third], "merge": False, "into": made})["present"] == [made]
    assert third["submission"] in officer("read_session", session=made)["submissions"]


def test_theme_counts_the_submissions_of_its_requests_too(officer: Officer) -> None:
    first, second = officer.submit(), officer.submit()
    body = {"title": {"en": "Health"}, "description": {}, "submissions": [first["submission"]], "requests": [second]}
    theme = officer("create_theme", body=body)
    assert theme["submission_count"] == 2
    assert theme["by_stakeholder_type"] == [{"stakeholder_type": "civil_society", "count": 2}]
    [made] = officer.make(first, second, merge=True, status="draft")
    assert officer("read_session", session=made)["theme"] == theme["id"]
    assert theme["id"] in [row["id"] for row in officer("list_themes")["items"]]
    with refused("consultation.submissions_unknown"):
        officer("create_theme", body={**body, "submissions": ["none"]})


def test_session_of_an_unknown_type_is_an_error_of_its_field(officer: Officer) -> None:
    opening = {"type": "tedx_geneva", "title": {"en": "Opening"}}
    session = officer("create_session", body=opening)["id"]
    for method, more in (("create_session", {}), ("change_session", {"session": session})):
        with refused("consultation.session_type_unknown") as refusal:
            officer(method, body={**opening, "type": "seance"}, **more)
        assert set(refusal.value.fields) == {"type"}


def test_clashes_are_shown_before_saving_and_a_stale_save_gets_the_difference(officer: Officer) -> None:
    officer.set_up()
    one, two = officer.make(officer.submit(), officer.submit())
    officer.place(one, "A", "2017-06-12T07:00:00Z")
    stale = officer.revision()
    change = {"session": two, "room": "A", "start": "2017-06-12T08:00:00Z", "pinned": False}
    clashes = officer("check_agenda", body={"changes": [change]})["clashes"]
    assert {(clash["kind"], clash["hard"]) for clash in clashes} == {
        ("room", True),
        ("speaker", True),
        ("action_line", False),
    }
    assert "Wangari Otieno" in next(clash["message"] for clash in clashes if clash["kind"] == "speaker")
    agenda = officer("read_agenda")
    assert agenda["unplaced"].count(two) == 1
    assert {one, two} <= {row["id"] for row in agenda["sessions"] if row["duration"] and row["title"]}
    officer.place(one, "K", "2017-06-13T07:00:00Z")
    with refused("consultation.agenda_changed") as refusal:
        officer("place_sessions", body={"revision": stale, "changes": [change]})
    assert refusal.value.params["difference"] == [
        {"session": one, "room": "K", "start": "2017-06-13T07:00:00Z", "pinned": False}
    ]
    with refused("consultation.placements_invalid") as wrong:
        officer("check_agenda", body={"changes": [{**change, "room": "Z"}, {**change, "session": "none"}]})
    assert set(wrong.value.fields) == {"changes.0.room", "changes.1.session"}
    officer.place(one, None, None)


def test_suggestion_keeps_what_is_pinned_and_a_job_saves_one(officer: Officer) -> None:
    officer.set_up()
    sessions = officer.make(*(officer.submit() for _ in range(3)))
    suggested = officer("suggest_agenda", body={"keep": "all"})
    assert {row["session"] for row in suggested["changes"]} >= set(sessions)
    assert [clash for clash in suggested["clashes"] if clash["hard"]] == []
    result = officer.consultation.run("start_placing_sessions", edition="2017", body={"keep": "all"})
    assert result["unplaced"] == 0
    agenda = officer("read_agenda")
    assert agenda["unplaced"] == []
    assert [clash for clash in agenda["clashes"] if clash["hard"]] == []
    assert set(sessions) <= {row["session"] for row in agenda["placements"]}


def test_published_programme_tells_authors_and_stays_as_it_was(officer: Officer) -> None:
    officer.set_up()
    officer.consultation.run("start_placing_sessions", edition="2017", body={"keep": "all"})
    first, second = officer.make(officer.submit(), officer.submit(BEA))
    officer.place(first, "A", "2017-06-16T07:00:00Z")
    one = officer.publish()
    code = officer("read_session", session=first)["code"]
    read = officer.consultation.call("read_programme_session", edition="2017", code=code)
    assert (read["room_name"], read["start"], read["end"]) == ("Room A", "2017-06-16T07:00:00Z", "2017-06-16T08:30:00Z")
    assert read["receipts"][0].startswith("OCP-2017-")
    [moved] = officer.wait_for_mails(first, ["scheduled"])
    officer.wait_for_mails(second, ["accepted"])
    mail = officer.consultation.call("session_contact", data=moved)
    assert mail["contact"]["email"] == "ada@ngo.example"
    assert (mail["room"], mail["start"], mail["ask"]) == ("Room A", "2017-06-16T07:00:00Z", True)
    assert not officer.consultation.call("session_contact", data=moved, at="forum")["ask"]
    key = mail["url"].rpartition(".")[2]
    link = {"submission": moved["submission"], "key": key}
    assert officer.consultation.call("open_session_link", edition="2017", session=first, body=link)["id"] == first

    officer.place(first, "K", "2017-06-16T09:00:00Z")
    assert officer.consultation.call("read_programme_session", edition="2017", code=code)["room"] == "A"
    officer("decide_session", session=second, body={"status": "declined", "reason": "Two requests are alike"})
    ahead = officer("compare_agenda")
    assert (ahead["since"], ahead["announced"]) == (one["number"], 2)
    two = officer.publish()
    assert officer("compare_agenda") == {
        **dict.fromkeys(("added", "removed", "changed"), []),
        "since": two["number"],
        "announced": 0,
        "clashes": ahead["clashes"],
    }
    difference = officer.consultation.call(
        "compare_programme_versions", edition="2017", number=two["number"], since=one["number"]
    )
    assert [difference[name] for name in ("added", "removed", "changed")] == [
        ahead[name] for name in ("added", "removed", "changed")
    ]
    [change] = [row for row in difference["changed"] if row["session"] == first]
    assert {row["field"] for row in change["changes"]} == {"room", "start", "end"}
    officer.wait_for_mails(first, ["scheduled", "moved"])
    officer.wait_for_mails(second, ["accepted", "declined"])

    why = {"en": "The organizers cannot come", "fr": "Les organisateurs ne peuvent venir"}
    officer("decide_session", session=first, body={"status": "cancelled", "reason": "No visa", "notice": why})
    officer.publish()
    calendar = officer.consultation.call("read_programme_calendar", edition="2017", session=code)
    assert "STATUS:CANCELLED" in calendar["text"]
    assert "SEQUENCE:2" in calendar["text"]
    french = {"locale": "fr"}
    page = officer.consultation.call("read_programme_session", edition="2017", code=code, context=french)
    assert (page["state"], page["cancelled_why"]) == ("cancelled", {"text": why["fr"], "language": "fr"})
    versions = officer.consultation.call("list_programme_versions", edition="2017")["items"]
    assert [row["number"] for row in versions][-2:] == ["0.2", "0.1"]


def test_removal_of_a_session_is_published_once(officer: Officer) -> None:
    officer.set_up()
    [session] = officer.make(officer.submit(BEA))
    officer.place(session, "A", "2017-06-14T05:00:00Z")
    officer.publish()
    officer.place(session, None, None)
    officer.consultation.run("publish_programme", edition="2017", body=NEW, at=datetime(2017, 4, 2, tzinfo=UTC))
    officer("decide_session", session=session, body={"status": "declined", "reason": "No room is left"})
    officer.consultation.run("publish_programme", edition="2017", body=NEW, at=datetime(2017, 4, 3, tzinfo=UTC))
    officer.wait_for_mails(session, ["scheduled", "unscheduled", "declined"])
    removed = [event for event in officer.consultation.published.of("session_removed") if event["subject"] == session]
    assert len(removed) == 1


def test_hard_clash_is_published_with_a_reason_only(officer: Officer) -> None:
    officer.set_up()
    [session] = officer.make(officer.submit())
    officer.place(session, "A", "2017-06-17T07:00:00Z")
    with refused("consultation.agenda_clashes"):
        officer("publish_programme", body=NEW)
    assert officer.publish(reason="A side event of the day after")["sessions"] >= 1
    officer.place(session, None, None)


def test_organizers_file_details_until_the_deadline(officer: Officer, database: Any) -> None:
    [session] = officer.make(officer.submit())
    body = {
        "abstract": "Final",
        "speakers": [
            {"name": "Wangari Otieno", "remote": True, "time_zone": "Africa/Nairobi", "email": "w@ngo.example"},
        ],
    }

    def file(who: Any, at: Any = "programme", **more: Any) -> Any:
        return officer.consultation.call(
            "file_session_details", who, edition="2017", session=session, at=at, body={**body, **more}
        )

    with refused("consultation.session_unknown"):
        file(BEA)
    with refused("consultation.session_key_invalid"):
        file(BEA, submission=officer("read_session", session=session)["submissions"][0], key="0" * 40)
    deadline = datetime(2017, 5, 8, 21, tzinfo=UTC)
    with refused("consultation.session_details_closed"):
        file(ADA, deadline)
    saved = file(ADA)
    assert saved["speakers"][0] | {"remote": True, "key": "otieno wangari"} == saved["speakers"][0]
    # Anybody can be named as a speaker, under any address: the suite mails none of them.
    assert database("consultation")["contacts"].find_one({"email": "w@ngo.example"}) is None
    own = officer.consultation.call("list_own_sessions", ADA, edition="2017")["items"]
    assert session in [row["id"] for row in own]
    officer("let_in_late_details", session=session, body={"reason": "Illness"}, at=deadline)
    assert file(ADA, deadline)["abstract"] == "Final"


def test_organizers_without_details_are_reminded(officer: Officer) -> None:
    [session] = officer.make(officer.submit())
    told = officer("remind_organizers")
    assert told["mails"] >= 1
    published = officer.consultation.published
    wait_for(lambda: session in [event["data"]["session"] for event in published.of("session_details_due")])


def test_outcome_feeds_the_matrix_after_the_session(officer: Officer) -> None:
    officer.set_up()
    [session] = officer.make(officer.submit())
    officer.place(session, "A", "2017-06-12T05:00:00Z")
    officer.publish(reason="Early")
    links = [
        {"action_line": "C7.e-health", "sdg": 3, "rationale": "Clinics online"},
        {"action_line": "C7.e-health", "sdg": 14, "rationale": "Ships' doctors"},
    ]
    body = {"text": "We agreed.", "language": "en", "links": links}

    def file(at: Any, **more: Any) -> Any:
        return officer.consultation.call(
            "file_session_outcome", ADA, edition="2017", session=session, at=at, body={**body, **more}
        )

    with refused("consultation.session_not_over"):
        file("programme")
    assert [link["outside_matrix"] for link in file("forum")["links"]] == [False, True]
    with refused("consultation.link_twice") as twice:
        file("forum", links=[links[0], links[0]])
    assert set(twice.value.fields) == {"links.1"}
    rows = officer.consultation.call("list_session_matrix", edition="2017", limit=100)["items"]
    assert [(row["sdg"], row["rationale"]) for row in rows if row["session"] == session] == [
        (3, "Clinics online"),
        (14, "Ships' doctors"),
    ]
    only = officer.consultation.call("list_session_matrix", edition="2017", limit=100, sdg=14)["items"]
    assert {row["sdg"] for row in only} == {14}
    officer("change_session", session=session, body={"title": {"en": "E-health at sea"}}, at="forum")
    rows = officer.consultation.call("list_session_matrix", edition="2017", limit=100)["items"]
    assert {row["title"]["en"] for row in rows if row["session"] == session} == {"E-health at sea"}
    [event, *_] = officer.consultation.published.wait("session_outcome_filed")
    assert event["subject"] == session
    assert [(link["action_line"], link["sdg"]) for link in event["data"]["links"]] == [
        (link["action_line"], link["sdg"]) for link in links
    ]
    assert "We agreed." not in str(event)
    officer.place(session, None, None)


def test_all_requests_become_sessions_by_a_job(officer: Officer) -> None:
    requests = [officer.submit() for _ in range(3)]
    assert officer.consultation.run("start_making_sessions", edition="2017")["made"] >= 3
    assert officer.consultation.run("start_making_sessions", edition="2017")["made"] == 0
    listed = officer("list_sessions", limit=100)["items"]
    queues = {
        row["code"]: row for row in officer.consultation.call("list_waiting", officer.consultation.officer)["items"]
    }
    assert queues["sessions"]["count"] == len([row for row in listed if row["status"] == "draft"])
    assert queues["sessions"]["oldest_at"]
    numbers = [row["number"] for row in listed]
    assert len(numbers) == len(set(numbers))
    again = officer("make_sessions", body={"requests": requests, "merge": False, "into": None})
    assert again["made"] == []
