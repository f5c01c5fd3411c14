"""The search of the register as clients use it: through the real gateway."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from wsis_shared.mongo import in_transaction

from wsis_stocktaking.register.schemas import Card
from wsis_stocktaking.register.store.register import Publication, Register

AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
COUNTRIES = ("KE", "PS", "NO", "NA", "BR")


@pytest.fixture(scope="module")
def register(database: Any) -> Register:
    from wsis_shared.collection_specs import declare

    from wsis_stocktaking.plugin import plugin

    db = database("stocktaking")
    declare(db, plugin.load("collections"))
    return Register(db)


@pytest.fixture(scope="module")
def publish(register: Register, make_content: Any) -> Any:
    """`publish("a", "b", title=...)`: entries with these ids become public; returns the last sequence."""

    def some(*ids: str, **changes: Any) -> int:
        works = [
            Publication(register.new_entry(entry, "submission", None, AT), make_content(**changes)) for entry in ids
        ]
        return int(in_transaction(lambda: register.publish(works, AT))[-1]["sequence"])

    return some


@pytest.fixture(scope="module")
def http(serve: Any, publish: Any, open_gateway: Any) -> httpx.Client:
    for number, country in enumerate(COUNTRIES):
        publish(*(f"{country}{each}" for each in range(10 + number)), countries=[country])
    publish("ru", title={"ru": "Зелёная <школа>"}, description={"ru": "Обучение"}, original_language="ru")
    serve("stocktaking", wait=False)
    return open_gateway("stocktaking")


def found(http: httpx.Client, **query: Any) -> Any:
    response = http.get("/v1/entries", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def test_page_has_whole_entries_with_counts_and_says_its_state(http: httpx.Client) -> None:
    page = found(http, country="KE,NO", facets="country,sdg", limit=5)
    assert (page["total"], len(page["items"]), page["position"]) == (11 + 12, 5, 61)
    assert {each["code"]: each["count"] for each in page["facets"]["country"]} == {
        "KE": 11,
        "PS": 11,
        "NO": 12,
        "NA": 13,
        "BR": 14,
    }
    assert page["facets"]["sdg"] == [{"code": "2", "count": 23}]
    assert Card().validate(page["items"][0]) == {}
    assert {item["freshness"] for item in page["items"]} == {"red"}  # it is ten years later
    assert set(page["items"][0]) == set(Card().fields)


def test_researchers_filter_sort_and_exclude(http: httpx.Client) -> None:
    all_but = found(http, country="-KE,-NO", limit=1)["total"]
    assert all_but == 61 - 11 - 12
    assert {item["countries"][0] for item in found(http, country="-KE,-NO,BR", limit=100)["items"]} == {"BR"}
    assert found(http, freshness="red", updated_before="2020-01-01", start_after="2014-01-01")["total"] == 61
    assert found(http, freshness="green,unknown")["total"] == 0
    assert found(http, organization="ministry of agriculture", sort="updated", limit=1)["total"] == 61
    page = found(http, sort="title", limit=60)
    assert [item["entry"] for item in found(http, sort="title", limit=60, after=page["next"])["items"]] == ["ru"]
    for query in ({"country": "-XX"}, {"freshness": "blue"}, {"updated_after": "yesterday"}):
        response = http.get("/v1/entries", params=query)
        assert (response.status_code, list(query)[0] in response.text) == (422, True)


def test_entries_are_counted_by_a_facet_as_json_and_csv(http: httpx.Client) -> None:
    query = {"group_by": "country", "country": "-KE", "freshness": "red"}
    page = http.get("/v1/entry-counts", params=query | {"limit": 2}, headers={"Accept-Language": "fr"}).json()
    assert page["items"] == [
        {"code": "BR", "label": "Brésil", "entries": 14},
        {"code": "NA", "label": "Namibie", "entries": 13},
    ]
    assert page["total"] == 61 - 11
    text = http.get("/v1/entry-counts", params=query | {"format": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["code"], row["label"], row["entries"]) for row in rows[:3]] == [
        ("BR", "Brazil", "14"),
        ("NA", "Namibia", "13"),
        ("NO", "Norway", "12"),
    ]
    assert http.get("/v1/entry-counts", params={"group_by": "colour"}).status_code == 422


def test_cursor_leads_through_all_and_belongs_to_its_search(http: httpx.Client) -> None:
    for sort in ("newest", "oldest", "relevance"):
        query: dict[str, Any] = {"q": "digital", "sort": sort, "limit": 7}
        page = found(http, **query)
        seen = [item["entry"] for item in page["items"]]
        while page["next"]:
            page = found(http, **query, after=page["next"])
            seen += [item["entry"] for item in page["items"]]
        assert (len(seen), len(set(seen))) == (60, 60)
    first = found(http, limit=7)["next"]
    for wrong in (first[:-2] + "AA", "x", "AAAA"):
        assert http.get("/v1/entries", params={"limit": 7, "after": wrong}).status_code == 422
    assert http.get("/v1/entries", params={"country": "KE", "after": first}).status_code == 422


def test_highlights_are_safe(http: httpx.Client) -> None:
    page = found(http, q="зеленая школа")
    assert page["highlights"] == {"ru": {"title.ru": "<mark>Зелёная</mark> &lt;<mark>школа</mark>&gt;"}}


def test_fields_are_selected(http: httpx.Client) -> None:
    assert set(found(http, fields="title,freshness", limit=1)["items"][0]) == {"entry", "title", "freshness"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=***", "q"),
        ("q=" + "a+" * 31, "q"),
        ("q=" + "a" * 301, "q"),
        ("q=a%00b", "q"),
        ("q=a%07b", "q"),
        ("q=%ff", ""),
        ("q=a&q=b", "q"),
        ("country=" + ",".join(["NO"] * 61), "country"),
        ("min_sequence=999999", "min_sequence"),
        ("after=%27%3B--", "after"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(http: httpx.Client, query: str, field: str) -> None:
    response = http.get(f"/v1/entries?{query}", headers={"Accept-Language": "fr"})
    assert response.status_code == 422, response.text
    assert [error["field"] for error in response.json().get("errors", [])] == ([field] if field else [])


def test_client_reads_what_it_knows_to_be_published(http: httpx.Client, publish: Any) -> None:
    sequence = publish("late", title={"en": "Lighthouse"})
    page = found(http, q="lighthouse", min_sequence=sequence)
    assert ([item["entry"] for item in page["items"]], page["position"] >= sequence) == (["late"], True)


def test_export_has_all_rows_whatever_the_order(http: httpx.Client) -> None:
    text = http.get("/v1/entries", params={"q": "digital", "format": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len({row["entry"] for row in rows}) == 60
    assert {row["countries"] for row in rows} == set(COUNTRIES)
    assert rows[0]["title.en"] == "Digital farmers"
