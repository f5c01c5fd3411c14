"""Responses are dumped by functions that are made of their schemas: as marshmallow dumps them, and seldom by it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump
from wsis_shared import clock
from wsis_shared.compiled import dump_of
from wsis_shared.plugin import discover
from wsis_shared.schemas import ResponseSchema, Utc

DEPTH = 4
NOW = clock.now()
RESPONSES = sorted(
    {route.response for plugin in discover() for route in plugin.routes if route.response is not None},
    key=lambda response: (response.__module__, response.__name__),
)
ODD = st.sampled_from([
    None, True, 0, 1, -2.5, "", "text", "7", b"bytes", b"\xff", NOW, [], [None], {}, {"en": "Radio"}, (1, "a"),
])  # fmt: skip
PLAIN: dict[type[fields.Field], st.SearchStrategy[Any]] = {
    fields.String: st.text(max_size=5), fields.Integer: st.integers(-9, 9), fields.Float: st.floats(0, 9),
    fields.Boolean: st.booleans(), Utc: st.sampled_from([NOW, clock.iso(NOW)]),
}  # fmt: skip


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


def outcome(dump: Any, value: Any) -> Any:
    try:
        return dump(value)
    except Exception as error:  # noqa: BLE001 -- the same as the schema's, whatever that is
        return repr(error)


def test_there_are_responses() -> None:
    assert len(RESPONSES) > 100


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
        "id": "a", "with": 1, "rate": 0.5, "open": True, "parts": [{"id": "c", "with": 3}], "tags": ["b"], "text": "4",
    }  # fmt: skip


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
