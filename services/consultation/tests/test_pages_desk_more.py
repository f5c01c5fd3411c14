"""What officers do with sessions, themes and meetings on pages, without a broker."""

import pytest
from wsis_shared.errors import PreconditionFailed

from .page_answers import COMING, FLOOR, MEETING, SUBMISSION
from .page_kit import in_each_language, leads_where_one_may, site, sound
from .programme_answers import SESSION
from .test_pages_board import JOB

DESK = "/en/desk/consultations/2017"
PATHS = [
    "sessions",
    "sessions/new",
    "sessions/s1/edit",
    "themes",
    "themes/t1",
    "meetings",
    "meetings/m1",
    "meetings/new",
    "meetings/m1/arrangement",
    "meetings/m1/floor",
    "meetings/m1/audience",
    "meetings/m1/minutes",
    "meetings/m1/participants",
]
THEME = {
    "id": "t1",
    "edition": "2017",
    "title": {"en": "Schools"},
    "description": {},
    "submissions": ["s1", "far"],
    "requests": [{"submission": "s1", "request": "r1"}],
    "submission_count": 2,
    "by_stakeholder_type": [{"stakeholder_type": "government", "count": 2}],
    "revision": 4,
}
MANAGED = {
    **MEETING,
    "phase": None,
    "title": {"en": "Hearing"},
    "agenda": [{"title": {"en": "Opening"}, "minutes": 20, "presenter": "Chair"}],
    "join_url": "https://meet.example.org/1",
    "on_site": 12,
    "remote_participants": 30,
    "waiting": 1,
    "checked_in": 4,
    "revision": 6,
}
PERSON = {"id": "p7", "number": 7, "full_name": "Ada", "organization": None, "mode": "on_site", "state": "registered"}
MINUTES = {
    "meeting": "m1",
    "version": 2,
    "languages": ["fr"],
    "published_at": None,
    "at": "2016-10-13T08:00:00Z",
}

CORRECTED = {
    **MINUTES,
    "version": 1,
    "published_at": "2016-10-14T08:00:00Z",
    "correction": {
        "mark": "corrected",
        "reason": "The date was wrong",
        "language": "en",
        "at": "2016-10-15T08:00:00Z",
    },
}


WRITTEN = {
    **FLOOR["questions"][0],
    "id": "q2",
    "number": 2,
    "state": "waiting",
    "answer": None,
    "participant": "p7",
    "full_name": "Léa",
}


def asking(number, **changes):
    times = {"started_at": None, "ended_at": None, "seconds": None, "over_limit": None}
    row = {**FLOOR["waiting"][0], **times, "id": f"i{number}", "number": number, "full_name": f"Person {number}"}
    return {**row, "participant": f"p{number}", "country": "RW", "requested_at": "2016-10-12T14:35:00Z", **changes}


def interventions(arguments):
    if arguments["state"] == "speaking":
        return {"items": [asking(9, state="speaking")], "next": None}
    return {"items": [asking(1), asking(2)], "next": None}


