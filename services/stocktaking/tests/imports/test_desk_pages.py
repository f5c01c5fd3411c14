"""Imports on the desk: a file is tried, applied after a check that names the numbers, and undone; without a broker."""

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_stocktaking.imports.rules.mapping.proposals import MAX_PROPOSED

from ..job_answers import JOB

HERE = "/en/desk/imports/i1"
CHANGE = {
    "row": 3,
    "key": "ke-7",
    "entry": "e1",
    "decision": "updated",
    "differences": [
        {"field": "title.en", "before": "Old title", "after": "New title"},
        {"field": "last_updated_at", "before": None, "after": "2017-01-01T00:00:00Z"},
    ],
}
TRIED = {
    "id": "i1",
    "state": "completed",
    "source": "ke-ict",
    "dry_run": True,
    "filename": "kenya.csv",
    "sha256": "ab" * 32,
    "size": 2048,
    "format": "csv",
    "encoding": "utf-8",
    "unknown_columns": ["colour"],
    "unread_sheets": [],
    "sample": [{"title": "Digital farmers", "organization": "Ministry of Agriculture"}],
    "rows": 1240,
    "counts": {"created": 1200, "updated": 4, "proposed": 3, "unchanged": 2, "refused": 31},
    "unsourced": 0,
    "file_until": "2017-03-02T09:00:00Z",
    "application": None,
    "reversal": None,
    "refusal": None,
    "created_at": "2017-03-01T09:00:00Z",
    "ended_at": "2017-03-01T09:01:00Z",
}
VALUE = {
    "field": "countries",
    "value": "Atlantis",
    "code": "stocktaking.import_value_left_out",
    "reason": "Not understood: left out.",
    "refused": False,
    "count": 12,
    "row": 3,
}
MAPPING = {
    "source": "ke-ict",
    "state": "proposed",
    "number": None,
    "columns": [
        {
            "column": "Project name",
            "field": "title",
            "also": None,
            "day_order": None,
            "examples": ["Farms"],
            "unsure": False,
        },
        {
            "column": "Begun",
            "field": "start_date",
            "also": None,
            "day_order": None,
            "examples": ["3/4/2014"],
            "unsure": True,
        },
        {"column": "Budget", "field": None, "also": None, "day_order": None, "examples": ["7"], "unsure": False},
    ],
    "constants": [{"field": "kind", "value": "project"}],
    "values": [{"field": "status", "value": "Ongoin", "codes": ["ongoing"]}],
    "missing": ["organization.name"],
}
APPLIED = TRIED | {"id": "i2", "dry_run": False, "file_until": None}
REFUSED = {
    "row": 12,
    "key": "ke-12",
    "field": "countries",
    "code": "suite.country_unknown",
    "reason": "Unknown country code XX.",
    "value": "XX",
}
ANSWERS = {
    "stocktaking.list_imports": {"items": [TRIED, APPLIED], "next": None, "total": 41},
    "stocktaking.read_import": TRIED,
    "stocktaking.list_import_refusals": {"items": [REFUSED], "next": None},
    "stocktaking.list_import_changes": {"items": [CHANGE], "next": None},
    "stocktaking.list_refused_rows": {"items": [], "next": None},
    "stocktaking.list_import_values": {"items": [VALUE], "next": None},
    "stocktaking.read_import_mapping": MAPPING,
    "stocktaking.start_import_mapping": JOB | {"id": "i3"},
    "stocktaking.start_import_application": JOB | {"id": "i2"},
    "stocktaking.start_import_reversal": JOB,
    "stocktaking.record_export": None,
}


@pytest.fixture
def pages():
    return Pages(ANSWERS, "stocktaking").sign_in("officer")


