"""Lists as files: what a client gets, who may, what is recorded, and what it costs the gateway."""

import csv
import importlib
import io
import json
import time
from dataclasses import replace
from xml.etree import ElementTree

import httpx
import openpyxl
import pytest
from wsis_shared.exports import ExportFormat
from wsis_testkit import wait_for

from wsis_gateway import routing
from wsis_gateway.export_columns import Column
from wsis_gateway.export_formats import Csv, Table

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSONL = "application/jsonl"


@pytest.fixture(scope="module")
def officer(signed_in):
    return signed_in("officer")


def read_csv(content):
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its mark"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.active.iter_rows()], book


def test_csv_has_all_rows_typed_columns_and_inert_formulas(http, officer):
    response = http.get("/v1/rows?format=csv&rows=1200", headers=officer)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    name = f'attachment; filename="rows-{time.strftime("%Y-%m-%d", time.gmtime())}.csv"'
    assert response.headers["content-disposition"] == name
    rows = read_csv(response.content)
    assert rows[0] == [
        "number",
        "code",
        "title.en",
        "title.fr",
        "title.pt",
        "title.es",
        "title.zh",
        "title.ar",
        "title.ru",
        "owner.name",
        "owner.age",
        "tags",
        "parts",
        "text",
        "score",
        "open",
        "at",
        "data",
    ]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1200)]
    assert rows[2] == [
        "1",
        "8.10",
        "Title 1",
        "'=1+1",
        "",
        "",
        "",
        "",
        "",
        "Åse",
        "7",
        "NO; 8.10",
        '{"name": "x", "age": null}',
        "'=HYPERLINK(1)",
        "-1.5",
        "true",
        "2017-02-15T21:59:59Z",
        '{"a": [1]}',
    ]
    assert rows[1][9:11] == ["", ""]
    assert response.content.count(b"\r\n") == 1201
    assert b"must not leave" not in response.content


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_sign_begins_a_formula_in_csv(sign):
    writer = Csv(Table([Column(("text",))], None))
    assert read_csv(writer.write([{"text": f"{sign}1+1"}]))[1] == [f"'{sign}1+1"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝"])
@pytest.mark.parametrize("end", [";", "\n", "\r\n", "\t", "; ", ";\n\t"])
def test_no_text_becomes_a_formula_where_another_sign_separates_cells(end, sign, delimiter):
    """As where commas are for decimals: `Radio;=1+1` opens as two cells, the second a formula."""
    writer = Csv(Table([Column(("text",))], None))
    written = writer.write([{"text": f"Radio{end}{sign}1+1{end}x"}, {"text": f'say "{end}{sign}2'}])
    for row in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=delimiter):
        assert not [cell for cell in row if cell.strip().startswith(sign)], row


def test_lists_and_sentences_stay_as_they_are_in_csv():
    writer = Csv(Table([Column(("text",))], None))
    text = "Two things: a-b;\n- the first;\n- the second; and a=b"
    assert read_csv(writer.write([{"text": text}]))[1] == [text]


def test_xlsx_opens_with_text_as_text_and_numbers_as_numbers(http, officer):
    response = http.get("/v1/rows?format=xlsx&rows=1200", headers=officer)
    assert response.headers["content-type"] == XLSX
    rows, book = read_xlsx(response.content)
    assert len(book.worksheets) == 1
    assert [cell.value for cell in rows[0]][:4] == ["number", "code", "title.en", "title.fr"]
    assert [row[0].value for row in rows[1:]] == list(range(1200))
    row = {head.value: cell for head, cell in zip(rows[0], rows[2], strict=True)}
    kinds = {name: cell.data_type for name, cell in row.items() if cell.value is not None}
    assert kinds == {
        "number": "n",
        "code": "s",
        "title.en": "s",
        "title.fr": "s",
        "owner.name": "s",
        "owner.age": "n",
        "tags": "s",
        "parts": "s",
        "text": "s",
        "score": "n",
        "open": "b",
        "at": "s",
        "data": "s",
    }
    assert (row["code"].value, row["text"].value, row["score"].value) == ("8.10", "=HYPERLINK(1)", -1.5)
    assert all(cell.hyperlink is None for cell in row.values())


