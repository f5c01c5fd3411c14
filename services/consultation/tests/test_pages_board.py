"""How officers plan the agenda and publish it on pages, without a broker."""

import pytest
from wsis_shared.errors import Conflict

from .page_kit import in_each_language, leads_where_one_may, site, sound

DESK = "/en/desk/consultations/2017/agenda"
PATHS = ["", "/place", "/place?session=s1", "/setup", "/publication"]
CLASH = {
    "kind": "speaker",
    "hard": True,
    "sessions": ["s1", "s2"],
    "name": "ada",
    "start": "2017-06-12T07:00:00Z",
    "message": "Ada speaks in more than one session at a time (S00001, S00002).",
}


def session(number):
    return {
        "id": f"s{number}",
        "code": f"S0000{number}",
        "title": f"Schools {number}",
        "type": "workshop",
        "duration": 90,
    }


def place(name, room, start, end, **more):
    times = {"start": f"2017-06-12T{start}:00Z", "end": f"2017-06-12T{end}:00Z"}
    return {"session": name, "room": room, **times, "pinned": False, **more}


def room(code, name, **more):
    return {"code": code, "name": name, "capacity": 120, "booths": 2, "equipment": [], "remote": True, **more}


AGENDA = {
    "edition": "2017",
    "revision": 7,
    "published": "0.1",
    "rooms": [room("a", "Room A", equipment=["piano"]), room("b", "Room B")],
    "slots": [
        {"date": "2017-06-12", "start": "09:00", "end": "10:30"},
        {"date": "2017-06-12", "start": "11:00", "end": "12:30"},
        {"date": "2017-06-13", "start": "09:00", "end": "10:30"},
    ],
    "interpreters": {"fr": 2},
    "organizers_in_parallel": {"itu": 3},
    "turnaround": 10,
    "placements": [
        place("s1", "a", "07:00", "08:30", pinned=True),
        place("s2", "b", "07:00", "08:30"),
    ],
    "unplaced": ["s3"],
    "withdrawn": ["s2"],
    "clashes": [CLASH],
    "sessions": [session(number) for number in (1, 2, 3)],
}
DIFFERENCE = {
    "since": "0.1",
    "added": [{"session": "s2", "number": 2, "title": {"en": "Schools 2"}}],
    "removed": [],
    "changed": [
        {
            "session": "s1",
            "number": 1,
            "title": {"en": "Schools 1"},
            "changes": [{"field": "room", "before": "b", "after": "a"}],
        }
    ],
    "announced": 41,
    "clashes": 1,
}
JOB = {
    "id": "consultation.j1",
    "service": "consultation",
    "kind": "announce_programme",
    "title": "Notices",
    "state": "running",
    "progress": {"done": 1, "total": 41, "note": None},
    "cancel_requested": False,
    "created_at": "2017-03-01T09:00:00Z",
    "updated_at": "2017-03-01T09:00:00Z",
}


@pytest.fixture
def pages():
    return site(
        read_agenda=AGENDA,
        compare_agenda=DIFFERENCE,
        place_sessions=AGENDA,
        set_up_agenda=AGENDA,
        check_agenda={"clashes": [CLASH]},
        suggest_agenda={
            "revision": 7,
            "changes": [place("s3", "b", "09:00", "10:30")],
            "unplaced": [{"session": "s1", "reason": "occupied"}],
            "clashes": [],
        },
        start_placing_sessions=JOB,
        publish_programme=JOB,
        read_job=JOB,
    ).sign_in("officer")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, f"/desk/consultations/2017/agenda{path}")
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"{DESK}{path}").status == 403


def test_the_board_has_rooms_by_times_with_clashes_and_free_places(pages):
    shown = pages.get(DESK)
    [row, later] = shown.all("//table//tr[th[@scope='row'][contains(., ':')]]")[:2]
    assert [cell.text_content().split("\n")[0].strip()[:7] for cell in row.xpath("td")] == ["S00001 ", "S00002 "]
    assert "Clash" in row.text_content()
    assert "fixed" in row.text_content()
    assert later.xpath("td[2]/a/@href") == [f"{DESK}/place?room=b&start=2017-06-12T11:00"]
    assert CLASH["message"] in shown.text("//section[@aria-labelledby='clashes']")
    assert shown.all("//section[@aria-labelledby='unplaced']//a/@href") == [f"{DESK}/place?session=s3"]
    assert "S00001" not in pages.get(f"{DESK}?day=2017-06-13").text("//table[contains(caption, '13 June 2017')]")


def test_a_free_place_is_given_to_a_session_after_a_look_at_the_clashes(pages):
    shown = pages.get(f"{DESK}/place?room=b&start=2017-06-12T11:00")
    assert [shown.tree.forms[0].fields[f"changes.0.{name}"] for name in ("room", "start")] == ["b", "2017-06-12T11:00"]
    looked = shown.send(_form="check", **{"changes.0.session": "s3"})
    sound(looked)
    assert CLASH["message"] in looked.text("//*[@role='status']")
    assert pages.sent("place_sessions") == []
    assert looked.send(_form="place").address == f"{DESK}?done=yes"
    [saved] = pages.sent("place_sessions")
    [change] = saved["body"]["changes"]
    assert (saved["body"]["revision"], change["session"], change["room"]) == (7, "s3", "b")
    assert change["start"].isoformat() == "2017-06-12T09:00:00+00:00"


