"""What everybody sees of a consultation, without a broker."""

import pytest
from wsis_shared.errors import NotFound, Unavailable

from .page_answers import ANSWERS, COMING, EDITION
from .page_kit import in_each_language, site, sound
from .programme_answers import SESSIONS, session

HERE = "/en/consultations/2017"
PUBLIC = [
    "/",
    "/consultations",
    "/consultations/2017",
    "/consultations/2017/facilitators",
    "/consultations/2017/documents/doc",
    "/consultations/2017/meetings",
    "/consultations/2017/meetings/m1",
    "/consultations/2017/programme",
    "/consultations/2017/programme?text=x",
    "/consultations/2017/programme?mine=S1,S4&show=mine",
    "/consultations/2017/programme/changes",
    "/consultations/2017/programme/sessions/S1",
    "/consultations/2017/discussions",
    "/consultations/2017/discussions/d1",
    "/consultations/2017/discussions/d1/comments/2",
    "/consultations/2017/replies",
    "/consultations/2017/consent",
]


@pytest.fixture
def pages():
    return site()


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, path)


@pytest.mark.parametrize("path", PUBLIC)
def test_one_copy_of_a_public_page_serves_all(pages, path):
    pages.get(f"/en{path}")
    asked = len(pages.bus.calls)
    shown = pages.get(f"/en{path}")
    assert len(pages.bus.calls) == asked
    assert shown.headers["cache-control"].startswith("public")
    assert len(shown.result.content) < 14_000


def test_what_is_on_stands_first(pages):
    shown = pages.get(HERE)
    assert shown.text("//li[@aria-current='step']/h3") == "II. Meeting"
    links = shown.all("//section[@aria-labelledby='now']//a/@href")
    assert links == [f"{HERE}/submit", f"{HERE}/discussions", f"{HERE}/meetings/m1", f"{HERE}/programme"]
    assert "20 February 2017, 23:00 (Geneva time)" in shown.text("//section[@aria-labelledby='now']")
    assert "/v1/consultations/2017/phases/calendar?lang=en" in shown.all("//a/@href")


def test_after_the_deadline_nobody_is_asked_to_contribute(pages):
    past = [{**phase, "state": "past"} for phase in EDITION["phases"]]
    pages = site(read_edition={**EDITION, "phases": past}, list_discussions={"items": [], "next": None})
    assert pages.get(HERE).all("//section[@aria-labelledby='now']//a/@href") == [f"{HERE}/programme"]
    assert "open until" not in pages.get("/en/").text()


@pytest.mark.parametrize("name", ["list_discussions", "list_meetings", "list_documents", "list_programme_versions"])
def test_the_page_stands_without_a_part(pages, name):
    pages.bus.answers[f"consultation.{name}"] = Unavailable("suite.no_answer_in_time", "")
    sound(pages.get(HERE))


def test_the_front_page_says_the_phase_and_its_end(pages):
    panel = pages.get("/en/").text("//section[@aria-labelledby='consultation']")
    assert "Meeting" in panel
    assert "13 October 2016, 00:00 (Geneva time)" in panel
    pages.bus.answers["consultation.list_editions"] = {"items": [], "next": None}
    assert (
        site(list_editions={"items": [], "next": None}).get("/en/").all("//section[@aria-labelledby='consultation']")
        == []
    )


def test_what_people_wrote_has_its_language(pages):
    assert pages.get(f"{HERE}/discussions/d1").all("//article//*[@lang]/@lang") == ["fr", "fr"]
    shown = pages.get(f"{HERE}/facilitators")
    assert shown.all("//*[@lang='fr'][contains(., 'Ministre')]")
    assert shown.all("//img/@src") == ["/v1/consultations/2017/candidates/c1/portrait"]
    assert shown.all("//img/@alt") == ["Amina Diallo"]
    assert pages.get("/ar/consultations/2017/programme/sessions/S1").all("//h1/span/@lang") == ["en"]


# -- the programme ----------------------------------------------------------------------------------------------------


def grid(shown):
    return [[cell.text_content().split() for cell in row.xpath("./td")] for row in shown.all("//table/tbody/tr")]


def test_the_programme_of_a_day_is_rooms_by_times(pages):
    shown = pages.get(f"{HERE}/programme")
    assert [each.strip() for each in shown.all("//thead/tr/th//text()") if each.strip()] == ["Time", "Room A", "Room B"]
    assert shown.all("//tbody/tr/th/text()") == ["09:00", "09:45"]
    assert grid(shown) == [
        [["Session", "S1", "09:00–10:30"], ["Session", "S2", "09:00–09:45"]],
        [["Session", "S3", "09:45–10:30"]],
    ]
    assert shown.all("//td/@rowspan") == ["2"]
    assert shown.all("//h3/a/text()") == ["Session S1", "Session S2", "Session S3"], "the list that phones show"
    assert "3 sessions" in shown.text("//*[@role='status']")


