"""Cross-tabulations: figures, labels, the past, and charts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest
from wsis_shared.blobs import store as blob_store
from wsis_shared.collection_specs import declare
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused, wait_for

from wsis_stocktaking.analysis.rules import Counting, largest, table
from wsis_stocktaking.analysis.use_cases import OWN_CHARTS
from wsis_stocktaking.charts import MAX_WAITING
from wsis_stocktaking.plugin import plugin
from wsis_stocktaking.register.rules.cards import FACETS, card
from wsis_stocktaking.register.rules.codes import title_of
from wsis_stocktaking.register.store.register import Publication, Register

AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(days=10)


def lines(*codes: str) -> list[dict[str, Any]]:
    return [{"line": code, "sub_themes": []} for code in codes]


@pytest.fixture(scope="module")
def register(database: Any) -> Register:
    db = database("stocktaking")
    declare(db, plugin.load("collections"))
    return Register(db)


@pytest.fixture(scope="module")
def analysis(register: Register, serve: Any, make_content: Callable[..., Any]) -> Any:
    """Four entries: in Kenya for goal 2; in Kenya and Norway for 2 and 9; in Norway for 9; a conference later in Kenya
    for goal 2, by which the first one has become one for goal 9."""

    def publish(entry: dict[str, Any], at: datetime, **changes: Any) -> dict[str, Any]:
        content = make_content(targets=[], **changes)
        return in_transaction(lambda: register.publish([Publication(entry, content)], at))[0]

    def new(name: str) -> dict[str, Any]:
        return register.new_entry(name, "submission", None, AT)

    first = publish(new("a"), AT, sdgs=[2], countries=["KE"])
    publish(new("b"), AT, sdgs=[2, 9], countries=["KE", "NO"], action_lines=lines("C2", "C7.e-agriculture"))
    publish(new("c"), AT, sdgs=[9], countries=["NO"], title={"en": "Fjord cables"})
    publish(first, LATER, sdgs=[9], countries=["KE"])
    publish(new("d"), LATER, sdgs=[2], countries=["KE"], kind="conference")
    return serve("stocktaking")


def read(analysis: Any, method: str = "read_crosstab", locale: str = "en", **query: Any) -> Any:
    return analysis.call(method, context={"locale": locale}, **{"rows": "sdg", "columns": "country", **query})


def figures(found: dict[str, Any]) -> dict[str, Any]:
    columns = [column["code"] for column in found["columns"]]
    return {
        row["code"]: dict(zip(columns, values, strict=True))
        for row, values in zip(found["rows"], found["values"], strict=True)
    }


def test_cells_and_totals_count_entries(analysis: Any) -> None:
    found = read(analysis)
    assert figures(found) == {"2": {"KE": 2, "NO": 1}, "9": {"KE": 2, "NO": 2}}
    assert [(row["code"], row["total"]) for row in found["rows"]] == [("2", 2), ("9", 3)]
    assert [(row["label"], row["total"]) for row in found["columns"]] == [("Kenya", 3), ("Norway", 2)]
    assert (found["total"], found["position"]) == (4, 5)


def test_labels_are_in_the_readers_language_and_in_the_order_of_people(analysis: Any) -> None:
    found = read(analysis, locale="fr", rows="action_line")
    assert [row["code"] for row in found["rows"]] == ["C2", "C7.e-agriculture"]
    assert [column["label"] for column in found["columns"]] == ["Kenya", "Norvège"]


def test_filters_narrow_and_a_facet_that_is_filtered_has_its_codes_alone(analysis: Any) -> None:
    found = read(analysis, country=["NO"], sdg=["9"])
    assert (figures(found), found["total"]) == ({"9": {"NO": 2}}, 2)
    assert figures(read(analysis, q="fjord")) == {"9": {"NO": 1}}
    assert read(analysis, country=["BR"])["values"] == []


def test_the_register_of_a_past_moment(analysis: Any) -> None:
    past = {"as_of": AT + timedelta(days=1)}
    found = read(analysis, **past)
    assert figures(found) == {"2": {"KE": 2, "NO": 1}, "9": {"KE": 1, "NO": 2}}
    assert (found["total"], found["position"], found["as_of"]) == (3, 3, "2016-07-02T12:00:00Z")
    assert read(analysis, as_of=AT - timedelta(days=1))["total"] == 0
    now = read(analysis, as_of=LATER)
    for query in ({}, {"country": ["KE"]}, {"sdg": ["9"]}, {"kind": ["conference"], "rows": "year"}):
        both = [read(analysis, **query), read(analysis, as_of=LATER, **query)]
        assert [{**each, "as_of": 0} for each in both][0] == {**both[1], "as_of": 0}, query
    assert now["total"] == 4


def test_the_register_at_a_sequence_and_what_was_submitted_in_a_period(analysis: Any) -> None:
    at = read(analysis, sequence=3)
    assert {**at, "as_of": 0} == {**read(analysis, as_of=AT), "as_of": 0}
    assert (read(analysis, sequence=0)["total"], at["as_of"]) == (0, "2016-07-01T12:00:00Z")
    assert figures(read(analysis, submitted_from="2016-07-02")) == {"2": {"KE": 1}, "9": {"KE": 1}}
    assert figures(read(analysis, submitted_to="2016-07-01", sequence=4)) == {
        "2": {"KE": 1, "NO": 1},
        "9": {"KE": 2, "NO": 2},
    }
    assert read(analysis, submitted_from="2016-07-11", sequence=4)["total"] == 1
    assert read(analysis, submitted_from="2016-07-12")["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"columns": "sdg"}, "columns"),
        ({"as_of": AT, "q": "fjord"}, "as_of"),
        ({"submitted_to": "2016-07-01", "q": "fjord"}, "submitted_to"),
        ({"sequence": 10**6}, "sequence"),
        ({"as_of": datetime(2999, 1, 1, tzinfo=UTC)}, "as_of"),
    ],
)
def test_what_is_not_possible_is_named(analysis: Any, query: dict[str, Any], field: str) -> None:
    with refused("stocktaking.crosstab_invalid") as refusal:
        read(analysis, **query)
    assert list(refusal.value.fields) == [field]


def test_cells_are_a_list_with_pages(analysis: Any) -> None:
    first = analysis.call("list_crosstab_cells", rows="sdg", columns="country", limit=3)
    rest = analysis.call("list_crosstab_cells", rows="sdg", columns="country", limit=3, after=first["next"])
    told = [(cell["row"], cell["column"], cell["entries"]) for cell in first["items"] + rest["items"]]
    assert told == [("2", "KE", 2), ("2", "NO", 1), ("9", "KE", 2), ("9", "NO", 2)]
    assert rest["next"] is None


def test_table_has_one_row_per_code(analysis: Any) -> None:
    found = read(analysis, "read_crosstab_table")
    rows = list(csv.reader(io.StringIO(found["text"].removeprefix("\ufeff"), newline="")))
    assert rows == [
        ["sdg", "", "KE", "NO", ""],
        ["", "", "Kenya", "Norway", "Total"],
        ["2", "Zero hunger", "2", "1", "2"],
        ["9", "Industry, innovation and infrastructure", "2", "2", "3"],
        ["", "Total", "3", "2", "4"],
    ]


def test_charts_say_what_they_show_and_what_query_made_them(analysis: Any) -> None:
    svg = read(analysis, "draw_crosstab", rows="country", columns="sdg", kind=["project", "conference"])["text"]
    root = ElementTree.fromstring(svg)
    texts = {each.tag.rpartition("}")[2]: each.text for each in list(root)[:2]}
    assert texts["title"] == "Entries: Country by Sustainable Development Goal"
    assert texts["desc"].startswith("The largest figure of each row: ")
    bars = read(analysis, "draw_crosstab", rows="region", columns="kind", form="stacked_bars", locale="ar")["text"]
    assert 'role="img"' in bars
    with refused("stocktaking.chart_empty"):
        read(analysis, "draw_crosstab", country=["BR"])


def test_png_is_a_file_that_is_drawn_once(analysis: Any) -> None:
    found = read(analysis, "draw_crosstab_file")
    content = b"".join(blob_store.of("stocktaking").open(found["blob"]))
    assert content.startswith(b"\x89PNG")
    assert read(analysis, "draw_crosstab_file") == found
    assert read(analysis, "draw_crosstab_file", locale="ar") != found


def test_charts_of_a_network_leave_places_to_others(analysis: Any) -> None:
    def draw(network: str, country: str) -> str:
        try:
            analysis.call(
                "draw_crosstab", context={"network": network}, rows="country", columns="sdg", country=[country]
            )
        except Unavailable as refusal:
            return refusal.code
        return "drawn"

    assert draw("192.0.2.0/24", "KE") == "drawn"
    [child] = psutil.Process(analysis.process.pid).children()
    child.suspend()  # what draws takes its time
    try:
        with ThreadPoolExecutor(MAX_WAITING + 1) as pool:
            sent = [pool.submit(draw, "192.0.2.0/24", "KE") for _ in range(MAX_WAITING)]
            wait_for(lambda: sum(each.done() for each in sent) == MAX_WAITING - OWN_CHARTS, 8, "the others' refusal")
            other = pool.submit(draw, "198.51.100.0/24", "NO")
            child.resume()
            assert other.result() == "drawn"
    finally:
        child.resume()
    answers = [each.result() for each in sent]
    assert answers.count("stocktaking.chart_unavailable") == MAX_WAITING - OWN_CHARTS
    assert answers.count("drawn") == OWN_CHARTS


def test_every_facet_can_be_counted_and_named_in_seven_languages(make_content: Callable[..., Any]) -> None:
    content = make_content(
        action_lines=[{"line": "C1", "sub_themes": ["partnerships"]}], regions=["africa"], end_date="2016-01-01"
    )
    entry = {
        "_id": "a",
        "revision": 1,
        "sequence": 1,
        "content": content,
        "published_at": AT,
        "revised_at": AT,
        "prize": {"status": "winner", "edition": "2016"},
    }
    for facet in FACETS:
        counting = Counting(facet, "kind", {}, year=2016)
        counting.add([card(entry)])
        for language in ("en", "fr", "pt", "es", "zh", "ar", "ru"):
            found = table(counting.counts(), facet, "kind", {}, language)
            assert all(row["label"] and row["total"] == 1 for row in found["rows"]), facet
            assert found["rows"], facet
    assert title_of("sub_theme", "C1.partnerships", "en") == "Partnerships"


def test_a_chart_has_the_largest_rows_in_their_order() -> None:
    heads = [{"code": str(number), "total": total} for number, total in enumerate([5, 1, 9])]
    cut = largest({"rows": heads, "columns": heads[:2], "values": [[1, 2], [3, 4], [5, 6]]}, 2, 1)
    assert ([row["code"] for row in cut["rows"]], cut["values"]) == (["0", "2"], [[1], [5]])