def test_a_session_is_taken_off_the_agenda(pages):
    shown = pages.get(f"{DESK}/place?session=s1")
    assert shown.tree.forms[0].fields["changes.0.pinned"] == "true"
    shown.send(1)
    [saved] = pages.sent("place_sessions")
    assert saved["body"]["changes"] == [{"session": "s1", "room": None, "start": None, "pinned": False}]


def test_who_read_another_agenda_saves_after_a_look_at_this_one(pages):
    shown = pages.get(f"{DESK}/place?session=s3")
    pages.bus.answers |= {
        "consultation.read_agenda": {**AGENDA, "revision": 8},
        "consultation.place_sessions": Conflict("consultation.agenda_changed", "", revision=8, difference=[]),
    }
    refused = shown.send(_form="place", **{"changes.0.room": "a", "changes.0.start": "2017-06-13T09:00"})
    assert refused.status == 409
    assert refused.tree.forms[0].fields["changes.0.room"] == "a", "nothing typed is lost"
    pages.bus.answers["consultation.place_sessions"] = AGENDA
    refused.send(_form="place", revision="8")
    assert pages.sent("place_sessions")[-1]["body"]["revision"] == 8


def test_who_looks_at_clashes_saves_what_was_read_before(pages):
    shown = pages.get(f"{DESK}/place?session=s3")
    pages.bus.answers["consultation.read_agenda"] = {**AGENDA, "revision": 8}
    placed = {"changes.0.room": "b", "changes.0.start": "2017-06-12T11:00"}
    looked = shown.send(_form="check", **placed)
    assert looked.all("//input[@type='checkbox'][@name='revision']/@value")[0] == "8", "there is a newer one"
    looked.send(_form="place", **placed)
    assert pages.sent("place_sessions")[-1]["body"]["revision"] == 7, "a colleague's change is not overwritten unseen"


def test_a_suggestion_is_shown_and_then_saved_by_a_job(pages):
    shown = pages.get(DESK)
    assert not shown.all("//button[@value='place_all']"), "a suggestion is looked at first"
    said = shown.send(_form="suggest", keep="pinned")
    assert said.all("//button[@value='place_all']")
    sound(said)
    assert pages.sent("suggest_agenda")[0]["body"] == {"keep": "pinned"}
    assert "All rooms and times that fit are taken." in said.text("//section[@aria-labelledby='suggest']")
    check = said.send(_form="place_all")
    assert pages.sent("start_placing_sessions") == []
    done = check.send()
    assert done.address == f"{DESK}?job=consultation.j1"
    assert pages.sent("start_placing_sessions")[0]["body"] == {"keep": "pinned"}
    assert "running" in done.text("//*[@role='status']")


def test_rooms_and_times_keep_what_the_form_does_not_change(pages):
    shown = pages.get(f"{DESK}/setup")
    new = {"rooms.2.name": "Room C", "rooms.2.code": "c", "rooms.2.capacity": "40"}
    slot = {"slots.3.date": "2017-06-13", "slots.3.start": "11:00", "slots.3.end": "12:30"}
    assert shown.send(**new, **slot).address == f"{DESK}?done=yes"
    [saved] = pages.sent("set_up_agenda")
    body = saved["body"]
    assert body["rooms"][:2] == [{**room, "names": {}} for room in AGENDA["rooms"]]
    assert (body["rooms"][2]["code"], len(body["rooms"]), len(body["slots"])) == ("c", 3, 4)
    assert (body["interpreters"], body["organizers_in_parallel"], body["revision"]) == ({"fr": 2}, {"itu": 3}, 7)


def test_a_publication_says_what_differs_and_who_is_told_before_it_is_done(pages):
    shown = pages.get(f"{DESK}/publication")
    assert "41" in shown.text("//dl")
    assert "Room A" in shown.text("//section[@aria-labelledby='changed']")
    assert "Schools 2" in shown.text("//section[@aria-labelledby='added']")
    check = shown.send(**{"kind": "programme", "note.en": "Rooms may change.", "reason": "Ada knows"})
    sound(check)
    assert pages.sent("publish_programme") == []
    assert check.send().address == f"{DESK}?job=consultation.j1"
    [published] = pages.sent("publish_programme")
    assert published["body"] == {"kind": "programme", "note": {"en": "Rooms may change."}, "reason": "Ada knows"}


def test_the_board_lists_sessions_whose_contribution_was_withdrawn(pages):
    shown = pages.get(DESK)
    assert shown.all("//section[@aria-labelledby='withdrawn']//a/@href") == ["/en/desk/consultations/2017/sessions/s2"]


@pytest.mark.parametrize("path", PATHS)
def test_who_is_assigned_to_the_programme_finds_no_closed_door(pages, path):
    pages.cookies.clear()
    leads_where_one_may(pages.sign_in("member", "programme_editor"), f"{DESK}{path}")
