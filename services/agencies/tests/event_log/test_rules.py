"""What leaves the suite of an event, and which events a reader gets."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from datetime import timedelta
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import clock
from wsis_shared.facets import FACETS, facets_of
from wsis_shared.plugin import discover

from wsis_agencies.event_log.events import public_types
from wsis_agencies.event_log.rules import log as rules
from wsis_agencies.event_log.rules import news_feed
from wsis_agencies.event_log.rules.filters import matches, unknown_types

FACET = dict(zip(FACETS, ("C1", 3, "africa", "fr"), strict=True))
CHOICES = {
    "action_lines": ["C1", "C2", "C7.e-health"],
    "sdgs": [1, 2, 3],
    "regions": ["africa", "cis"],
    "languages": ["en", "fr"],
    "types": ["a", "b"],
}
NAMES = ["account", "accounts", "line", "items"]
TREES = st.recursive(
    st.sampled_from([None, 7, "text"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
FILTERS = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(values), max_size=2) for name, values in CHOICES.items()}
)
ROWS = st.builds(
    lambda type_, facets: {"type": type_, "facets": facets},
    st.sampled_from(CHOICES["types"]),
    st.fixed_dictionaries(
        {}, optional={name: st.lists(st.sampled_from(CHOICES[name]), min_size=1, max_size=2) for name in FACETS}
    ),
)


def event(data: dict[str, Any]) -> dict[str, Any]:
    """As a service publishes it."""
    return {
        "specversion": "1.0",
        "id": "e1",
        "source": "/wsis/prizes",
        "type": "wsis.prizes.project_submitted.v1",
        "time": "2017-02-01T10:00:00Z",
        "subject": "9b1d",
        "sequence": "7",
        "dataschema": "/x",
        "traceparent": "00-1-1-01",
        "requestid": "r1",
        "data": data,
    }


def keys(value: Any) -> set[str]:
    """All names of fields, at any depth."""
    if isinstance(value, dict):
        return {*value, *(name for item in value.values() for name in keys(item))}
    return {name for item in value for name in keys(item)} if isinstance(value, list) else set()


@given(st.dictionaries(st.sampled_from(NAMES), TREES))
def test_private_fields_stay_inside_at_any_depth(data: dict[str, Any]) -> None:
    row = rules.row_of(event(data), {})
    envelope = rules.public_envelope({**row, "seq": 1})
    assert keys(envelope).isdisjoint({*rules.PRIVATE, "traceparent", "requestid"})


@given(st.dictionaries(st.sampled_from(NAMES), TREES).filter(lambda data: keys(data).isdisjoint(rules.PRIVATE)))
def test_all_other_data_are_unchanged(data: dict[str, Any]) -> None:
    assert rules.row_of(event(data), {})["data"] == data


def test_the_envelope_is_a_cloud_event() -> None:
    row = {**rules.row_of(event({"account": "3f2a", "number": 7}), {}), "seq": 42}
    read = JSONFormat().read(CloudEvent, json.dumps(rules.public_envelope(row)))
    assert (read.get_id(), read.get_source(), read.get_data()) == ("e1", "/wsis/prizes", {"number": 7})
    assert read.get_extension("sequence") == "00000000000000000042"
    emptied = JSONFormat().read(CloudEvent, json.dumps(rules.public_envelope({**row, **rules.TAKEN_DOWN})))
    assert (emptied.get_id(), emptied.get_data()) == ("e1", None)


def test_facets_are_the_values_at_their_paths() -> None:
    data = {"list": [{"line": "C1"}, {"line": "C2"}, {"line": "C1"}], "region": None, "sdgs": [], "language": "fr"}
    paths = {"action_lines": "list.line", "regions": "region", "sdgs": "sdgs", "languages": "language"}
    assert facets_of(data, paths) == {"action_lines": ["C1", "C2"], "languages": ["fr"]}


@pytest.mark.parametrize("key", public_types(discover()), ids=lambda key: key.cloudevents_type)
def test_example_of_every_public_event_has_its_facets_and_is_a_cloud_event(key: Any) -> None:
    declared = public_types(discover())[key]
    envelope = rules.public_example(key.source, key.cloudevents_type, declared.example, clock.now())
    read = JSONFormat().read(CloudEvent, json.dumps(envelope))
    assert read.get_type() == key.cloudevents_type
    assert keys(envelope).isdisjoint(rules.PRIVATE)
    assert facets_of(declared.example, declared.facets).keys() == declared.facets.keys()


@given(ROWS)
def test_no_filter_passes_everything(row: dict[str, Any]) -> None:
    assert matches(row, {})
    assert matches(row, {name: [] for name in CHOICES})


@given(ROWS, FILTERS)
def test_a_filter_is_a_conjunction_of_its_parts(row: dict[str, Any], filters: dict[str, Any]) -> None:
    assert matches(row, filters) == all(matches(row, {name: values}) for name, values in filters.items())


@given(ROWS, FILTERS)
def test_an_event_passes_by_one_of_its_values_or_without_the_facet(row: dict[str, Any], filters: Any) -> None:
    for name in filters.keys() & set(FACETS):
        values = set(row["facets"].get(name, []))
        wanted = set(filters[name])
        assert matches(row, {name: filters[name]}) == (not values or not wanted or bool(values & wanted))


@pytest.mark.parametrize("name", FACETS)
def test_each_facet_selects(name: str) -> None:
    row = {"type": "a", "facets": {name: [FACET[name]]}}
    assert matches(row, {name: [FACET[name], "other"]})
    assert not matches(row, {name: ["other"]})


def test_rows_expire_after_400_days() -> None:
    now = clock.now()
    assert rules.is_expired({"at": now - timedelta(days=400, seconds=1)}, now)
    assert not rules.is_expired({"at": now - timedelta(days=400)}, now)


def test_an_entry_of_the_feed_is_as_old_as_its_event_and_ids_stay() -> None:
    def row(seq: int, data: Any) -> dict[str, Any]:
        return {
            "_id": f"e{seq}",
            "seq": seq,
            "type": "wsis.prizes.nominees_published.v1",
            "data": data,
            "time": f"2017-03-0{seq}T12:00:00Z",
            "facets": {"action_lines": ["C1"]},
        }

    def say(key: str, _language: str, **_: Any) -> str:
        return key if key == "feed" else f"{key}\x01"

    def read(rows: list[dict[str, Any]], url: str) -> Any:
        return ElementTree.fromstring(news_feed.feed_of(rows, "fr", say, url, clock.parse("2017-04-01T00:00:00Z")))

    def texts(found: Any, name: str) -> list[str]:
        return [each.text for each in found.findall(f".//{{*}}{name}")]

    rows = [row(3, {}), row(2, None), row(1, {})]
    feed = read(rows, "https://a.example")
    assert texts(feed, "updated") == [f"2017-03-0{seq}T12:00:00+00:00" for seq in (3, 3, 1)]
    assert texts(feed, "published") == [f"2017-03-0{seq}T12:00:00+00:00" for seq in (3, 1)]
    assert texts(feed, "title") == ["feed", *["prizes.nominees_published\ufffd"] * 2]
    assert texts(feed, "id") == texts(read(rows, "https://b.example"), "id")
    assert len(set(texts(feed, "id"))) == 3
    links = [link.get("href") for link in feed.findall("{*}entry/{*}link")]
    assert links == [f"https://a.example/v1/events?after={seq - 1}&limit=1" for seq in (3, 1)]
    assert [each.get("term") for each in feed.findall(".//{*}category")] == ["C1", "C1"]
    assert texts(read([], "https://a.example"), "updated") == ["2017-04-01T00:00:00+00:00"]


def test_types_that_nobody_publishes_are_named() -> None:
    assert unknown_types({"types": ["a", "c", "b"]}, {"a", "b"}) == ["c"]
    assert unknown_types({"types": []}, {"a"}) == unknown_types({}, {"a"}) == []
