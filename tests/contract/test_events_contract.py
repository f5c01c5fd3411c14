"""Publishers and consumers of events agree, although neither imports the other."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import EXCLUDE, Schema, fields
from wsis_shared.events import EventDependency, EventType
from wsis_shared.facets import FACETS
from wsis_shared.plugin import Plugin, discover

FOUND = discover()
EXPECTED = [(plugin, expected) for plugin in FOUND for expected in plugin.depends_on]
PUBLISHED = [(plugin, event) for plugin in FOUND for event in plugin.publishes]


def _published(expected: EventDependency) -> EventType | None:
    source = FOUND.get(expected.source)
    events = source.publishes if source else ()
    return next((event for event in events if event.key(expected.source) == expected.key), None)


@pytest.mark.parametrize(
    ("plugin", "expected"), EXPECTED, ids=[f"{plugin.name}.{item.method}" for plugin, item in EXPECTED]
)
def test_what_is_expected_is_published(plugin: Plugin, expected: EventDependency) -> None:
    event = _published(expected)
    assert event is not None, f"nobody publishes {expected.source}.{expected.type} v{expected.version}"
    assert set(expected.reads) - set(event.schema().fields) == set()
    assert set(expected.reads) - set(event.example) == set(), "the example shows what others rely on"


@pytest.mark.parametrize("plugin", list(FOUND), ids=[plugin.name for plugin in FOUND])
def test_handlers_read_only_what_the_manifest_says(plugin: Plugin) -> None:
    service = plugin.load("service")
    wrong = [
        f"{item.method} reads {field} of {item.source}.{item.key.routing_key}"
        for item in plugin.depends_on
        for field in set(_reads(inspect.unwrap(getattr(service, item.method)))) - set(item.reads)
    ]
    assert wrong == []


def _reads(method: Any) -> Iterator[str]:
    """The x of each `event["data"]["x"]`, and of `data["x"]` after `data = event["data"]`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    data = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_data(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            inner = node.value
            if _is_data(inner) or (isinstance(inner, ast.Name) and inner.id in data):
                yield node.slice.value


def _is_data(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "event"
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == "data"
    )


@pytest.mark.parametrize(
    ("plugin", "event"), PUBLISHED, ids=[f"{plugin.name}.{event.type}" for plugin, event in PUBLISHED]
)
def test_old_consumer_bears_a_new_publisher(plugin: Plugin, event: EventType) -> None:
    """A newer publisher adds a field: who reads by this schema sees what it saw before."""
    schema = event.schema(unknown=EXCLUDE)
    today = event.schema().dump(event.example)
    assert schema.load({**today, "a_field_of_next_year": {"deep": [1]}}) == schema.load(today)


@pytest.mark.parametrize(
    ("plugin", "event"), PUBLISHED, ids=[f"{plugin.name}.{event.type}" for plugin, event in PUBLISHED]
)
def test_new_consumer_bears_an_old_publisher(plugin: Plugin, event: EventType) -> None:
    """What consumers rely on is required of the publisher; what is optional may be missing and nothing breaks."""
    schema = event.schema()
    relied_on = {
        field
        for other in FOUND
        for item in other.depends_on
        if item.key == event.key(plugin.name)
        for field in item.reads
    }
    required = {name for name, field in schema.fields.items() if field.required}
    assert relied_on - required == set(), "what another service reads must be required here"
    least = {name: value for name, value in schema.dump(event.example).items() if name in required}
    assert schema.validate(least) == {}


PUBLIC = [(plugin, event) for plugin, event in PUBLISHED if event.public]
# Fields that say what an event is about: a public event that has one declares the facet.
TELLING = {
    "action_lines": {"action_line", "action_lines"},
    "sdgs": {"sdg", "sdgs"},
    "regions": {"region", "regions"},
    "languages": {"language", "languages"},
}


def _field_at(schema: Schema, path: list[str]) -> fields.Field | None:
    """The field at a path, through lists and nested schemas."""
    field = schema.fields.get(path[0])
    inner = field.inner if isinstance(field, fields.List) else field
    if len(path) == 1 or not isinstance(inner, fields.Nested):
        return inner if len(path) == 1 else None
    return _field_at(inner.schema, path[1:])


@pytest.mark.parametrize(("plugin", "event"), PUBLIC, ids=[f"{plugin.name}.{event.type}" for plugin, event in PUBLIC])
def test_facets_of_public_events_name_fields_of_the_schema(plugin: Plugin, event: EventType) -> None:
    assert set(event.facets) <= set(FACETS)
    schema = event.schema()
    of_kind = {"sdgs": fields.Integer}
    for facet, path in event.facets.items():
        field = _field_at(schema, path.split("."))
        assert isinstance(field, of_kind.get(facet, fields.String)), f"{facet}: {path}"
        assert path.split(".")[0] not in {"account", "accounts"}
    missing = {facet for facet, names in TELLING.items() if names & set(schema.fields)} - set(event.facets)
    assert missing == set(), "agencies select by these fields"


def test_internal_events_declare_no_facets() -> None:
    assert [event.type for _, event in PUBLISHED if event.facets and not event.public] == []
