"""A schema as functions: what its `load` and `dump` return, in less time where nothing needs correction.

marshmallow goes through some ten calls for each value. Here a field is one call or none, codes are remembered, and
plain text is seen to be plain. Whatever is refused here, marshmallow loads again: it decides, and has the messages.
Values of other types than a field is of, marshmallow dumps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, fields, missing
from marshmallow.decorators import POST_DUMP, POST_LOAD, PRE_DUMP, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA
from wsis_shared.field_options import AnyField, Check
from wsis_shared.json_types import Input
from wsis_shared.schemas import RequestSchema, Text, Utc

Load = Callable[[Any], Any]  # of JSON, into what the schema says
Dump = Callable[[Any], Any]  # the reverse

REMEMBERED = 5000  # values of a field
_FLAT = (fields.String, fields.Number, fields.Boolean, Utc)
_PLAIN, _PLAIN_LINES = re.compile(r"[!-~](?:[ -~]*[!-~])?"), re.compile(r"[!-~](?:[ -~\t\n]*[!-~])?")


# -- load --------------------------------------------------------------------------------------------------------------


def load_of(schema: Schema) -> Load:
    """A function that loads as the schema does; raises what it raises."""
    fast = _object(schema)

    def load(value: Input) -> object:
        try:
            return fast(value)
        except ValidationError:
            return schema.load(value)

    return load


def load_flat(schema: Schema) -> Load:
    """A function that loads as the schema does, for what strangers send: nothing of it is remembered. A schema with
    lists, objects or checks of the whole is left to marshmallow, which loads nothing of it twice."""
    parts = [
        (name if field.data_key is None else field.data_key, field.attribute or name, field.deserialize)
        for name, field in schema.load_fields.items()
    ]
    names = {key for key, _, _ in parts}
    if not _is_flat(schema) or any("." in attribute for _, attribute, _ in parts):
        return schema.load

    def load(value: Input) -> object:
        made = {}
        try:
            if type(value) is dict and value.keys() <= names:
                for key, attribute, deserialize in parts:
                    each = deserialize(value.get(key, missing), key, value)
                    if each is not missing:
                        made[attribute] = each
                return made
        except ValidationError:
            pass
        return schema.load(value)

    return load


def _is_flat(schema: Schema) -> bool:
    hooks = [name for tag in (PRE_LOAD, VALIDATES, VALIDATES_SCHEMA, POST_LOAD) for name, _, _ in schema._hooks[tag]]
    counted = isinstance(schema, RequestSchema) and type(schema)._count is RequestSchema._count
    return (
        not schema.many
        and not schema.partial
        and hooks in ([], ["_count"][:counted])
        and all(isinstance(field, _FLAT) for field in schema.load_fields.values())
    )


def _object(schema: Schema) -> Load:
    loads = [(name, _field(field), field.load_default) for name, field in schema.load_fields.items()]
    names = schema.load_fields.keys()
    checks = [getattr(schema, name) for name, _, _ in schema._hooks[VALIDATES_SCHEMA]]

    def load(value: object) -> dict[str, object]:
        if type(value) is not dict or not value.keys() <= names:
            raise ValidationError("")
        made = {}
        for name, load_field, default in loads:
            if name in value:
                made[name] = load_field(value[name])
            elif default is missing:
                raise ValidationError("")
            else:
                made[name] = default() if callable(default) else default
        for check in checks:
            check(made)
        return made

    return load


def _field(field: AnyField) -> Load:
    if isinstance(field, fields.Nested):
        return _or_none(_object(field.schema), field)
    if isinstance(field, fields.List):
        return _or_none(_list(_field(field.inner), field.validators), field)
    if isinstance(field, fields.Dict) and field.key_field and field.value_field:
        return _or_none(_dict(_field(field.key_field), _field(field.value_field), field.validators), field)
    return _text(field) if type(field) is Text else _remembered(field.deserialize)


def _or_none(load: Load, field: AnyField) -> Load:
    return (lambda value: None if value is None else load(value)) if field.allow_none else load


def _list(load: Load, checks: Sequence[Check]) -> Load:
    def load_list(value: object) -> list[object]:
        if type(value) is not list:
            raise ValidationError("")
        made = [load(each) for each in value]
        for check in checks:
            check(made)
        return made

    return load_list


def _dict(load_key: Load, load_value: Load, checks: Sequence[Check]) -> Load:
    def load_dict(value: object) -> dict[object, object]:
        if type(value) is not dict:
            raise ValidationError("")
        made = {load_key(key): load_value(each) for key, each in value.items()}
        for check in checks:
            check(made)
        return made

    return load_dict


def _text(field: Text) -> Load:
    """Plain text, of ASCII without control characters or space around it, is loaded as it is."""
    is_plain = (_PLAIN_LINES if field.many_lines else _PLAIN).fullmatch
    checks = field.validators

    def load(value: object) -> object:
        if type(value) is not str:
            return field.deserialize(value)
        made = value if is_plain(value) else field._deserialize(value, None, None)
        for check in checks:
            check(made)
        return made

    return load


def _remembered(load: Load) -> Load:
    """Codes come again and again. Only values of the exact types: True is 1, and a float may be equal to a number."""
    known: dict[object, object] = {}

    def load_known(value: object) -> object:
        if type(value) is not str and type(value) is not int:
            return load(value)
        made = known.get(value, missing)
        if made is missing:
            made = load(value)
            if len(known) >= REMEMBERED:
                known.clear()
            known[value] = made
        return made

    return load_known


# -- dump --------------------------------------------------------------------------------------------------------------

# Fields that dump a value of exactly this type as it is.
_PLAIN_TYPES = ((fields.String, str), (fields.Integer, int), (fields.Float, float), (fields.Boolean, bool))


class _Kind(NamedTuple):
    """The type of the values that need no marshmallow, and what is made of one, where it is not dumped as it is."""

    type: type
    dump: Dump | None = None


def dump_of(schema: Schema) -> Dump:
    """A function that dumps one object as the schema does."""
    if schema.many or schema._hooks[PRE_DUMP] or schema._hooks[POST_DUMP]:
        return schema.dump
    parts = [
        (name, name if field.data_key is None else field.data_key, field.attribute or name, *_kind(field), field)
        for name, field in schema.dump_fields.items()
    ]
    get_attribute = schema.get_attribute

    def dump(value: object) -> object:
        if type(value) is not dict:
            return schema.dump(value)
        made = {}
        for name, key, attribute, kind, dump_field, field in parts:
            each = value.get(attribute)
            if type(each) is kind:
                made[key] = each if dump_field is None else dump_field(each)
            elif each is None and kind is not object and attribute in value:
                made[key] = None
            else:
                each = field.serialize(name, value, get_attribute)
                if each is not missing:
                    made[key] = each
        return made

    return dump


def _kind(field: AnyField) -> _Kind:
    """That of a field; `object`, of which no value is, where marshmallow has to be asked."""

    def dumps_as(base: type[AnyField]) -> bool:
        return isinstance(field, base) and type(field)._serialize is base._serialize

    if getattr(field, "as_string", False):
        return _Kind(object)
    for base, kind in _PLAIN_TYPES:
        if dumps_as(base):
            return _Kind(kind)
    if isinstance(field, fields.Nested) and dumps_as(fields.Nested) and not field.many:
        made = cache(lambda: dump_of(field.schema))  # at first use: schemas may contain themselves
        return _Kind(dict, lambda value: made()(value))
    if isinstance(field, fields.List) and dumps_as(fields.List):
        return _Kind(list, _dump_list(field.inner))
    return _Kind(object)


def _dump_list(inner: AnyField) -> Dump:
    kind, dump = _kind(inner)

    def dump_list(values: Iterable[object]) -> list[object]:
        return [
            inner._serialize(each, None, None) if type(each) is not kind else each if dump is None else dump(each)
            for each in values
        ]

    return dump_list
