"""Reports on the desk, from the draft to the publication, without a broker."""

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.revisions import changed_since_read
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from ..desk_answers import DESK
from ..job_answers import JOB
from ..page_kit import REPORT

HERE = "/en/desk/reports/global-2016-1.0"
VERSION = REPORT | {
    "status": "draft",
    "published_at": None,
    "built_at": "2017-01-02T08:00:00Z",
    "outdated": [],
    "missing_characters": [],
    "prose": {"introduction": {"en": "A year.", "fr": "Une année."}},
    "revision": 3,
}
ANSWERS = {
    "stocktaking.list_report_versions": {"items": [VERSION], "next": None, "total": 31},
    "stocktaking.read_report_version": VERSION,
    "stocktaking.start_report": JOB,
    "stocktaking.render_report_files": JOB,
    "stocktaking.read_job": JOB,
    "stocktaking.write_report_prose": VERSION,
    "stocktaking.publish_report": VERSION,
    "stocktaking.remove_report": None,
}
PATHS = (
    "/desk/reports?done=removed&job=stocktaking.j1",
    *(f"/desk/reports/new?kind={kind}" for kind in ("global", "regional", "success_stories")),
    "/desk/reports/global-2016-1.0?done=saved",
    "/desk/reports/global-2016-1.0/preview",
)


@pytest.fixture
def pages():
    return Pages(DESK | ANSWERS, "stocktaking").sign_in("officer")


def answer(pages, **changes):
    pages.bus.answers["stocktaking.read_report_version"] = VERSION | changes


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(pages, language):
    for path in PATHS:
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), path
        assert "None" not in shown.text(), path


def test_only_officers_see_drafts(pages):
    for path in PATHS:
        assert Pages(DESK | ANSWERS, "stocktaking").sign_in().get(f"/en{path}").status == 403, path


def test_the_list_says_how_many_versions_there_are_and_which_are_drafts(pages):
    shown = pages.get("/en/desk/reports")
    assert shown.text("//h2[@id='versions']") == "31 versions"
    assert "version 1.0 · 2,000 entries · built on 2 January 2017 draft" in shown.text()
    assert HERE in shown.all("//main//a/@href")


def test_a_report_is_built_of_its_period_and_the_list_says_how_far_it_is(pages):
    form = pages.get("/en/desk/reports/new?kind=regional")
    shown = form.send(**{"region": "africa", "period.start": "2016-01-01", "period.end": "2016-12-31"})
    [arguments] = pages.sent("start_report")
    period = {"start": "2016-01-01", "end": "2016-12-31", "basis": "submitted"}
    assert arguments["body"] | {"languages": set(arguments["body"]["languages"])} == {
        "kind": "regional",
        "region": "africa",
        "period": period,
        "edition": None,
        "as_of": None,
        "sequence": None,
        "version": None,
        "languages": set(LOCALES),
    }
    assert "Builds a report: running · 1 / 2" in shown.text("//div[@role='status']")


def test_a_period_that_ends_before_it_begins_is_said_at_its_field_and_nothing_typed_is_lost(pages):
    back = pages.get("/en/desk/reports/new?kind=global").send(
        **{"period.start": "2017-01-01", "period.end": "2016-01-01", "period.basis": "active", "languages": ["ar"]}
    )
    assert not pages.sent("start_report")
    assert back.all("//div[@role='alert']//a/@href") == ["#build-period.end"]
    assert back.all("//input[@name='period.start']/@value") == ["2017-01-01"]
    assert back.all("//input[@checked]/@value") == ["active", "ar"]


def test_stories_need_an_edition_and_take_no_period(pages):
    form = pages.get("/en/desk/reports/new?kind=success_stories")
    assert not form.all("//input[@name='period.start']")
    assert form.send().all("//div[@role='alert']//a/@href") == ["#build-edition"]
    form.send(edition="2017")
    assert pages.sent("start_report")[0]["body"]["edition"] == "2017"


def test_what_became_of_the_job_is_said_in_words(pages):
    pages.bus.answers["stocktaking.read_job"] = JOB | {"state": "succeeded", "result": {"report": "global-2016-1.0"}}
    shown = pages.get("/en/desk/reports?job=stocktaking.j1")
    assert "Builds a report: succeeded" in shown.text()
    assert shown.all("//a[text()='Open the draft']/@href") == [HERE]
    other = JOB | {"kind": "invite_owners", "state": "succeeded", "result": {"owners": 3}}
    pages.bus.answers["stocktaking.read_job"] = other
    shown = pages.get("/en/desk/reports?job=stocktaking.j1")
    assert (shown.status, shown.all("//a[text()='Open the draft']")) == (200, []), "a job of another kind has no draft"
    error = {"code": "stocktaking.report_empty", "params": {"as_of": "2017-01-01T00:00:00Z"}}
    pages.bus.answers["stocktaking.read_job"] = JOB | {"state": "failed", "error": error}
    assert "No public entry is of this period and region" in pages.get("/en/desk/reports?job=stocktaking.j1").text()


