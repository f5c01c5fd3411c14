"""Bodies of HTML forms: fields with a name and a text (RFC 7578; URL Standard, 5).

A name with dots leads into objects and lists, as errors of the API name fields: "content.title.fr", "votes.0.project".
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from falcon import HTTPError
from falcon.media import MultipartFormHandler
from falcon.media.multipart import MultipartParseOptions
from marshmallow import Schema, fields, missing
from wsis_shared import clock
from wsis_shared.data_fields import DataField
from wsis_shared.field_options import AnyField
from wsis_shared.plugin import Route
from wsis_shared.schemas import Utc

from wsis_gateway.openapi_shapes import Media
from wsis_gateway.problems import HttpError

URL_ENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
MAX_FIELDS, MAX_PARTS = 4000, 500  # of texts in one line, and of parts, each of which costs more to read
_MAX_DEPTH = 10
_LEFT_OUT = object()
_WALL_LENGTHS = (len("2017-04-30T21:00"), len("2017-04-30T23:59:59"))
_BOOLEANS = {"true": True, "false": False}


def is_form(env: Mapping[str, object]) -> bool:
    """Does the request say that its body is a form?"""
    return _media_type(env) in (URL_ENCODED, MULTIPART)


def is_multipart(env: Mapping[str, object]) -> bool:
    """Are its fields parts, of which one may be a file?"""
    return _media_type(env) == MULTIPART


def values(raw: bytes, env: WSGIEnvironment, schema: Schema) -> dict[str, object]:
    """The body that the fields make by the schema. Raises HttpError (400)."""
    return nested(pairs(raw, env), schema)


def content(route: Route) -> dict[str, Media]:
    """The bodies that a route accepts, for the documentation."""
    media_types = ("application/json", *((URL_ENCODED, MULTIPART) if route.form else ()))
    return {media_type: {"schema": route.body} for media_type in media_types}


def pairs(raw: bytes, env: WSGIEnvironment) -> list[tuple[str, str]]:
    """(name, text) of each field. Raises HttpError (400) for what is no form of texts in UTF-8, or has too many."""
    try:
        return list(_pairs(raw, env)) if raw else []
    except (ValueError, HTTPError):
        raise _malformed() from None


def nested(pairs: Iterable[tuple[str, str]], schema: Schema) -> dict[str, object]:
    """The object that the fields make. A field that was left empty is not given; where the schema takes null and has no
    default, it is null. A list takes each text of its name; any other field takes the last. Raises HttpError (400) for
    a name that leads nowhere."""
    tree: dict[str, Any] = {}
    for name, text in pairs:
        *parents, last = name.split(".", _MAX_DEPTH)
        branch = tree
        for part in parents:
            branch = branch.setdefault(part, {})
            if not isinstance(branch, dict):
                raise _malformed()
        texts = branch.setdefault(last, [])
        if not isinstance(texts, list):
            raise _malformed()
        texts.append(text)
    return _object(tree, schema)


def _object(tree: Mapping[str, Any], schema: Schema) -> dict[str, object]:
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    shaped = {name: _shaped(value, known.get(name)) for name, value in tree.items()}
    return {name: value for name, value in shaped.items() if value is not _LEFT_OUT}


def _shaped(value: Any, field: AnyField | None) -> object:
    if isinstance(field, DataField):
        return field.of_form(value) if isinstance(value, dict) else value
    if isinstance(field, fields.List):
        rows = value if isinstance(value, list) else [value[at] for at in sorted(value, key=_place)]
        shaped = [_shaped([row] if isinstance(row, str) else row, field.inner) for row in rows]
        return [row for row in shaped if row is not _LEFT_OUT and not _is_empty(row)]
    if isinstance(value, list):
        return _value(value[-1], field)
    if isinstance(field, fields.Nested):
        made = _object(value, field.schema)
        return made if made or field.required else _LEFT_OUT
    inner = field.value_field if isinstance(field, fields.Dict) else None
    shaped_by_name = {name: _shaped(one, inner) for name, one in value.items()}
    return {name: one for name, one in shaped_by_name.items() if one is not _LEFT_OUT}


def _is_empty(row: object) -> bool:
    """Was nothing typed into this line of a list?"""
    return isinstance(row, dict) and all(value in ({}, []) for value in row.values())


def _place(index: str) -> int:
    return int(index) if index.isdecimal() and len(index) < 5 else 0


def _value(text: str, field: AnyField | None) -> object:
    if not text:
        return None if field is not None and field.allow_none and field.load_default is missing else _LEFT_OUT
    if isinstance(field, fields.Integer) and text.removeprefix("-").isdecimal() and len(text) < 20:
        return int(text)
    if isinstance(field, fields.Boolean) and text in _BOOLEANS:  # a schema may take no text for it
        return _BOOLEANS[text]
    if isinstance(field, Utc) and len(text) in _WALL_LENGTHS:  # as browsers send the time of an input
        return _in_geneva(text)
    return text


def _in_geneva(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return text if moment.tzinfo else clock.iso(moment.replace(tzinfo=clock.GENEVA))
    except ValueError:
        return text  # which the schema refuses


def _pairs(raw: bytes, env: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    if _media_type(env) == URL_ENCODED:
        yield from parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        return
    options = MultipartParseOptions()
    options.max_body_part_count = MAX_PARTS
    for part in MultipartFormHandler(options).deserialize(io.BytesIO(raw), env["CONTENT_TYPE"], len(raw)):
        if part.filename is not None:
            raise ValueError("a file")
        yield str(part.name), part.stream.read().decode("utf-8")


def _malformed() -> HttpError:
    return HttpError(400, "gateway.body_malformed", "Not a form of texts in UTF-8.")


def _media_type(env: Mapping[str, object]) -> str:
    return str(env.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