@pytest.fixture
def pages():
    return site(
        list_waiting={"items": []},
        record_page=None,  # who reads how to reach people is audited
        list_sessions={"items": [{**SESSION, "organizers": ["ITU"]}], "next": None},
        decide_sessions={"decided": 1},
        read_session={**SESSION, "interpretation": ["fr"], "capacity": 80, "revision": 3},
        create_session=SESSION,
        change_session=SESSION,
        let_in_late_details=SESSION,
        start_making_sessions=JOB,
        remind_organizers={"sessions": 3, "mails": 5},
        read_job=JOB,
        list_themes={"items": [THEME]},
        read_theme=THEME,
        create_theme=THEME,
        replace_theme=THEME,
        list_submissions={"items": [{**SUBMISSION, "number": 7, "late": False}], "next": None, "total": 1},
        read_meeting={**MEETING, "phase": None},
        read_managed_meeting=MANAGED,
        list_participants={"items": [PERSON], "next": None},
        register_participant=PERSON,
        cancel_participant=PERSON,
        rank_participant={**PERSON, "rank": "minister"},
        remind_participants={"reminded": 42},
        change_meeting=MANAGED,
        open_meeting=MANAGED,
        list_interventions=interventions,
        read_floor={**FLOOR, "waiting": [{**FLOOR["waiting"][0], "id": f"i{number}"} for number in (2, 1)]},
        suggest_speaking_order={"order": ["i1", "i2"]},
        start_intervention=asking(1),
        end_intervention=asking(9),
        remove_intervention=asking(2),
        order_speakers={"order": ["i1", "i2"]},
        call_agenda_item={"agenda_item": 1},
        list_questions={"items": [WRITTEN], "next": None},
        handle_question=WRITTEN,
        open_show_of_hands=FLOOR["shows_of_hands"][0],
        close_show_of_hands=FLOOR["shows_of_hands"][1],
        list_minutes_versions={"items": [MINUTES, CORRECTED], "texts": {"fr": "La séance est ouverte."}, "revision": 2},
        write_minutes={**MINUTES, "version": 3, "text": "x"},
        publish_minutes={**MINUTES, "text": "x"},
        correct_minutes=CORRECTED,
        mask_minutes={**MINUTES, "masked": 1},
    ).sign_in("officer")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, f"/desk/consultations/2017/{path}")
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"{DESK}/{path}").status == 403


def test_requests_become_sessions_by_a_job_and_organizers_are_reminded(pages):
    shown = pages.get(f"{DESK}/sessions")
    check = shown.send(shown.form("Make sessions of all requests"))
    assert pages.sent("start_making_sessions") == []
    assert check.send().address == f"{DESK}/sessions?job=consultation.j1"
    check = shown.send(shown.form("Remind organizers"))
    assert pages.sent("remind_organizers") == []
    assert "5" in check.send().text("//*[@role='status']")


def test_a_session_is_added_and_changed_on_what_was_read(pages):
    pages.get(f"{DESK}/sessions/new").send(**{"title.en": "Opening", "type": "ceremony", "duration": "30"})
    body = pages.sent("create_session")[0]["body"]
    assert (body["title"], body["type"], body["duration"]) == ({"en": "Opening"}, "ceremony", 30)
    shown = pages.get(f"{DESK}/sessions/s1/edit")
    shown.send(**{"title.en": "Schools", "interpretation": [""], "theme": "t1"})
    [changed] = pages.sent("change_session")
    assert (changed["if_match"], changed["body"]["interpretation"], changed["body"]["theme"]) == ([3], [], "t1")
    assert changed["body"]["sdgs"] == [4], "what was chosen stays"
    pages.bus.answers["consultation.change_session"] = PreconditionFailed("suite.changed_since_read", "")
    refused = pages.get(f"{DESK}/sessions/s1/edit").send(**{"title.en": "Schools"})
    assert (refused.status, refused.tree.forms[0].fields["title.en"]) == (412, "Schools")
    shown.send(1, reason="They were ill")
    assert pages.sent("let_in_late_details")[0]["body"] == {"reason": "They were ill"}


def test_a_theme_keeps_what_the_filters_leave_out(pages):
    [first] = pages.get(f"{DESK}/themes").all("//main//h2/a/@href")
    assert first == f"{DESK}/themes/t1"
    shown = pages.get(f"{first}?region=africa")
    assert pages.sent("list_submissions")[0]["region"] == "africa"
    shown.send(shown.form("Save"), **{"title.fr": "Écoles"})
    [saved] = pages.sent("replace_theme")
    assert (saved["if_match"], sorted(saved["body"]["submissions"])) == ([4], ["far", "s1"])
    assert saved["body"]["requests"] == THEME["requests"]
    pages.get(f"{DESK}/themes").send(**{"title.en": "Youth"})
    assert pages.sent("create_theme")[0]["body"]["title"] == {"en": "Youth"}


