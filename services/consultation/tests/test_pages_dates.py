"""How officers look at dates and change them on pages, without a broker."""

import pytest
from wsis_shared.errors import Conflict
from wsis_shared.schemas import LOCALES

from .page_answers import EDITION, EDITIONS
from .page_kit import in_each_language, leads_where_one_may, site, sound

DESK = "/en/desk/consultations/2017/dates"
PATHS = ["", "/forum", "/new-phase", "/new-deadline", "/phases/meeting", "/deadlines/session_details"]
SEVEN = dict.fromkeys(LOCALES, "Open to all")
CONFLICTS = [
    {"phase": "deadline", "with": "meeting", "kind": "overlaps", "day": None},
    {"phase": None, "with": "forum", "kind": "weekend", "day": "2017-06-17"},
]
MANAGED = {
    **EDITION,
    "conflicts": CONFLICTS,
    "contacts": 1204,
    "version": 4,
    "phases": [{**phase, "titles": SEVEN, "venue_names": {"zh": "A 厅"}} for phase in EDITION["phases"]],
    "forum": {**EDITION["forum"], "venues": SEVEN, "themes": SEVEN},
}
CHANGE = {
    "what": "phase",
    "code": "meeting",
    "start": "2016-10-12T08:00:00Z",
    "end": "2016-10-13T22:00:00Z",
    "former_start": "2016-10-12T08:00:00Z",
    "former_end": "2016-10-12T22:00:00Z",
    "text": None,
    "former_text": None,
}
FORUM = {**CHANGE, "what": "forum", "code": "venue", "start": None, "end": None, "text": "Hall", "former_text": "ITU"}
REVISION = {"at": "2016-09-02T08:00:00Z", "by": "a1", "reason": "Salle prise", "changes": [CHANGE, FORUM]}
PREVIEW = {"changes": [CHANGE], "conflicts": CONFLICTS, "notices": 1204}


@pytest.fixture
def pages():
    return site(
        list_waiting={"items": []},
        read_managed_edition=MANAGED,
        list_revisions={"items": [REVISION], "next": None},
        preview_phase=PREVIEW,
        preview_forum=PREVIEW,
        preview_deadline=PREVIEW,
        move_phase=EDITION,
        add_phase=EDITION,
        add_deadline=EDITION,
        remove_phase=EDITION,
        move_deadline=EDITION,
        change_forum=EDITION,
        open_edition={**EDITION, "edition": "2018"},
        remove_edition=None,
    ).sign_in("officer")


@pytest.mark.parametrize(
    "path", [*(f"/desk/consultations/2017/dates{each}" for each in PATHS), "/desk/consultations/new"]
)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, path)
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"/en{path}").status == 403


def test_the_dates_say_who_is_told_what_clashes_and_what_was_changed(pages):
    shown = pages.get(DESK)
    assert "1,204" in shown.text()
    assert "“Deadline” begins before “Meeting” ends." in shown.text()
    assert "17 June 2017 is on a weekend." in shown.text()
    assert "Salle prise" in shown.text("//section[@aria-labelledby='history']")
    assert shown.all("//section[@aria-labelledby='phases']//li/a/@href")[1] == f"{DESK}/phases/meeting"


def test_a_phase_is_previewed_then_moved_after_a_check(pages):
    shown = pages.get(f"{DESK}/phases/meeting")
    fields = shown.tree.forms[0].fields
    assert (fields["start"], fields["end"]) == ("2016-10-12T10:00", "2016-10-13T00:00"), "times of Geneva"
    typed = {"end": "2016-10-14T00:00", "reason": "Salle prise"}
    said = shown.send(_form="preview", **typed)
    sound(said)
    assert "1,204" in said.text("//*[@role='status']")
    assert said.tree.forms[0].fields["reason"] == "Salle prise", "nothing typed is lost"
    assert pages.sent("move_phase") == []
    check = said.send(_form="move")
    sound(check)
    assert pages.sent("move_phase") == []
    assert check.send().address == f"{DESK}?done=yes"
    [moved] = pages.sent("move_phase")
    assert (moved["phase"], moved["body"]["reason"], moved["body"]["title"]) == ("meeting", "Salle prise", SEVEN)
    assert moved["body"]["end"].isoformat() == "2016-10-13T22:00:00+00:00"
    assert moved["body"]["remote"] is True


@pytest.mark.parametrize(
    ("path", "form", "call"),
    [
        ("/phases/meeting", "move", "move_phase"),
        ("/deadlines/session_details", "move", "move_deadline"),
        ("/forum", "change", "change_forum"),
    ],
)
def test_dates_that_were_changed_meanwhile_are_replaced_on_purpose_alone(pages, path, form, call):
    shown = pages.get(f"{DESK}{path}")

    def change(arguments):
        return EDITION if arguments["body"]["base"] == 5 else Conflict("consultation.version_changed", version=5)

    now = {"consultation.read_managed_edition": {**MANAGED, "version": 5}, f"consultation.{call}": change}
    pages.bus.answers |= now
    shown = shown.send(_form="preview", reason="Salle prise")
    assert "changed while you wrote" in shown.text(), "a preview says so, and does not take it as read"
    check = shown.send(_form=form)
    sound(check)
    refused = check.send()
    assert (refused.status, refused.tree.forms[0].fields["reason"]) == (409, "Salle prise")
    [box] = refused.all("//input[@type='checkbox' and @name='base']/@value")
    assert refused.send(_form=form, base=["4", box]).send().address == f"{DESK}?done=yes"
    assert [each["body"]["base"] for each in pages.sent(call)] == [4, 5]


