"""The pages of the register, the matrix, figures and reports, without a broker."""

import pytest
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_stocktaking.matrix.pages import views as matrix
from wsis_stocktaking.matrix.rules.evidence import NONE
from wsis_stocktaking.matrix.rules.patches import first_version

from .page_kit import ENTRY, FOUND, OTHER, PATHS, PUBLIC


@pytest.fixture
def pages():
    return Pages(PUBLIC, "stocktaking")


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(pages, language):
    for path in ("/", *PATHS):
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), path
        assert "None" not in shown.text(), path
        assert not shown.all("//*[normalize-space(@href)='' and @href]"), path


def test_each_page_is_one_copy_for_all(pages):
    for path in ("/", *PATHS):
        first = pages.get(f"/en{path}")
        calls = len(pages.bus.calls)
        second = pages.sign_in().get(f"/en{path}{'&' if '?' in path else '?'}unknown=1")
        assert (second.html, len(pages.bus.calls)) == (first.html, calls), path


# -- the register ------------------------------------------------------------------------------------------------------


def test_a_search_is_an_address_with_its_words_filters_and_order(pages):
    pages.get("/en/register?q=build&sdg=3&sdg=9&sdg=99&region=americas&sort=oldest&after=n2")
    [search] = pages.sent("search_entries")
    assert (search["q"], search["sdg"], search["region"]) == ("build", ["3", "9"], ["americas"]), "99 is no goal"
    assert (search["sort"], search["after"], "sdg" in search["facets"]) == ("oldest", "n2", True)


def test_the_register_says_how_many_entries_fit_and_marks_the_words(pages):
    shown = pages.get("/en/register?q=build")
    assert shown.text("//h2[1]").startswith("8,124 entries")
    assert shown.text("//mark") == "build"
    assert "&lt;it&gt;" in shown.html, "only the marks of the search are markup"


def test_the_register_says_what_was_probably_meant(pages):
    shown = pages.get("/en/register?q=bilding&sdg=3&sort=oldest")
    assert shown.all("//p[starts-with(normalize-space(), 'Did you mean')]/a/@href") == [
        "/en/register?q=building&sdg=3&sort=oldest"
    ]


def test_filters_of_researchers_stay_and_are_said(pages):
    shown = pages.get("/en/register?country=-PE&freshness=red&organization=Red&updated_after=2015-01-31&sort=title")
    [search] = pages.sent("search_entries")
    assert (search["country"], search["freshness"], search["sort"]) == (["-PE"], ["red"], "title")
    for words in ("Not: Peru", "Older than two years", "Organization: Red", "Updated since 2015-01-31"):
        assert words in shown.text(), words
    assert shown.all("//input[@name='country' and @type='hidden']/@value") == ["-PE"], "new words keep it"
    assert shown.all("//input[@name='freshness' and @checked]/@value") == ["red"]
    assert shown.all("//input[@name='organization']/@form") == ["search"]
    assert shown.all("//input[@type='date' and @form='search' and @value!='']/@name") == ["updated_after"]
    assert shown.text("//label[@for='q-end_before']") == "Ended before"


def test_codes_of_a_facet_can_be_left_out(pages):
    shown = pages.get("/en/register?region=-africa")
    choices = shown.all("//select[@name='region' and @form='search']/option")
    assert [(each.get("value"), each.text) for each in choices] == [("", None), ("-americas", "Americas")]
    pages.get("/en/register?region=-africa&region=-americas&sdg=")
    assert pages.sent("search_entries")[-1]["region"] == ["-africa", "-americas"]


def test_entries_of_a_search_are_counted_by_a_property(pages):
    [href] = pages.get("/en/register?q=build&sdg=3").all("//a[contains(@href, '/register/counts')]/@href")
    assert href == "/en/register/counts?q=build&sdg=3"
    shown = pages.get(f"{href}&region=-africa&group_by=region")
    assert pages.sent("count_entries")[-1]["group_by"] == "region"
    assert shown.text("//tbody/tr") == "Americas845"
    links = shown.all("//main//a/@href")
    assert "/en/register?q=build&sdg=3&region=americas" in links
    assert "/v1/entry-counts?q=build&sdg=3&region=-africa&group_by=region&lang=en&format=xlsx" in links
    assert "/en/register/counts?q=build&sdg=3&group_by=region" in links, "without the filter"
    assert shown.all("//select[@name='group_by']/option[@selected]/@value") == ["region"]
    assert set(shown.all("//form[@class='pickers']//input/@name")) == {"q", "sdg", "region"}


def test_days_that_were_left_empty_are_no_filters(pages):
    pages.get("/en/register?q=build&updated_after=&updated_before=&start_after=2010-01-01&organization=")
    [search] = pages.sent("search_entries")
    assert [name for name in search if name.endswith(("after", "before")) and search[name]] == ["start_after"]


def test_licence_stands_by_the_files_and_the_entry(pages):
    for path in ("/en/register", "/en/register/e1"):
        [licence] = pages.get(path).all("//a[@rel='license']/@href")
        assert licence.startswith("https://creativecommons.org/licenses/"), path


