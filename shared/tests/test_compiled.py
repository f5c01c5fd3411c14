"""Requests are loaded and responses dumped by functions made of their schemas: as by marshmallow, and seldom by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, post_dump, validate, validates_schema
from wsis_shared import clock
from wsis_shared.compiled import dump_of, load_flat
from wsis_shared.plugin import discover
from wsis_shared.schemas import ActionLine, Id, RequestSchema, ResponseSchema, Text, Utc

DEPTH = 4
NOW = clock.now()
ROUTES = [route for plugin in discover() for route in plugin.routes]


def named(schemas: Iterable[type[Schema] | None]) -> list[type[Schema]]:
    return sorted(filter(None, set(schemas)), key=lambda schema: (schema.__module__, schema.__name__))


RESPONSES = named(route.response for route in ROUTES)
REQUESTS = named(schema for route in ROUTES for schema in (route.body, route.query))
TEXTS = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        [
            "C1",
            "NO",
            "en",
            "arab_states",
            "2017",
            "true",
            "ada@itu.int",
            "https://itu.int/",
            clock.iso(NOW),
            " x",
            "x" * 400,
        ]
    ),
)
ODD = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        -2.5,
        "",
        "text",
        "7",
        b"bytes",
        b"\xff",
        NOW,
        [],
        [None],
        {},
        {"en": "Radio"},
        (1, "a"),
    ]
)
PLAIN: dict[type[fields.Field], st.SearchStrategy[Any]] = {
    fields.String: st.text(max_size=5),
    fields.Integer: st.integers(-9, 9),
    fields.Float: st.floats(0, 9),
    fields.Boolean: st.booleans(),
    Utc: st.sampled_from([NOW, clock.iso(NOW)]),
}


def objects(schema: Schema, depth: int = DEPTH) -> st.SearchStrategy[Any]:
    """What a service might return, and here and there something else."""
    names = {field.attribute or name: value_of(field, depth) for name, field in schema.dump_fields.items()}
    return st.fixed_dictionaries({}, optional={**names, "undeclared": ODD})


def value_of(field: fields.Field, depth: int) -> st.SearchStrategy[Any]:
    plain = next((made for kind, made in PLAIN.items() if isinstance(field, kind)), ODD)
    if isinstance(field, fields.Nested):
        plain = objects(field.schema, depth - 1) if depth else st.none()
    elif isinstance(field, fields.List):
        plain = st.lists(value_of(field.inner, depth - 1), max_size=2) if depth else st.just([])
    return st.one_of(plain, plain, plain, ODD)


def bodies(schema: Schema, depth: int = DEPTH) -> st.SearchStrategy[Any]:
    """What a client might send, and here and there something else."""
    names = {field.data_key or name: sent(field, depth) for name, field in schema.load_fields.items()}
    return st.fixed_dictionaries(names, optional={"undeclared": ODD}) | st.fixed_dictionaries({}, optional=names)


def sent(field: fields.Field, depth: int) -> st.SearchStrategy[Any]:
    if isinstance(field, fields.Nested):
        plain = bodies(field.schema, depth - 1) if depth else st.none()
    elif isinstance(field, fields.List):
        plain = st.lists(sent(field.inner, depth - 1), max_size=2) if depth else st.just([])
    else:
        choices = [each for check in field.validators for each in getattr(check, "choices", ())]
        plain = st.sampled_from(choices) if choices else TEXTS | st.booleans() | st.integers(-1, 30)
    return st.one_of(plain, plain, plain, ODD)


def outcome(make: Any, value: Any) -> Any:
    try:
        return make(value)
    except ValidationError as error:
        return error.normalized_messages()
    except Exception as error:  # noqa: BLE001 -- the same as the schema's, whatever that is
        return repr(error)


def test_there_are_schemas() -> None:
    assert len(RESPONSES) > 100
    assert len(REQUESTS) > 100


@given(data=st.data())
def test_every_request_is_loaded_as_by_its_schema(data: st.DataObject) -> None:
    schema = data.draw(st.sampled_from(REQUESTS))()
    value = data.draw(bodies(schema) | ODD)
    mine, its = outcome(load_flat(schema), value), outcome(schema.load, value)
    assert repr(mine) == repr(its), "types too, and the order of fields"


class Vote(RequestSchema):
    """Flat, with each thing that a field may declare."""

    category, project = ActionLine(required=True), Id(required=True, data_key="nominee", attribute="project_id")
    remark = Text(max_length=10, load_default=None, allow_none=True)
    sent_at, weight = Utc(), fields.Integer(validate=validate.Range(1, 2))


VOTE = {"category": "C1", "nominee": "p1", "sent_at": clock.iso(NOW), "weight": "2"}


def test_flat_requests_need_no_marshmallow() -> None:
    class NotLoaded(Vote):
        def load(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("marshmallow was asked")

    loaded = {"category": "C1", "project_id": "p1", "remark": None, "sent_at": NOW, "weight": 2}
    assert load_flat(NotLoaded())(VOTE) == loaded


@given(changes=st.fixed_dictionaries({}, optional=dict.fromkeys([*VOTE, "remark", "colour"], TEXTS | ODD)))
def test_flat_requests_are_refused_as_by_their_schema(changes: dict[str, Any]) -> None:
    value = VOTE | changes
    assert repr(outcome(load_flat(Vote()), value)) == repr(outcome(Vote().load, value))


def test_checks_of_the_whole_are_made() -> None:
    class Checked(Vote):
        @validates_schema
        def _refuse(self, data: Any, **_: Any) -> None:
            raise ValidationError("Refused.")

    assert outcome(load_flat(Checked()), VOTE) == {"_schema": ["Refused."]}


@given(data=st.data())
def test_every_response_is_dumped_as_by_its_schema(data: st.DataObject) -> None:
    schema = data.draw(st.sampled_from(RESPONSES))()
    value = data.draw(objects(schema))
    mine, its = outcome(dump_of(schema), value), outcome(schema.dump, value)
    assert repr(mine) == repr(its), "types too, and the order of fields"


class Row(ResponseSchema):
    """With each kind of field."""

    id = fields.String(attribute="slug")
    with_ = fields.Integer(data_key="with", dump_default=3)
    rate, open = fields.Float(), fields.Boolean()
    parts = fields.List(fields.Nested(lambda: Row()))
    tags = fields.List(fields.String())
    text = fields.Integer(as_string=True)


class Untouched(Row):
    def dump(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("marshmallow was asked")


def test_plain_values_need_no_marshmallow() -> None:
    value = {"slug": "a", "with_": 1, "rate": 0.5, "open": True, "tags": ["b"], "parts": [{"slug": "c"}], "text": 4}
    assert dump_of(Untouched())(value) == {
        "id": "a",
        "with": 1,
        "rate": 0.5,
        "open": True,
        "parts": [{"id": "c", "with": 3}],
        "tags": ["b"],
        "text": "4",
    }


def test_a_schema_that_changes_what_it_dumped_is_asked() -> None:
    class Shouted(Row):
        @post_dump
        def _shout(self, made: dict[str, Any], **_: Any) -> dict[str, Any]:
            return {name: str(value).upper() for name, value in made.items()}

    assert dump_of(Shouted())({"slug": "a"}) == {"id": "A", "with": "3"}


def test_objects_and_lists_are_left_to_the_schema() -> None:
    assert dump_of(Row(many=True))([{"slug": "a"}]) == [{"id": "a", "with": 3}]

    class Entry:
        slug = "a"

    assert dump_of(Row())(Entry()) == {"id": "a", "with": 3}
