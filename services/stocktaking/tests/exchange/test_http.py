"""Exchange and analysis as clients use them: through the real gateway."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import openpyxl
import pytest
from rdflib import DCTERMS, Graph, Literal, Namespace, URIRef
from wsis_shared.collection_specs import declare
from wsis_shared.mongo import in_transaction

from wsis_stocktaking.plugin import plugin
from wsis_stocktaking.register.store.register import Publication, Register

AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
COUNT = 501  # one more than a page of an export
DCAT = Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture(scope="module")
def http(database: Any, serve: Any, make_content: Callable[..., Any], open_gateway: Any) -> httpx.Client:
    db = database("stocktaking")
    declare(db, plugin.load("collections"))
    register = Register(db)
    works = [
        Publication(
            register.new_entry(f"e{number}", "submission", None, AT),
            make_content(title={"en": f"=Entry {number} </script>"}, countries=["KE" if number % 2 else "NO"]),
        )
        for number in range(COUNT)
    ]
    in_transaction(lambda: register.publish(works, AT))
    serve("stocktaking", wait=False)
    return open_gateway("stocktaking")


def test_the_register_leaves_as_linked_data(http: httpx.Client, environment: dict[str, str]) -> None:
    response = http.get("/v1/entries?format=jsonld")
    assert response.headers["content-type"] == "application/ld+json"
    assert "</script>" not in response.text
    graph = Graph().parse(data=response.content, format="json-ld")
    assert len(set(graph.objects(None, DCAT.record))) == COUNT
    entry = URIRef(f"{environment['WSIS_PUBLIC_URL']}/v1/entries/e500")
    assert graph.value(entry, DCTERMS.title) == Literal("=Entry 500 </script>", lang="en")
    assert len(http.get("/v1/entries?format=json-array").json()) == COUNT


def test_the_register_leaves_with_titles_beside_its_codes(http: httpx.Client) -> None:
    table = list(csv.DictReader(io.StringIO(http.get("/v1/entries?format=csv&lang=fr").content.decode("utf-8-sig"))))
    codes, said = (
        [{row[f"{column}{label}"] for row in table} for column in ("countries", "sdgs", "organization.type")]
        for label in ("", ".label")
    )
    assert codes == [{"KE", "NO"}, {"2"}, {"government"}]
    assert said == [{"Kenya", "Norvège"}, {"2 · Faim « zéro »"}, {"Gouvernement"}]
    assert table[0]["action_lines.label"].startswith("C7 · ")
    content = http.get("/v1/entries?format=xlsx", headers={"Accept-Language": "ar"}).content
    sheet, about = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    head, row = ([cell.value for cell in cells] for cells in sheet.iter_rows(max_row=2))
    assert (row[head.index("countries")], row[head.index("countries.label")]) == ("NO", "النّرويج")
    stated = {label.value: text.value for label, text in about.iter_rows()}
    assert stated["للاتصال"].endswith("/contact")
    assert "الاتحاد" in stated["إخلاء المسؤولية"]
    line = next(http.get("/v1/entry-changes?format=jsonl&lang=zh").iter_lines())
    assert json.loads(line)["labels"]["card.countries"] == ["挪威"]


def test_changes_are_pages_and_exports(http: httpx.Client) -> None:
    page = http.get("/v1/entry-changes", params={"after": 499, "action_line": "C7.e-agriculture"}).json()
    assert [row["sequence"] for row in page["items"]] == [500, 501]
    assert (page["next"], page["position"], page["reached"]) == (None, 501, 501)
    table = list(csv.DictReader(io.StringIO(http.get("/v1/entry-changes?format=csv").content.decode("utf-8-sig"))))
    assert [int(row["sequence"]) for row in table] == list(range(1, COUNT + 1))
    assert table[0]["card.title.en"] == "'=Entry 0 </script>"
    both = http.get("/v1/entry-changes", params={"after": 1, "since": "2016-07-01T00:00:00Z"})
    assert (both.status_code, both.json()["errors"][0]["field"]) == (422, "since")
    for wrong in ({"after": -1}, {"since": "yesterday"}, {"action_line": "C7"}, {"limit": 201}):
        assert http.get("/v1/entry-changes", params=wrong).status_code == 422, wrong


def test_changes_can_be_followed(http: httpx.Client) -> None:
    headers = {"Accept": "text/event-stream"}
    with http.stream("GET", "/v1/entry-changes?after=500", headers=headers) as response:
        lines = response.iter_lines()
        assert next(line for line in lines if line.startswith("id:")) == "id: 501"
        assert '"entry":"e500"' in next(line for line in lines if line.startswith("data:"))


def test_linked_data_of_one_entry_and_of_the_catalogue(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    for path in ("/v1/entries", "/v1/entry-catalogue"):  # JSON, which clients decode, not a string
        described = paths[path]["get"]["responses"]["200"]["content"]["application/ld+json"]
        assert described == {"schema": {"type": "object"}}
    for path in ("/v1/entries/e1/linked-data", "/v1/entry-catalogue"):
        response = http.get(path)
        assert response.headers["content-type"].startswith("application/ld+json")
        assert len(Graph().parse(data=response.text, format="json-ld")) > 20
    assert http.get("/v1/entries/none/linked-data").status_code == 404
    snapshots = http.get("/v1/entry-snapshots").json()
    assert snapshots["items"] == []
    assert snapshots["described_by"].endswith("/v1/entry-catalogue")
    assert snapshots["contact"].endswith("/contact")
    assert snapshots["rights"]
    assert http.post("/v1/entry-snapshots").status_code == 401


def drawn(http: httpx.Client, what: str, query: dict[str, str]) -> httpx.Response:
    """The response, also if a busy machine needs more than the 10 s of a request to load the library once."""
    for _ in range(4):
        response = http.get(f"/v1/entry-crosstab/{what}", params=query)
        if response.status_code != 503:
            break
    return response


def test_crosstab_leaves_as_json_files_and_charts(http: httpx.Client) -> None:
    query = {"rows": "country", "columns": "kind"}
    found = http.get("/v1/entry-crosstab", params=query, headers={"Accept-Language": "es"}).json()
    assert [(row["label"], row["total"]) for row in found["rows"]] == [("Kenia", 250), ("Noruega", 251)]
    counted = http.get("/v1/entry-crosstab").json()
    assert (counted["row_facet"], counted["column_facet"]) == ("region", "year")
    book = openpyxl.load_workbook(
        io.BytesIO(http.get("/v1/entry-crosstab/cells", params={**query, "format": "xlsx"}).content)
    )
    assert len(book.worksheets) == 2, "the figures, and the terms under which they may be used"
    assert [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()][1:] == [
        ["KE", "Kenya", "project", "Project", 250],
        ["NO", "Norway", "project", "Project", 251],
    ]
    table = http.get("/v1/entry-crosstab/table", params=query)
    assert table.headers["content-disposition"].startswith('attachment; filename="entries-country-kind.csv"')
    svg = drawn(http, "chart", {**query, "lang": "ar"})
    assert svg.headers["content-type"] == "image/svg+xml; charset=utf-8", svg.text
    assert svg.text.startswith("<svg")
    png = drawn(http, "chart-file", query)
    assert (png.headers["content-type"], png.content[:4]) == ("image/png", b"\x89PNG")