def test_boxes_are_ticked_and_chips_remove_what_was_chosen(pages):
    shown = pages.get("/en/register?q=build&sdg=3,9&target=9.c")
    assert shown.all("//input[@type='checkbox' and @checked]/@value") == ["3", "9"]
    assert shown.all("//ul[@class='chips']//a/@href") == [
        "/en/register?q=build&sdg=9&target=9.c",
        "/en/register?q=build&sdg=3&target=9.c",
        "/en/register?q=build&sdg=3,9",
    ]
    assert shown.all("//form[@id='search']//input[@name='target']/@value") == ["9.c"], "new words keep it"


def test_a_facet_has_its_first_codes_and_leads_to_all(pages):
    shown = pages.get("/en/register")
    assert len(shown.all("//input[@name='sdg']")) == 8
    [more] = shown.all("//details//a[@rel='nofollow']/@href")
    assert len(pages.get(more).all("//input[@name='sdg']")) == 17
    assert shown.all("//input[@name='year']/@value") == ["2017", "2015"], "the latest first"


def test_the_filters_go_into_the_form_of_the_words(pages):
    shown = pages.get("/en/register")
    assert set(shown.all("//details//input/@form | //details//button/@form")) == {"search"}


def test_downloads_and_figures_are_of_this_search(pages):
    links = pages.get("/en/register?q=build&sdg=3&after=n2&more=sdg").all("//main//a/@href")
    assert "/v1/entries?q=build&sdg=3&format=csv&lang=en" in links
    assert "/en/register/figures?q=build&sdg=3" in links
    assert "/en/register?q=build&sdg=3&after=n2" in links, "the next page"


def test_a_search_that_is_refused_says_why_and_keeps_its_words(pages):
    pages.bus.answers["stocktaking.search_entries"] = Invalid(
        "stocktaking.query_invalid", fields={"q": ["There is no word to search for."]}
    )
    shown = pages.get("/en/register?q=---&sdg=3")
    assert (shown.status, "There is no word to search for." in shown.text("//form")) == (200, True)
    assert shown.all("//input[@name='q']/@value") == ["---"]


def test_the_register_stands_where_its_index_is_away(pages):
    del pages.bus.answers["stocktaking.search_entries"]
    shown = pages.get("/en/register?q=build")
    assert (shown.status, "cannot be searched at the moment" in shown.text()) == (200, True)
    assert shown.all("//input[@name='q']/@value") == ["build"]


def test_nothing_found_is_said(pages):
    pages.bus.answers["stocktaking.search_entries"] = FOUND | {"items": [], "total": 0, "facets": {}, "next": None}
    assert "No entry fits" in pages.get("/en/register?q=build").text()


# -- an entry ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "heading", "lang"), [("en", "Community networks <b>", "en"), ("zh", "Redes comunitarias", "es")]
)
def test_an_entry_is_read_in_the_readers_language_or_as_it_was_written(pages, language, heading, lang):
    shown = pages.get(f"/{language}/register/e1")
    [title] = shown.all("//h1/span")
    assert (title.text_content(), title.get("lang")) == (heading, lang)
    assert bool(shown.all("//div[contains(@class, 'notice')]")) == (language == "zh"), "the other language is said"


def test_an_entry_leads_to_its_revisions_its_data_and_its_other_languages(pages):
    links = pages.get("/en/register/e1").all("//main//a/@href")
    assert {
        "/en/register/e1/revisions/1",
        "/en/register/e1/changes",
        "/v1/entries/e1/linked-data",
        "/es/register/e1",
        "/en/matrix/C2/3",
    } <= set(links)


def test_an_entry_says_how_old_it_is_and_what_the_prizes_made_of_it(pages):
    text = pages.get("/en/register/e1").text()
    assert "Older than two years" in text
    assert "WSIS Prizes 2017: Champion" in text
    assert "Translated by the secretariat. Original: Spanish." in text
    assert "secretaría" not in pages.get("/es/register/e1").text("//main"), "the original is no translation"
    pages.bus.answers["stocktaking.read_entry"] = OTHER
    assert "Date unknown" in pages.get("/en/register/e2").text()


def test_a_merged_entry_leads_to_the_survivor(pages):
    pages.bus.answers["stocktaking.read_entry"] = ENTRY | {"merged_from": "e0"}
    shown = pages.get("/en/register/e0")
    assert shown.all("//div[contains(@class, 'notice')]//a/@href") == ["/en/register/e1"]


def test_what_a_revision_changed_is_said_in_words(pages):
    shown = pages.get("/en/register/e1/changes?from=1&to=2")
    [asked] = pages.sent("compare_revisions")
    assert (asked["from"], asked["to"]) == (1, 2)
    text = shown.text("//table")
    assert "Bolivia, Plurinational State of" in text
    assert "Academia" in text
    assert "ICT applications: e-health" in text