def test_a_title_that_lacks_a_language_is_wrong_at_that_language(pages):
    wrong = pages.get(f"{DESK}/phases/meeting").send(**{"_form": "move", "title.fr": "", "reason": "x"})
    assert wrong.status == 422
    assert wrong.all("//div[@role='alert']//a/@href") == ["#move-title.fr", "#move-reason"]
    assert wrong.tree.forms[0].fields["title.en"] == "Open to all"


def test_a_phase_nobody_can_take_part_in_remotely_says_so(pages):
    shown = pages.get(f"{DESK}/phases/meeting")
    fields = [(name, text) for name, text in shown.tree.forms[0].form_values() if (name, text) != ("remote", "true")]
    typed = {**dict(fields), "reason": "No link", "_checked": "1"}
    assert pages.post(f"{DESK}/phases/meeting", typed).address == f"{DESK}?done=yes"
    assert pages.sent("move_phase")[0]["body"]["remote"] is False


def test_a_phase_is_removed_with_a_reason_and_a_check(pages):
    shown = pages.get(f"{DESK}/phases/meeting")
    check = shown.send(1, reason="It does not take place")
    assert pages.sent("remove_phase") == []
    check.send()
    assert pages.sent("remove_phase")[0]["body"] == {"reason": "It does not take place"}
    assert pages.get(f"{DESK}/phases/none").status == pages.get(f"{DESK}/deadlines/none").status == 404


def test_a_phase_is_added(pages):
    typed = {"kind": "opening", "start": "2016-10-20T09:00", "end": "2016-10-20T10:00", "code": "hearing"}
    titles = {f"title.{code}": "Hearing" for code in LOCALES}
    pages.get(f"{DESK}/new-phase").send(**typed, **titles, reason="Asked for").send()
    [added] = pages.sent("add_phase")
    assert (added["body"]["code"], added["body"]["title"]) == ("hearing", dict.fromkeys(LOCALES, "Hearing"))


def test_a_deadline_and_the_forum_are_changed(pages):
    shown = pages.get(f"{DESK}/deadlines/session_details")
    assert "1,204" in shown.send(_form="preview", at="2017-05-01T23:00", reason="Rooms").text("//*[@role='status']")
    shown.send(_form="move", at="2017-05-01T23:00", reason="Rooms").send()
    assert pages.sent("move_deadline")[0]["deadline"] == "session_details"
    forum = pages.get(f"{DESK}/forum")
    days = ["2017-06-13", "", ""]
    assert [each.value for each in forum.all("//input[@name='high_level_days']")] == days
    check = forum.send(_form="change", reason="More days", high_level_days=["2017-06-13", "2017-06-14", ""])
    assert "13 June 2017, 14 June 2017" in check.text("//dl"), "each day that was typed"
    check.send()
    assert pages.sent("change_forum")[0]["body"]["high_level_days"] == ["2017-06-13", "2017-06-14"]


def test_an_edition_is_opened_and_one_by_mistake_removed(pages):
    pages.bus.answers["consultation.list_editions"] = EDITIONS
    assert "/en/desk/consultations/new" in pages.get("/en/desk/consultations").all("//a/@href")
    texts = {f"{name}.{code}": "All" for name in ("venue", "theme") for code in LOCALES}
    typed = {"edition": "2018", "from": "2017", "starts_on": "2018-03-19", "ends_on": "2018-03-23"}
    check = pages.get("/en/desk/consultations/new").send(high_level_days=["2018-03-20"], **typed, **texts)
    assert pages.sent("open_edition") == []
    check.send()
    [opened] = pages.sent("open_edition")
    assert (opened["body"]["copy_from"], opened["body"]["high_level_days"]) == ("2017", ["2018-03-20"])
    pages.get(DESK).send(reason="Meant as 2018").send()
    assert pages.sent("remove_edition")[0]["body"] == {"reason": "Meant as 2018"}
    pages.bus.answers["consultation.remove_edition"] = Conflict("consultation.edition_in_use", "", what="forms")
    refused = pages.get(DESK).send(reason="Meant as 2018").send()
    assert refused.status == 409
    assert refused.tree.forms[0].fields["reason"] == "Meant as 2018"


def test_a_deadline_is_added_after_a_look_at_what_it_does(pages):
    assert f"{DESK}/new-deadline" in pages.get(DESK).all("//main//a/@href")
    typed = {"at": "2017-03-01T23:00", "code": "exhibition_requests"}
    titles = {f"title.{code}": "Exhibition requests" for code in LOCALES}
    wrong = pages.get(f"{DESK}/new-deadline").send(**{**typed, "code": ""}, **titles, reason="Stands are few")
    assert wrong.all("//div[@role='alert']//a/@href") == ["#add-code"]
    check = wrong.send(code="exhibition_requests")
    assert pages.sent("add_deadline") == []
    assert check.send().address == f"{DESK}?done=yes"
    [added] = pages.sent("add_deadline")
    assert (added["body"]["code"], added["body"]["title"]["ar"]) == ("exhibition_requests", "Exhibition requests")


@pytest.mark.parametrize("path", PATHS)
def test_who_is_assigned_to_the_dates_finds_no_closed_door(pages, path):
    pages.cookies.clear()
    leads_where_one_may(pages.sign_in("member", "edition_editor"), f"{DESK}{path}")