def test_texts_are_saved_in_the_languages_that_were_written_and_may_be_removed(pages):
    done = pages.get(HERE).send(0, **{"introduction.en": "Two years.", "introduction.fr": "", "conclusion.ar": "خاتمة"})
    [arguments] = pages.sent("write_report_prose")
    written = {name: {code: text for code, text in texts.items() if text} for name, texts in arguments["body"].items()}
    assert {name: texts for name, texts in written.items() if texts} == {
        "introduction": {"en": "Two years."},
        "conclusion": {"ar": "خاتمة"},
    }
    assert arguments["body"]["introduction"]["fr"] is None, "this text is removed"
    assert arguments["if_match"] == [3]
    assert "The texts are saved." in done.text()


def test_an_isbn_that_is_none_is_said_at_its_field_and_a_right_one_stands_with_the_report(pages):
    back = pages.get(HERE).send(0, **{"isbn.fr": "978-92-61-28741-3", "publication_number.fr": "STK-F"})
    assert back.all("//div[@role='alert']//a/@href") == ["#save-isbn.fr"]
    assert "Not an ISBN of 13 digits" in back.text()
    assert back.text("//textarea[@name='publication_number.fr']") == "STK-F", "nothing typed is lost"
    back.send(0, **{"isbn.fr": "978-92-61-28741-2"})
    [arguments] = pages.sent("write_report_prose")
    assert arguments["body"]["isbn"]["fr"] == "978-92-61-28741-2"
    answer(pages, prose={"isbn": {"fr": "978-92-61-28741-2", "en": "978-92-61-28742-9"}})
    assert "978-92-61-28741-2" in pages.get(f"{HERE.replace('/en/', '/fr/')}/preview").text()


def test_of_two_officers_the_second_sees_both_texts_and_decides(pages):
    form = pages.get(HERE)
    answer(pages, prose={"introduction": {"en": "Of a colleague."}}, revision=4)
    pages.bus.answers["stocktaking.write_report_prose"] = changed_since_read(4, {})
    back = form.send(0, **{"introduction.en": "My own."})
    assert back.status == 412
    assert back.text("//textarea[@name='introduction.en']") == "My own."
    assert "Of a colleague." in back.text(), "what is stored now"
    pages.bus.answers["stocktaking.write_report_prose"] = VERSION
    back.send(0, _revision=back.all("//input[@type='checkbox' and @name='_revision']/@value"))
    assert [each["if_match"] for each in pages.sent("write_report_prose")] == [[3], [4]]


def test_publication_is_checked_first_and_names_the_languages(pages):
    check = pages.get(HERE).send(1, reason="Agreed")
    assert not pages.sent("publish_report")
    assert "becomes public at once in these languages: English, Français" in check.text()
    assert "Agreed" in check.text("//dl")
    answer(pages, status="published", published_at="2017-02-01T08:00:00Z")
    done = check.send(0)
    [arguments] = pages.sent("publish_report")
    assert arguments["body"] == {"reason": "Agreed"}
    assert "The report is public." in done.text()
    assert not done.all("//main//form"), "it never changes again"


def test_a_publication_that_is_refused_says_why(pages):
    pages.bus.answers["stocktaking.publish_report"] = Conflict(
        "stocktaking.report_not_rendered", report="r", languages="fr"
    )
    back = pages.get(HERE).send(1, reason="Agreed").send(0)
    assert back.status == 409
    assert "The files of the report are older than its texts" in back.text("//div[@role='alert']")
    assert "Agreed" in back.text("//textarea[@name='reason']")


def test_a_draft_whose_files_are_old_is_rendered_before_it_is_published(pages):
    answer(pages, outdated=["fr"])
    shown = pages.get(HERE)
    assert "Render these languages again before you publish: French" in shown.text("//div[@class='notice todo']")
    assert "Publish" not in [each.text_content() for each in shown.all("//button")]
    assert "running" in shown.send(0).text("//div[@role='status']")
    assert pages.sent("render_report_files") == [{"report": "global-2016-1.0"}]


def test_a_draft_is_deleted_after_a_check(pages):
    check = pages.get(HERE).send(2)
    assert not pages.sent("remove_report")
    assert "The draft is deleted." in check.send(0).text()
    assert pages.sent("remove_report") == [{"report": "global-2016-1.0"}]


def test_the_preview_shows_texts_and_figures_as_readers_will_see_them(pages):
    shown = pages.get(f"{HERE}/preview")
    assert "only the secretariat sees this page" in shown.text()
    assert "A year." in shown.text()
    assert shown.all("//a[contains(@href, '/register/figures?rows=')]")
    assert not shown.all("//main//a[contains(@href, '/v1/')]"), "the files of a draft are for officers"


def test_a_refused_sequence_is_said_at_its_field(pages):
    pages.bus.answers["stocktaking.start_report"] = Invalid(
        "stocktaking.report_sequence_later", "", fields={"sequence": ["Not after the last one."]}
    )
    back = pages.get("/en/desk/reports/new").send(
        **{"period.start": "2016-01-01", "period.end": "2016-12-31", "sequence": "9999999"}
    )
    assert back.all("//div[@role='alert']//a/@href") == ["#build-sequence"]
