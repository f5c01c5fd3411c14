"""What no client should send is refused by every body and query that has a field of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from marshmallow import Schema, ValidationError, fields, validate

SECRET = {"key", "token", "secret", "password"}
MAILED = ("/v1/unsubscriptions/", "/v1/newsletter/", "/v1/saved-searches/{search}/unsubscription/")
CALENDAR = "/v1/consultations/{edition}/programme/own-calendars/{token}"
CODES = ["x" * 65, "a b", "a\n", "\x00", {"$ne": ""}, 12]
DECEIVING = [
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "https://",
    "https://a.example/ b",
    "https://a.example/x\r\nX: y",
    "https://a.example/x\n",
    "https://a.example/\u202egpj.exe",
    "https://x\u202e.example",
    "https://a.example/<b>",
    'https://a.example/"><b>',
    "https://a.example@evil.example/",
    "https://a.example\\@evil.example",
    "https://a.example/" + "x" * 2000,
]
WRONG: dict[str, list[Any]] = {  # class of a field -> what is none of it
    "ActionLine": ["C7", "C12", "c1", ""],
    "Boolean": ["perhaps", 2, [True]],
    "Country": ["XX", "ZZ", "no", "rw", "NOR"],
    "Day": ["2014-3-1", "2017-02-30", "12 June", 2017],
    "Email": ["amina", "a@b\r\nBcc: x@y.z", "a" * 250 + "@x.org", "\ud800@x.org"],
    "Id": CODES,
    "Integer": [1.5, 2**63, -(2**63) - 1, True, "x", [1]],
    "Locale": ["de", "EN", ""],
    "Localised": [{"de": "Tagung"}, {"en": "a\x00b"}, {"en": "x" * 100_000}, "Tagung"],
    "Region": ["atlantis", "africa ", ""],
    "Sdg": [0, 18, 1.5, True],
    "SdgTarget": ["3.99", "8.1 ", 8.1, 3],
    "StakeholderType": ["king", "robots", ""],
    "String": [{"$gt": ""}, ["x"], 12],
    "Text": ["a\x00b", "\x1b[2J", "\ud800", "x" * 100_000, "e" + "\u0301" * 31, 12, {"$gt": ""}],
    "TimeZone": ["Europe/Nowhere", "../etc/passwd", ""],
    "Url": DECEIVING,
    "Utc": ["today", "2017", "2017-04-30 23:00", "2017-04-30T21:00:00", 0],
    "Website": DECEIVING,
}


class Place(NamedTuple):
    """A field of a body or query, at any depth."""

    path: str
    field: fields.Field[Any]
    is_query: bool


@pytest.fixture(scope="module")
def schemas(project: Any) -> dict[str, tuple[type[Schema], bool]]:
    """Bodies and queries by their names, and whether each is a query."""
    return {
        f"{plugin.name}.{schema.__name__}": (schema, schema is route.query)
        for plugin in project.found
        for route in plugin.routes
        for schema in (route.body, route.query)
        if schema
    }


@pytest.fixture(scope="module")
def places(schemas: dict[str, tuple[type[Schema], bool]]) -> list[Place]:
    return [
        Place(f"{name}.{path}", field, is_query)
        for name, (schema, is_query) in schemas.items()
        for path, field in _fields(schema())
    ]


def _fields(schema: Schema) -> Iterator[tuple[str, fields.Field[Any]]]:
    for name, field in schema.fields.items():
        yield from ((name + path, each) for path, each in _within(field))


def _within(field: fields.Field[Any]) -> Iterator[tuple[str, fields.Field[Any]]]:
    yield "", field
    if isinstance(field, fields.List):
        yield from _within(field.inner)
    elif isinstance(field, fields.Nested):
        yield from ((f".{path}", each) for path, each in _fields(field.schema))
    elif isinstance(field, fields.Dict) and field.value_field:
        yield from _within(field.value_field)


def _takes(place: Place, value: Any) -> bool:
    as_text = place.is_query and isinstance(place.field, fields.Integer | fields.Boolean)
    if place.is_query and not as_text and not isinstance(value, str):
        return False  # a query is text
    try:
        place.field.deserialize(str(value) if as_text else value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_what_is_none_of_its_kind_is_refused(places: list[Place], kind: str) -> None:
    those = [place for place in places if kind in {each.__name__ for each in type(place.field).__mro__}]
    taken = [(place.path, value) for place in those for value in WRONG[kind] if _takes(place, value)]
    assert taken == []
    assert len(those) >= 2


def test_choices_are_the_only_values(places: list[Place]) -> None:
    chosen = [place for place in places if any(isinstance(each, validate.OneOf) for each in place.field.validators)]
    assert len(chosen) > 100
    assert [place.path for place in chosen for value in ("none such", "") if _takes(place, value)] == []


def test_texts_numbers_and_lists_have_an_end(places: list[Place]) -> None:
    plain = [
        place for place in places if type(place.field) in (fields.String, fields.Integer, fields.Float, fields.List)
    ]
    assert len(plain) > 400
    assert [place.path for place in plain if not place.field.validators] == []


def test_what_is_not_declared_is_named(schemas: dict[str, tuple[type[Schema], bool]]) -> None:
    told = {name: schema().validate({"no_such_field": 1}) for name, (schema, _) in schemas.items()}
    assert [name for name, errors in told.items() if "no_such_field" not in errors] == []


def test_no_address_has_a_key(project: Any) -> None:
    """Servers, proxies and browsers keep addresses. Links in mails lead to what one click does; a calendar program
    knows nothing but an address."""
    routes = [route for plugin in project.found for route in plugin.routes]
    named = [route.path for route in routes if route.query and SECRET & set(route.query().fields)]
    held = {route.path for route in routes if any(f"{{{name}}}" in route.path for name in SECRET)}
    assert named == []
    assert {path for path in held if not path.startswith(MAILED)} == {CALENDAR}
