"""Codes that responses name are in a reference set, which says them in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields, validate
from wsis_shared.reference.sets import CORE

# Why no page says these codes in words of a set.
WITHOUT_A_SET = {
    **dict.fromkeys(("Authenticator.missing", "OwnAccount.missing", "Tokens.missing"), "a sentence asks for it"),
    "ChosenSession.state": "the page says that a session of one's own is cancelled",
    "OfficersSpeaker.role": "the programme shows who moderates",
    "Delivery.bounce": "the reason of a mail that came back says more",
    "Delivery.priority": "of a mail in its queue",
    "VoteResult.result": "a refusal has a code of its own",
    "Outcome.state": "programs ask again until it is decided",
}


def _fields(schema: Schema, seen: frozenset[type] = frozenset()) -> Iterator[tuple[str, Any]]:
    """All fields of a schema and of those within it as "Schema.field", lists by what they hold."""
    if type(schema) in seen:
        return
    for name, field in schema.fields.items():
        inner: Any = field
        while isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            yield from _fields(inner.schema, seen | {type(schema)})
        yield f"{type(schema).__name__}.{name}", inner


def test_codes_of_responses_are_in_a_reference_set(plugin: Any) -> None:
    sets = [{row["code"] for row in item.load()} for item in (*CORE, *plugin.reference)]
    named = {
        (name, frozenset(map(str, check.choices)))
        for route in plugin.routes
        if route.response is not None
        for name, field in _fields(route.response())
        for check in field.validators
        if isinstance(check, validate.OneOf)
    }
    missing = {name for name, codes in named if not any(codes <= each for each in sets)}
    assert missing - {*WITHOUT_A_SET} == set()