def test_a_page_above_the_limit_of_the_broker_is_halved(http, officer):
    page = http.get("/v1/rows?rows=100&size=30000&limit=100", headers=officer)
    assert (page.status_code, page.json()["code"]) == (422, "suite.message_too_large")
    rows = read_csv(http.get("/v1/rows?format=csv&rows=120&size=30000", headers=officer).content)
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(120)]
    assert http.get("/v1/rows?format=csv&rows=1&size=3000000", headers=officer).status_code == 422


def test_json_lines_are_the_items_of_the_list(http, officer):
    response = http.get("/v1/rows?format=jsonl&rows=700", headers=officer)
    assert response.headers["content-type"] == JSONL
    items = [json.loads(line) for line in response.text.splitlines()]
    assert items == http.get("/v1/rows?rows=700&limit=100", headers=officer).json()["items"] + items[100:]
    assert [item["number"] for item in items] == list(range(700))


@pytest.mark.parametrize("count", [0, 1, 40])
def test_page_that_is_json_already_is_the_same_list(http, officer, count):
    made = http.get(f"/v1/rows?rows={count}&limit=100", headers=officer).json()
    response = http.get(f"/v1/json-rows?rows={count}&limit=100")
    assert response.json() == made
    assert " " in response.text.partition('"text"')[0] or not count  # as the service wrote it
    assert (
        http.get(f"/v1/json-rows?rows={count}&format=csv").content
        == http.get(f"/v1/rows?rows={count}&format=csv", headers=officer).content
    )


@pytest.mark.parametrize("count", [0, 1, 700])
def test_json_array_has_the_items_of_the_list(http, officer, count):
    response = http.get(f"/v1/rows?format=json-array&rows={count}", headers=officer)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-disposition"].endswith('.json"')
    lines = http.get(f"/v1/rows?format=jsonl&rows={count}", headers=officer).text.splitlines()
    assert response.json() == [json.loads(line) for line in lines]
    assert len(lines) == count


def test_the_document_tells_of_a_page_and_of_an_array(http):
    described = http.get("/openapi.json").json()["paths"]["/v1/rows"]["get"]["responses"]["200"]
    page, array = described["content"]["application/json"]["schema"]["anyOf"]
    assert page["$ref"].startswith("#/components/schemas/")
    assert array == {"type": "array", "items": {"type": "object"}}


def test_titles_stand_behind_the_column_of_their_codes_in_the_language_asked_for(http, officer):
    head, row = read_csv(http.get("/v1/me/rows?format=csv&rows=1&lang=fr", headers=officer).content)
    assert head[:3] == ["number", "code", "code.label"]
    assert head[head.index("owner.name") :][:2] == ["owner.name", "owner.name.label"]
    assert row[:3] == ["0", "8.10", "Code in fr; 8.10"]
    spanish = {**officer, "Accept-Language": "es"}
    cells, _ = read_xlsx(http.get("/v1/me/rows?format=xlsx&rows=1", headers=spanish).content)
    assert [cell.value for cell in cells[1]][:3] == [0, "8.10", "Code in es; 8.10"]
    plain = http.get("/v1/me/rows?format=jsonl&rows=1", headers=officer).json()
    assert plain == http.get("/v1/me/rows?rows=1", headers=officer).json()["items"][0]
    for format in ("jsonl", "json-array"):
        content = http.get(f"/v1/me/rows?format={format}&rows=1&lang=ar", headers=officer).text.strip("[]\n")
        assert json.loads(content) == {**plain, "labels": {"code": ["Code in ar", "8.10"]}}
    wrong = http.get("/v1/me/rows?format=csv&lang=xx", headers=officer)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "lang")