def answer(pages, **changes):
    pages.bus.answers["stocktaking.read_import"] = TRIED | changes


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(pages, language):
    for changes in ({}, {"dry_run": False}, {"state": "failed", "refusal": "The file has no rows."}, {"unsourced": 2}):
        answer(pages, **changes)
        for path in ("/desk/imports", "/desk/imports/i1", "/desk/imports/i1/mapping"):
            shown = pages.get(f"/{language}{path}")
            assert (shown.status, len(shown.all("//h1"))) == (200, 1), path
            assert "None" not in shown.text(), path


def test_the_mapping_says_of_a_column_that_it_is_not_read(pages):
    shown = pages.get(f"{HERE}/mapping")
    fields = [f"//select[@name='columns.{place}.field']" for place in range(len(MAPPING["columns"]))]
    assert {shown.text(f"{field}/option[@value='']") for field in fields} == {"Not read"}
    assert [bool(shown.all(f"{field}/option[@selected]")) for field in fields] == [True, True, False]


def test_the_mapping_says_what_a_mark_means_and_what_a_value_may_mean(pages):
    marked = {**MAPPING["columns"][2], "column": "SDG 4", "field": "sdgs", "marks": "SDG 4"}
    pages.bus.answers["stocktaking.read_import_mapping"] = MAPPING | {"columns": [marked]}
    value = VALUE | {"field": "status", "value": "80 % done", "likely": ["ongoing"]}
    pages.bus.answers["stocktaking.list_import_values"] = {"items": [value], "next": None}
    shown = pages.get(f"{HERE}/mapping")
    assert "A mark (x, yes, 1) means: SDG 4" in shown.text("//main")
    assert "ongoing" in shown.all("//option[@selected]/@value")


def mapped(pages, values):
    """The values of the mapping that is confirmed as it stands on the page."""
    pages.bus.answers["stocktaking.read_import_mapping"] = MAPPING | {"values": values}
    pages.get(f"{HERE}/mapping").send(0)
    return pages.bodies("start_import_mapping")[0]["values"]


def test_a_value_that_says_nothing_says_nothing_from_then_on(pages):
    """ "NA" among the names of countries is no Namibia."""
    nothing = {"field": "countries", "value": "NA", "codes": []}
    assert nothing | {"nothing": True} in mapped(pages, [nothing])
    shown = pages.get(f"{HERE}/mapping")
    assert shown.text("//select[@name='values.1.codes.0']/option[@value='']") == "Says nothing"


def test_a_mapping_of_many_values_is_confirmed_whole(pages):
    """As many as are proposed."""
    values = [{"field": "status", "value": f"Ongoin {number}", "codes": ["ongoing"]} for number in range(MAX_PROPOSED)]
    assert [each["value"] for each in mapped(pages, values)][1:] == [each["value"] for each in values]


def test_a_wide_table_keeps_the_second_field_of_a_column(pages):
    columns = [MAPPING["columns"][2] | {"column": f"C{number}"} for number in range(100)]
    columns[7] |= {"field": "organization.name", "also": "organization.country"}
    pages.bus.answers["stocktaking.read_import_mapping"] = MAPPING | {"columns": columns}
    pages.get(f"{HERE}/mapping").send(0)
    sent = pages.bodies("start_import_mapping")[0]["columns"]
    assert (len(sent), sent[7]["also"]) == (100, "organization.country")


def test_imports_are_for_officers():
    for path in ("/en/desk/imports", HERE, f"{HERE}?file=refused", f"{HERE}/mapping"):
        assert Pages(ANSWERS, "stocktaking").sign_in().get(path).status == 403, path


def test_the_list_says_how_many_there_are_and_which_are_dry_runs(pages):
    shown = pages.get("/en/desk/imports")
    assert shown.text("//h2[@id='imports']") == "41 imports"
    assert "1,240 rows dry run succeeded" in shown.text()
    assert HERE in shown.all("//main//a/@href")