def test_who_edits_the_programme_names_a_theme_and_reads_no_submissions(pages):
    pages.cookies.clear()
    shown = pages.sign_in("member", "programme_editor").get(f"{DESK}/themes/t1")
    assert shown.all("//input[@type='checkbox']") == []
    assert pages.sent("list_submissions") == []
    assert shown.send(shown.form("Save"), **{"title.fr": "Écoles"}).status == 200
    [saved] = pages.sent("replace_theme")
    assert sorted(saved["body"]["submissions"]) == sorted(THEME["submissions"]), "they stay"


def test_the_floor_is_given_ended_and_ordered(pages):
    shown = pages.get(f"{DESK}/meetings/m1/floor")
    waiting = shown.all("//section[@aria-labelledby='waiting']/ol/li/strong")
    assert [each.text_content() for each in waiting] == ["Person 2", "Person 1"], "in the order in which they speak"
    assert shown.send(shown.form("Give the floor", 1)).address == f"{DESK}/meetings/m1/floor"
    assert pages.sent("start_intervention")[0]["intervention"] == "i1"
    shown.send(shown.form("End the intervention"))
    assert pages.sent("end_intervention")[0]["intervention"] == "i9"
    shown.send(shown.form("Take off the list"), reason="Left")
    assert pages.sent("remove_intervention")[0]["intervention"] == "i2"
    shown.send(shown.form("Take this order"))
    assert pages.sent("order_speakers")[0]["body"] == {"order": ["i1", "i2"]}


def test_the_chair_calls_an_item_of_the_agenda(pages):
    shown = pages.get(f"{DESK}/meetings/m1/floor")
    assert "comes before all others" in shown.text("//section[@aria-labelledby='item']")
    shown.send(shown.form("Call the item"), agenda_item="")
    assert pages.sent("call_agenda_item")[0]["body"] == {"agenda_item": None}


def test_the_chair_answers_questions_and_asks_for_a_show_of_hands(pages):
    shown = pages.get(f"{DESK}/meetings/m1/audience")
    assert "Qui paie les <b>câbles</b> ?" in shown.text("//section[@aria-labelledby='questions']")
    wrong = shown.send(shown.form("Save"), state="answered", answer="")
    assert wrong.status == 422
    wrong.send(wrong.form("Save"), state="answered", answer="The fund.")
    assert pages.sent("handle_question")[0]["body"] == {"state": "answered", "answer": "The fund.", "reason": None}
    shown.send(shown.form("Close and count"))
    assert pages.sent("close_show_of_hands")[0]["show"] == "h2"
    assert "Ask for a show of hands" not in shown.text("//section[@aria-labelledby='hands']"), "one at a time"
    pages.bus.answers["consultation.read_floor"] = {**FLOOR, "shows_of_hands": FLOOR["shows_of_hands"][1:]}
    shown = pages.get(f"{DESK}/meetings/m2/audience")
    shown.send(shown.form("Ask for a show of hands"), text="Go on?", kind="raised")
    assert pages.sent("open_show_of_hands")[0]["body"] == {"text": "Go on?", "language": "en", "kind": "raised"}


def test_a_meeting_is_changed_after_a_look_at_who_is_told(pages):
    shown = pages.get(f"{DESK}/meetings/m1/arrangement")
    assert "43" in shown.text()
    new = {"agenda.1.title.en": "Closing", "agenda.1.minutes": "10"}
    check = shown.send(capacity="120", reason="A larger room", languages=["", "fr", "ar"], **new)
    sound(check)
    rows = dict(zip(check.texts("//main//dt"), check.texts("//main//dd"), strict=True))
    assert (rows["Interpretation"], rows["Title · English"]) == ("French, Arabic", "Closing"), "all that was typed"
    assert pages.sent("change_meeting") == []
    assert "Saved." in check.send().text("//*[@role='status']")
    [changed] = pages.sent("change_meeting")
    body = changed["body"]
    assert (changed["if_match"], body["capacity"], body["languages"]) == ([6], 120, ["fr", "ar"])
    assert [item["title"]["en"] for item in body["agenda"]] == ["Opening", "Closing"]
    typed = {"title.en": "Hearing", "start": "2016-11-02T10:00", "end": "2016-11-02T12:00", "reason": "Asked for"}
    assert "Saved." in pages.get(f"{DESK}/meetings/new").send(**typed).text("//*[@role='status']")
    [opened] = pages.sent("open_meeting")
    assert opened["body"]["start"].isoformat() == "2016-11-02T09:00:00+00:00"