def test_the_first_revision_of_an_entry_with_many_is_reached(pages):
    newest, first = PUBLIC["stocktaking.list_revisions"]["items"]
    pages.bus.answers["stocktaking.list_revisions"] = lambda asked: (
        {"items": [first], "next": None} if asked["after"] == "c 1" else {"items": [newest, first], "next": "c 1"}
    )
    [further] = pages.get("/en/register/e1").all("//a[@rel='next']/@href")
    last = pages.get(further)
    assert "/en/register/e1/revisions/1" in last.all("//section[@aria-labelledby='history']//a/@href")
    assert last.all("//nav[@class='pager']/a/@href") == ["/en/register/e1"], "back to the first"


def test_an_entry_that_is_not_there_is_said(pages):
    pages.bus.answers["stocktaking.read_entry"] = NotFound("stocktaking.entry_unknown", "")
    assert pages.get("/en/register/e9").status == 404


# -- the matrix --------------------------------------------------------------------------------------------------------


def test_the_matrix_has_the_figure_in_each_cell_and_leads_behind_it(pages):
    shown = pages.get("/en/matrix")
    cells = {each.get("href"): each.text for each in shown.all("//table//a")}
    assert cells == {"/en/matrix/C1/17": "5", "/en/matrix/C2/9": "452", "/en/matrix/C7.e-health/3": "0"}
    framed = shown.all("//td[contains(@class, 'framed')]/a/@href")
    assert framed == ["/en/matrix/C2/9", "/en/matrix/C7.e-health/3"], "the links of the matrix"
    targets = {each.get("href"): each.text for each in pages.get("/en/matrix?of=targets").all("//table//a")}
    assert targets == {"/en/matrix/C2/9": "2", "/en/matrix/C7.e-health/3": "●"}


def test_cells_are_as_dark_as_their_figures(pages):
    cells = pages.get("/en/matrix").all("//td[a]")
    assert {each.xpath("a")[0].text: each.get("class").split()[0] for each in cells} == {
        "452": "tint-8",
        "5": "tint-1",
        "0": "tint-0",
    }


def test_behind_a_cell_stand_its_evidence_and_a_search(pages):
    shown = pages.get("/fr/matrix/C2/9")
    assert shown.text("//ul[@class='figures']").startswith("452")
    assert "/fr/register?action_line=C2&sdg=9" in shown.all("//main//a/@href")
    [rationale] = shown.all("//div[@class='prose']")
    assert rationale.get("lang") == "en"


# -- figures and reports -----------------------------------------------------------------------------------------------


def test_figures_are_a_table_and_a_chart_of_the_same_search(pages):
    shown = pages.get("/ar/register/figures?rows=region&columns=year&sdg=3")
    assert "1,400" in shown.text("//table")
    [chart] = shown.all("//img")
    assert chart.get("src") == "/v1/entry-crosstab/chart?sdg=3&rows=region&columns=year&lang=ar"
    assert "/v1/entry-crosstab/table?sdg=3&rows=region&columns=year&lang=ar" in shown.all("//main//a/@href")


def test_one_facet_twice_is_an_error_at_its_field(pages):
    pages.bus.answers["stocktaking.read_crosstab"] = Invalid(
        "stocktaking.crosstab_invalid", fields={"columns": ["Not the facet of the rows."]}
    )
    shown = pages.get("/en/register/figures?rows=year&columns=year")
    assert "Not the facet of the rows." in shown.text("//select[@name='columns']/..")
    assert shown.all("//select[@name='rows']/option[@selected]/@value") == ["year"]


def test_figures_of_a_report_lead_to_their_query(pages):
    shown = pages.get("/fr/reports/global-2016-1.0")
    links = shown.all("//main//a/@href")
    assert (
        "/fr/register/figures?rows=sdg&columns=kind&submitted_from=2016-01-01&submitted_to=2016-12-31&sequence=9001"
        in links
    )
    assert "/v1/stocktaking-reports/global-2016-1.0/file?format=docx&language=fr" in links
    assert "Une année." in shown.text()


def test_the_files_of_a_report_are_in_a_language_that_it_has(pages):
    links = pages.get("/zh/reports/global-2016-1.0").all("//main//a/@href")
    assert "/v1/stocktaking-reports/global-2016-1.0/file?format=pdf&language=en" in links


def test_the_whole_matrix_has_each_of_its_links():
    version = first_version()
    links = [{**link, "evidence": NONE} for link in version["links"]]
    values = {"matrix": {"links": links, "without_link": []}, "query": {"of": "targets"}}
    rows = matrix.matrix(values, "en")["rows"]
    assert (len(rows), {len(row["cells"]) for row in rows}) == (18, {17})
    assert sum(bool(cell["text"]) for row in rows for cell in row["cells"]) == 126


def test_what_people_wrote_is_escaped(pages):
    link = PUBLIC["stocktaking.read_matrix_link"]["link"] | {"rationale": {"ar": "<script>alert(1)</script>"}}
    pages.bus.answers["stocktaking.read_matrix_link"] = PUBLIC["stocktaking.read_matrix_link"] | {"link": link}
    shown = pages.get("/fr/matrix/C2/9")
    assert "<script>alert" not in shown.html
    assert shown.all("//div[@class='prose']/@lang") == ["ar"]