def test_a_file_names_the_terms_under_which_it_may_be_used(http, officer, environment):
    response = http.get("/v1/me/rows?format=csv&rows=1", headers=officer)
    public = environment["WSIS_PUBLIC_URL"]
    for link in (f"<{public}/v1/about>; rel=describedby", "<https://licence.example/4.0/>; rel=license"):
        assert link in response.headers["link"]
    head, row = read_csv(response.content)
    assert (head[-1], row[-1]) == ("licence", "https://licence.example/4.0/")
    xlsx = http.get("/v1/me/rows?format=xlsx&rows=1&lang=zh", headers=officer).content
    rows, about = openpyxl.load_workbook(io.BytesIO(xlsx)).worksheets
    assert "licence" not in [cell.value for cell in next(rows.iter_rows())]
    assert about.title == "About (zh)"
    said = [[cell.value for cell in row] for row in about.iter_rows()]
    assert said == [
        ["Licence", "https://licence.example/4.0/"],
        ["Address", f"{public}/v1/me/rows?rows=1&lang=zh"],
        ["Rights", "=1+1"],
    ]
    assert {cell.data_type for row in about.iter_rows() for cell in row} == {"s"}
    assert "link" not in http.get("/v1/rows?format=csv&rows=1", headers=officer).headers


@pytest.mark.parametrize("asked", [{"format": "rows-xml"}, {}])
def test_a_service_declares_formats_of_its_own(http, officer, environment, asked):
    headers = {**officer, "Accept-Language": "fr"} | ({} if asked else {"Accept": "application/xml"})
    response = http.get("/v1/rows", params={"rows": 501, "size": 3, **asked}, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/xml")
    assert response.headers["content-disposition"].endswith('.xml"')
    root = ElementTree.fromstring(response.content)
    assert [row.get("n") for row in root] == [str(number) for number in range(501)]
    year, public = time.strftime("%Y", time.gmtime()), environment["WSIS_PUBLIC_URL"]
    assert root.attrib == {"of": f"{public}/v1/rows?rows=501&size=3", "at": year, "lang": "fr"}


def test_a_format_belongs_to_its_list(http, officer):
    response = http.get("/v1/me/rows?format=rows-xml", headers=officer)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "format")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (ExportFormat("csv", "text/x", "wsis_sample.formats:Xml"), ValueError),
        (ExportFormat("json", "text/x", "wsis_sample.formats:Xml"), ValueError),
        (ExportFormat("x", "text/csv", "wsis_sample.formats:Xml"), ValueError),
        (ExportFormat("x", "text/x", "wsis_sample.formats:Missing"), AttributeError),
        (ExportFormat("x", "text/x", "wsis_sample.missing:Xml"), ImportError),
    ],
)
def test_a_format_that_cannot_be_served_is_found_at_the_start(sample_installed, given, error):
    plugin = importlib.import_module("wsis_sample.plugin").plugin
    route = replace(next(route for route in plugin.routes if route.export), export_formats=(given,))
    with pytest.raises(error):
        routing.operation("sample", route)


def test_the_format_is_negotiated(http, officer):
    def media(url="/v1/rows", accept=None):
        headers = {**officer, **({"Accept": accept} if accept else {})}
        return http.get(url, headers=headers).headers["content-type"].partition(";")[0]

    assert media(accept=CSV) == CSV
    assert media(accept=f"{XLSX}, application/json;q=0.5") == XLSX
    assert media(accept="image/png, */*;q=0.8") == "application/json"
    assert media(accept="text/html, */*;q=0.8") == "text/html", "browsers get a page"
    assert media(accept=CSV, url="/v1/rows?format=json") == "application/json"
    assert media(accept=CSV, url="/v1/notes") == "application/json", "not every list is exported"
    # A cached list has one representation for each URL.
    assert media("/v1/public-rows", CSV) == "application/json"
    assert media("/v1/public-rows?format=csv") == CSV


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("format=ods", "format"),
        ("format=csv&limit=5", "limit"),
        ("format=csv&after=", "after"),
        ("format=csv&nothing=1", "nothing"),
    ],
)
def test_wrong_parameters_are_named(http, officer, query, field):
    response = http.get(f"/v1/rows?{query}", headers=officer)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_an_export_needs_the_permission_of_its_list(http, signed_in):
    assert http.get("/v1/rows?format=csv").status_code == 401
    assert http.get("/v1/rows?format=csv", headers=signed_in()).status_code == 403