def test_the_meeting_of_a_phase_has_the_times_of_its_phase(pages):
    pages.bus.answers["consultation.read_meeting"] = MEETING
    shown = pages.get(f"{DESK}/meetings/m1/arrangement")
    assert not shown.all("//*[@name='start']")
    assert shown.all(f"//a[@href='{DESK}/dates/phases/meeting']")
    shown.send(capacity="80", reason="A smaller room").send()
    [changed] = pages.sent("change_meeting")
    assert changed["body"]["capacity"] == 80
    assert set(changed["body"]) & {"title", "start", "end", "time_zone", "venue", "state"} == set()  # of its phase


def test_nobody_is_registered_for_a_meeting_that_is_over(pages):
    shown = pages.get(f"{DESK}/meetings/m1/participants")
    assert "has ended or is cancelled" in shown.text("//main")
    assert not shown.all("//button[text()='Register somebody' or text()='Remind all participants']")


def test_somebody_is_registered_cancelled_and_all_are_reminded(pages):
    pages.bus.answers["consultation.read_meeting"] = COMING
    shown = pages.get(f"{DESK}/meetings/m1/participants")
    typed = {"full_name": "Ana Diallo", "email": "ana@ngo.example", "mode": "remote", "stakeholder_type": "government"}
    after = shown.send(shown.form("Register somebody"), **typed)
    assert after.text("//*[@role='status']") == "Saved."
    body = pages.sent("register_participant")[0]["body"]
    assert (body["full_name"], body["mode"], body["locale"]) == ("Ana Diallo", "remote", "en")
    shown.send(shown.form("Cancel this registration"), reason="Asked for").send()
    [cancelled] = pages.sent("cancel_participant")
    assert (cancelled["participant"], cancelled["body"]) == ("p7", {"reason": "Asked for"})
    check = shown.send(shown.form("Remind all participants"))
    assert "42" in check.text(), "as many mails"
    assert pages.sent("remind_participants") == []
    assert "42" in check.send().text("//*[@role='status']")


def test_participants_of_the_forum_have_ranks(pages):
    assert "Rank" not in pages.get(f"{DESK}/meetings/m2/participants").text()
    pages.bus.answers["consultation.read_meeting"] = {**MEETING, "kind": "forum"}
    pages.bus.answers["consultation.list_participants"] = {"items": [{**PERSON, "rank": "ambassador"}], "next": None}
    in_each_language(pages, "/desk/consultations/2017/meetings/m1/participants")
    shown = pages.get(f"{DESK}/meetings/m1/participants")
    assert "Ambassador" in shown.text("//main//th")
    number = next(n for n, each in enumerate(shown.tree.forms) if each.xpath(".//*[@name='rank']"))
    shown.send(number, rank="minister", reason="Her card says so")
    [ranked] = pages.sent("rank_participant")
    assert (ranked["participant"], ranked["body"]["rank"]) == ("p7", "minister")
    pages.get(f"{DESK}/meetings/new").send(
        **{
            "kind": "forum",
            "title.en": "Forum",
            "start": "2017-06-12T09:00",
            "end": "2017-06-16T18:00",
            "reason": "Yes",
        }
    )
    assert pages.sent("open_meeting")[-1]["body"]["kind"] == "forum"