def test_a_file_is_tried_and_nothing_can_be_imported_at_once(pages):
    shown = pages.get("/en/desk/imports")
    assert shown.all("//form/@enctype") == ["multipart/form-data"]
    assert shown.all("//input[@name='dry_run']/@value") == ["true"]
    back = shown.send(0, source="Kenya ICT", encoding="cp1252")
    assert back.all("//div[@role='alert']//a/@href")[0] == "#try-file"
    assert back.all("//input[@name='source']/@value") == ["Kenya ICT"]
    assert back.all("//option[@selected]/@value") == ["cp1252"]


def test_a_dry_run_shows_rows_as_understood_and_refused_ones_with_their_reason(pages):
    shown = pages.get(HERE)
    assert "Digital farmers Ministry of Agriculture" in shown.text(
        "//section[@aria-labelledby='sample']//tbody//th|//section[@aria-labelledby='sample']//tbody//td"
    )
    assert "12 countries Unknown country code XX. XX" in " ".join(
        shown.text(
            "//section[@aria-labelledby='refused']//tbody//th|//section[@aria-labelledby='refused']//tbody//td"
        ).split()
    )
    assert shown.text("//h2[@id='refused']") == "31 refused rows"
    changes = shown.text("//section[@aria-labelledby='changes']")
    assert "Row 3 · ke-7 update" in changes
    assert "Old title" in changes
    assert "1 January 2017" in changes
    assert "colour" in shown.text("//section[@aria-labelledby='counts']")


LIKELY = {
    "row": 5,
    "title": "Digital farmers",
    "entry": "e9",
    "other_row": None,
    "other_title": "Digital farming",
    "other_organization": "Ministry of Agriculture",
    "score": 91,
}


def test_a_dry_run_names_what_the_register_or_the_file_may_have_already(pages):
    answer(pages, likely=2, duplicates=[LIKELY, LIKELY | {"row": 8, "entry": None, "other_row": 5}])
    shown = pages.get(HERE)
    assert shown.text("//h2[@id='likely']") == "2 rows are likely duplicates"
    rows = shown.text("//section[@aria-labelledby='likely']//tbody")
    assert "Row 5: Digital farming" in " ".join(rows.split())
    assert shown.all("//section[@aria-labelledby='likely']//a/@href") == ["/en/desk/entries/e9"]


def test_refused_rows_and_changes_are_files(pages):
    answer(pages, unread=1)
    for name in ("refused", "changes", "values"):
        [address, *_] = pages.get(HERE).all(f"//section[@aria-labelledby='{name}']//ul[@class='files']//a/@href")
        assert f'filename="{name}' in pages.get(address).headers["content-disposition"]
    assert [row["reason"] for row in pages.workbook(HERE, "reasons")] == ["Unknown country code XX."]


def test_a_tried_file_is_applied_after_a_check_that_names_the_numbers(pages):
    assert pages.get(HERE).send(0).all("//div[@role='alert']//a/@href") == ["#apply-reason"]
    check = pages.get(HERE).send(0, reason="Agreed with Kenya")
    assert not pages.sent("start_import_application")
    text = check.text("//dl")
    for part in (
        "New entries1,200",
        "Updated entries4",
        "Proposed to their owners3",
        "Refused rows31",
        "Agreed with Kenya",
    ):
        assert part in text
    pages.bus.answers["stocktaking.read_import"] = lambda arguments: APPLIED if arguments["id"] == "i2" else TRIED
    done = check.send(0)
    [arguments] = pages.sent("start_import_application")
    assert (arguments["id"], arguments["body"]) == ("i1", {"reason": "Agreed with Kenya"})
    assert "What the file did" in done.text("//h2[@id='counts']"), "the page of the new import"


def test_a_file_that_was_applied_is_not_applied_again(pages):
    answer(pages, application="i2")
    shown = pages.get(HERE)
    assert not shown.all("//main//form")
    assert "/en/desk/imports/i2" in shown.all("//main//a/@href")


