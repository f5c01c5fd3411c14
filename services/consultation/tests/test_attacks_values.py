"""Values that a client should not send, in every body of the service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError, fields

from wsis_consultation.plugin import plugin

BODIES = sorted({route.body for route in plugin.routes if route.body is not None}, key=lambda body: body.__name__)


def _numbers(schema: Schema, path: str = "") -> Iterator[tuple[str, fields.Integer]]:
    for name, field in schema.fields.items():
        yield from _within(field, f"{path}{name}")


def _within(field: fields.Field, path: str) -> Iterator[tuple[str, fields.Integer]]:
    if isinstance(field, fields.Integer):
        yield path, field
    elif isinstance(field, fields.List):
        yield from _within(field.inner, path)
    elif isinstance(field, fields.Nested):
        yield from _numbers(field.schema, f"{path}.")


def test_bodies_have_numbers() -> None:
    assert sum(1 for body in BODIES for _ in _numbers(body())) > 15


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_fraction_is_no_whole_number(body: type[Schema]) -> None:
    taken = [path for path, field in _numbers(body()) if _takes(field, 1.5)]
    assert taken == []


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_number_that_the_store_cannot_hold_is_refused(body: type[Schema]) -> None:
    taken = [path for path, field in _numbers(body()) if _takes(field, 2**63)]
    assert taken == []


def _takes(field: fields.Integer, value: float) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


def test_no_address_has_a_key() -> None:
    """Servers, proxies and browsers keep addresses."""
    secret = {"key", "token", "secret", "password"}
    queries = [(route.path, name) for route in plugin.routes if route.query for name in route.query().fields]
    assert len(queries) > 50
    assert [(path, name) for path, name in queries if name in secret] == []
    assert [route.path for route in plugin.routes if any(f"{{{name}}}" in route.path for name in secret)] == []