def test_minutes_are_written_on_the_last_version_and_published_with_a_check(pages):
    shown = pages.get(f"{DESK}/meetings/m1/minutes")
    shown.send(shown.form("Save"), **{"text.en": "The meeting opened.", "reason": "First draft"})
    [written] = pages.sent("write_minutes")
    assert written["if_match"] == [2]
    assert written["body"]["text"]["en"] == "The meeting opened."
    assert written["body"]["text"]["fr"] == "La séance est ouverte.", "what stood there stays"
    check = shown.send(shown.form("Publish this version"), reason="Agreed")
    assert pages.sent("publish_minutes") == []
    check.send()
    assert pages.sent("publish_minutes")[0]["version"] == "2"


def test_published_minutes_are_withdrawn_with_a_reason_after_a_check(pages):
    shown = pages.get(f"{DESK}/meetings/m1/minutes")
    chosen = {"mark": "withdrawn", "reason": "Her name was wrong"}
    check = shown.send(shown.form("Correct or withdraw this version"), **chosen)
    assert pages.sent("correct_minutes") == []
    assert "the mails go out at once" in check.text()
    check.send()
    [corrected] = pages.sent("correct_minutes")
    assert (corrected["version"], corrected["body"]["mark"]) == ("1", "withdrawn")
    assert "The date was wrong" in pages.get(f"{DESK}/meetings/m1/minutes").text("//main"), "of the first version"


def test_numbers_of_people_in_minutes_are_masked_after_a_check(pages):
    shown = pages.get(f"{DESK}/meetings/m1/minutes")
    check = shown.send(shown.form("Mask numbers of people"), reason="Private")
    assert pages.sent("mask_minutes") == []
    check.send()
    assert pages.sent("mask_minutes")[0]["body"]["reason"] == "Private"


def test_sessions_of_a_page_are_decided_at_once(pages):
    shown = pages.get(f"{DESK}/sessions?status=draft")
    check = shown.send(shown.form("Decide several sessions"), sessions="s1", status="declined", reason="No room")
    assert pages.sent("decide_sessions") == []
    assert SESSION["code"] in check.text("//main//ul"), "what is decided is named once more"
    done = check.send()
    [decided] = pages.sent("decide_sessions")
    assert decided["body"] == {"sessions": ["s1"], "status": "declined", "reason": "No room"}
    assert "Sessions decided: 1" in done.text("//main")


def test_250_sessions_are_marked_and_decided_at_once(pages):
    many = [{**SESSION, "id": f"s{number}", "code": f"S{number:05}", "organizers": ["ITU"]} for number in range(250)]
    pages.bus.answers["consultation.list_sessions"] = {"items": many, "next": None}
    listed = pages.get(f"{DESK}/sessions?status=draft")
    assert pages.sent("list_sessions")[0]["limit"] >= len(many)
    [mark] = listed.all("//a[text()='Mark all of this page (250)']/@href")
    shown = pages.get(str(mark))
    assert pages.sent("list_sessions")[-1]["status"] == "draft", "what is marked is what was listed"
    shown.send(shown.form("Decide several sessions"), status="accepted").send()
    [decided] = pages.sent("decide_sessions")
    assert decided["body"]["sessions"] == [session["id"] for session in many]


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("check_in", "meetings/m1"),
        ("check_in", "meetings/m1/participants"),
        ("chair", "meetings/m1/floor"),
        ("chair", "meetings/m1/audience"),
        ("programme_editor", "sessions"),
        ("programme_editor", "sessions/s1"),
        ("programme_editor", "sessions/s1/edit"),
        ("programme_editor", "themes"),
        ("programme_editor", "themes/t1"),
    ],
)
def test_who_is_assigned_to_something_finds_no_closed_door(pages, role, path):
    pages.cookies.clear()
    leads_where_one_may(pages.sign_in("member", role), f"{DESK}/{path}")


def test_officers_find_the_whole_way_back(pages):
    crumbs = pages.get(f"{DESK}/meetings/m1/floor").all("//nav[@class='crumbs']//a/@href")
    assert crumbs == ["/en/desk", "/en/desk/consultations", f"{DESK}/meetings", f"{DESK}/meetings/m1"]