def test_sessions_that_overlap_in_a_room_share_a_cell():
    both = [*SESSIONS, session("S5", "A", "12T08:00", "12T09:00")]
    pages = site(read_programme={**ANSWERS["consultation.read_programme"], "sessions": both})
    rows = grid(pages.get(f"{HERE}/programme"))
    assert rows[0][0] == ["Session", "S1", "09:00–10:30", "Session", "S5", "10:00–11:00"]
    assert sum(len(row) for row in rows) < 8, "no cell hides another"


def test_a_day_and_filters_go_to_the_route(pages):
    pages.get(f"{HERE}/programme?day=2017-06-13&type=thematic_workshop&unknown=1")
    [sent] = pages.sent("read_programme")
    assert (sent["day"], sent["type"]) == ("2017-06-13", "thematic_workshop")
    assert "unknown" not in sent
    assert "mine" not in sent


def test_a_selection_is_kept_in_the_address(pages):
    first = pages.get(f"{HERE}/programme")
    [add, *_] = first.all("//a[text()='Add to my selection']/@href")
    chosen = pages.get(f"{HERE}/programme{add}")
    assert chosen.all("//a[text()='Remove from my selection']/@href") == ["?day=2017-06-12"]
    [only] = chosen.all("//nav[@aria-label='Days']//a[contains(., 'My selection')]/@href")
    mine = pages.get(f"{HERE}/programme{only}")
    assert mine.all("//h3/a/text()") == ["Session S1"]


def test_what_changed_between_versions(pages):
    shown = pages.get(f"{HERE}/programme/changes?since=1.0")
    assert "Session S4" in shown.text("//section[@aria-labelledby='added']")
    assert "Session S9" in shown.text("//section[@aria-labelledby='removed']")
    assert shown.all("//section[@aria-labelledby='changed']//del//text()")[0] == "12 June 2017, 09:30 (Geneva time)"
    assert shown.all("//section[@aria-labelledby='since']//a/@href") == [f"{HERE}/programme/changes?since=0.1"]


def test_a_programme_that_is_not_published_is_not_there(pages):
    pages.bus.answers["consultation.read_programme"] = NotFound("consultation.programme_unknown", "")
    assert pages.get(f"{HERE}/programme").status == 404


# -- documents and meetings -------------------------------------------------------------------------------------------


def test_a_document_has_its_figures_and_files(pages):
    shown = pages.get(f"{HERE}/documents/doc")
    assert "120" in shown.text()
    assert shown.all("//section[@aria-labelledby='by_stakeholder_type']//rect/@width") == ["50.0", "100.0"]
    files = shown.all("//section[@aria-labelledby='files']//a/@href")
    assert files == [f"/v1/consultations/2017/documents/doc/file?format=pdf&language={code}" for code in ("en", "ar")]
    newer = {**ANSWERS["consultation.read_document"], "id": "newer", "version": "1.1"}
    pages = site(list_documents={"items": [newer, ANSWERS["consultation.read_document"]]})
    assert f"{HERE}/documents/newer" in pages.get(f"{HERE}/documents/doc").all("//main//a/@href")


def test_a_meeting_says_when_where_and_what(pages):
    shown = pages.get(f"{HERE}/meetings/m1")
    assert "12 October 2016, 16:30 (Geneva time)" in shown.text()
    assert f"{HERE}/meetings/m1/registration" not in shown.all("//a/@href"), "it is over"
    coming = site(read_meeting=COMING).get(f"{HERE}/meetings/m1")
    assert f"{HERE}/meetings/m1/registration" in coming.all("//a/@href")
    assert shown.all("//section[@aria-labelledby='documents']//a/span/@lang") == ["fr"]
    assert "Participant 7" in shown.text("//section[@aria-labelledby='floor']"), "who has not consented has no name"


def test_a_meeting_lists_minutes_that_were_corrected_or_withdrawn_with_the_reasons(pages):
    correction = {"mark": "corrected", "reason": "Her name was wrong", "language": "en", "at": "2016-10-15T08:00:00Z"}
    version = {
        "meeting": "m1",
        "version": 2,
        "languages": ["en"],
        "published_at": correction["at"],
        "at": correction["at"],
    }
    first = {
        **version,
        "version": 1,
        "correction": {**correction, "mark": "withdrawn", "reason": "Une erreur", "language": "fr"},
    }
    minutes = {**version, "correction": correction, "text": "Ada Mensah spoke.", "language": "en"}
    pages = site(read_minutes=minutes, list_minutes_corrections={"items": [minutes, first]})
    in_each_language(pages, "/consultations/2017/meetings/m1")
    shown = pages.get(f"{HERE}/meetings/m1")
    assert "Her name was wrong" in shown.text("//section[@aria-labelledby='minutes']")
    listed = shown.text("//section[@aria-labelledby='corrections']")
    assert [
        text for text in ("Version 1", "withdrawn", "Une erreur", "Version 2", "corrected") if text not in listed
    ] == []
    assert "fr" in shown.all("//section[@aria-labelledby='corrections']//@lang")