def test_exports_have_the_rate_class_heavy(run_gateway, sample, signed_in):
    http, headers = run_gateway(WSIS_LIMIT_HEAVY="1/hour").http, signed_in("officer", sub="greedy")
    assert http.get("/v1/rows?format=csv", headers=headers).status_code == 200
    assert http.get("/v1/rows", headers=headers).status_code == 200
    refused = http.get("/v1/rows?format=xlsx", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "gateway.too_many_requests")


@pytest.mark.parametrize("trouble", ["broken_at=800", "silent_at=800"])
@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_a_file_that_is_not_whole_is_seen_to_be_so(http, officer, name, trouble):
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        http.get(f"/v1/rows?format={name}&rows=2000&{trouble}", headers=officer)


@pytest.mark.parametrize(("trouble", "status"), [("broken_at=800", 500), ("silent_at=800", 503)])
def test_a_workbook_that_cannot_be_made_is_a_problem(http, officer, trouble, status):
    response = http.get(f"/v1/rows?format=xlsx&rows=2000&{trouble}", headers=officer)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert "content-disposition" not in response.headers


def test_what_fails_before_the_first_row_is_a_problem(http, officer):
    response = http.get("/v1/rows?format=csv&broken_at=0", headers=officer)
    assert (response.status_code, response.json()["code"]) == (500, "suite.internal_error")


def test_exports_by_staff_are_audited_and_ones_own_data_are_not(http, signed_in, published):
    seen = published("sample")
    auditor = signed_in("officer", sub="auditor")
    assert http.get("/v1/me/rows?format=csv", headers=auditor).status_code == 200
    assert http.get("/v1/public-rows?format=csv", headers=auditor).status_code == 200
    assert http.get("/v1/rows", headers=auditor).status_code == 200
    assert http.get("/v1/rows?format=csv&rows=2&size=5", headers=auditor).status_code == 200
    entries = [event["data"] for event in seen.wait("action_taken") if event["data"]["actor"] == "auditor"]
    assert [(entry["action"], entry["object"], entry["after"]) for entry in entries] == [
        ("sample.exported", "rows", {"format": "csv", "filters": ["rows", "size"]})
    ]


def test_each_page_of_a_list_of_people_is_audited_and_an_export_once(http, signed_in, published):
    seen = published("sample")
    reader = signed_in("officer", sub="reader")
    first = http.get("/v1/people?rows=4&limit=2", headers=reader).json()
    assert http.get(f"/v1/people?rows=4&limit=2&after={first['next']}", headers=reader).status_code == 200
    assert http.get("/v1/people?format=csv&rows=2", headers=reader).status_code == 200
    assert http.get("/v1/people", headers=signed_in()).status_code == 403

    def entries():
        told = sorted(seen.of("action_taken"), key=lambda event: event["time"])  # a relay may tell of two at once
        return [event["data"] for event in told if event["data"]["actor"] == "reader"]

    wait_for(lambda: len(entries()) >= 3)
    page = ("sample.list_read", "people", {"filters": ["rows", "size"]})
    told = [(entry["action"], entry["object"], entry["after"]) for entry in entries()]
    export = ("sample.exported", "people", {"format": "csv", "filters": ["rows", "size"]})
    assert sorted(told, key=str) == [export, page, page]  # events of three documents come in any order


def test_head_has_no_rows(http, officer):
    response = http.head("/v1/rows?format=xlsx", headers=officer)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == XLSX


def test_openapi_documents_the_formats(http):
    document = http.get("/openapi.json").json()

    def operation(path):
        described = document["paths"][path]["get"]
        names = [item.get("name") or item["$ref"].rpartition("/")[2] for item in described["parameters"]]
        return set(described["responses"]["200"]["content"]), names

    content, parameters = operation("/v1/rows")
    assert content == {"application/json", CSV, XLSX, JSONL, "application/xml"}
    assert "format" in parameters
    formats = [item for item in document["paths"]["/v1/rows"]["get"]["parameters"] if item.get("name") == "format"]
    known = ["json", "csv", "xlsx", "jsonl", "json-array"]
    assert formats[0]["schema"]["enum"] == [*known, "rows-xml"]
    assert document["components"]["parameters"]["format"]["schema"]["enum"] == known
    assert operation("/v1/me/rows")[0] == {"application/json", CSV, XLSX, JSONL}
    assert "format" not in operation("/v1/notes")[1]