def test_an_import_is_undone_with_a_reason_after_a_check(pages):
    pages.bus.answers["stocktaking.read_import"] = APPLIED
    check = pages.get(HERE).send(0, reason="The wrong file")
    assert not pages.sent("start_import_reversal")
    assert "New entries are withdrawn" in check.text()
    reversal = {
        "state": "completed",
        "job": "stocktaking.j1",
        "at": "2017-03-01T10:00:00Z",
        "reverted": 1199,
        "left": 8,
    }
    pages.bus.answers["stocktaking.read_import"] = APPLIED | {"reversal": reversal}
    done = check.send(0)
    assert pages.sent("start_import_reversal")[0]["body"] == {"reason": "The wrong file"}
    assert "The import was undone." in done.text()
    assert "1,199" in done.text("//dl")
    assert not done.all("//main//form")


def test_a_file_that_was_refused_says_why(pages):
    answer(pages, state="failed", refusal="The file has no rows.", sample=[], counts={}, rows=0, file_until=None)
    assert "The file has no rows." in pages.get(HERE).text("//div[@class='notice wrong']")


def test_while_a_file_is_read_the_page_says_how_far_it_is(pages):
    answer(pages, state="running", file_until=None)
    pages.bus.answers["stocktaking.read_job"] = JOB | {"id": "stocktaking.i1", "title": "Imports entries from a file"}
    shown = pages.get("/en/desk/imports/stocktaking.i1")
    assert "Imports entries from a file: running · 1 / 2" in shown.text("//div[@role='status']")


def test_a_register_of_other_columns_is_confirmed_before_it_is_applied(pages):
    answer(pages, mapping_state="proposed", unread=1)
    shown = pages.get(HERE)
    assert "What they may mean was guessed" in shown.text("//section[@aria-labelledby='mapping']")
    assert f"{HERE}/mapping" in shown.all("//main//a/@href")
    assert not shown.all("//section[@aria-labelledby='apply']")
    assert "Atlantis Countries Not understood: left out. 12" in " ".join(
        shown.text("//section[@aria-labelledby='values']//tbody//*").split()
    )
    answer(pages, mapping_state="confirmed")
    assert pages.get(HERE).all("//section[@aria-labelledby='apply']")


def test_who_tried_a_file_leaves_it_to_another_officer_where_the_installation_asks_so(pages):
    answer(pages, second_officer=True)
    shown = pages.get(HERE)
    assert not shown.all("//section[@aria-labelledby='apply']")
    assert "Another officer applies this file" in shown.text("//main")


def test_a_mapping_is_confirmed_column_by_column_and_value_by_value(pages):
    shown = pages.get(f"{HERE}/mapping")
    assert "Farms" in shown.text("//main")
    assert "Name of the organization" in shown.text("//div[contains(@class,'notice')]"), "what is missing"
    assert "No value tells whether the day or the month comes first." in shown.text("//main")
    assert shown.all("//select[@name='columns.0.field']/option[@selected]/@value") == ["title"]
    done = shown.send(
        0,
        **{
            "columns.2.field": "partners",
            "columns.1.day_order": "month_first",
            "constants.1.value": "Ministry of ICT",
            "values.0.codes.0": "KE",
        },
    )
    [arguments] = pages.sent("start_import_mapping")
    body = arguments["body"]
    assert [(each["column"], each["field"], each["day_order"]) for each in body["columns"]] == [
        ("Project name", "title", None),
        ("Begun", "start_date", "month_first"),
        ("Budget", "partners", None),
    ]
    said = {each["field"]: each["value"] for each in body["constants"] if each["value"]}
    assert said == {"organization.name": "Ministry of ICT", "kind": "project"}
    assert [(each["value"], each["codes"]) for each in body["values"]] == [
        ("Atlantis", ["KE"]),
        ("Ongoin", ["ongoing"]),
    ]
    assert done.status == 200


def test_a_value_that_nobody_chooses_for_stays_not_understood(pages):
    pages.get(f"{HERE}/mapping").send(0)
    [arguments] = pages.sent("start_import_mapping")
    assert {"field": "countries", "value": "Atlantis", "codes": [], "nothing": False} in arguments["body"]["values"]
