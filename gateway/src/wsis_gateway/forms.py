"""Bodies of HTML forms, for the routes that take one: fields with a name and a text (RFC 7578; URL Standard, 5)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from falcon import HTTPError
from falcon.media import MultipartFormHandler
from falcon.media.multipart import MultipartParseOptions
from marshmallow import Schema, fields
from wsis_shared.plugin import Route

from wsis_gateway.problems import HttpError

URL_ENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
MAX_FIELDS = 100


def is_form(env: Mapping[str, object]) -> bool:
    """Does the request say that its body is a form?"""
    return _media_type(env) in (URL_ENCODED, MULTIPART)


def values(raw: bytes, env: Mapping[str, object], schema: Schema) -> dict[str, Any]:
    """The fields of a body by name: a list of texts where the schema has a list, else the last text. A field that was
    left empty is not given. Raises HttpError (400) for what is no form of texts in UTF-8, or has too many fields."""
    lists = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, fields.List)}
    found: dict[str, Any] = {}
    try:
        for name, text in _pairs(raw, env) if raw else ():
            if name in lists:
                found.setdefault(name, []).append(text)
            elif text:
                found[name] = text
    except (ValueError, HTTPError):
        raise HttpError(400, "gateway.body_malformed", "Not a form of texts in UTF-8.") from None
    return found


def content(route: Route) -> dict[str, Any]:
    """The bodies that a route accepts, for the documentation."""
    media_types = ("application/json", *((URL_ENCODED, MULTIPART) if route.form else ()))
    return {media_type: {"schema": route.body} for media_type in media_types}


def _pairs(raw: bytes, env: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if _media_type(env) == URL_ENCODED:
        yield from parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        return
    options = MultipartParseOptions()
    options.max_body_part_count = MAX_FIELDS
    for part in MultipartFormHandler(options).deserialize(io.BytesIO(raw), env["CONTENT_TYPE"], len(raw)):
        if part.filename is not None:
            raise ValueError("a file")
        yield str(part.name), part.stream.read().decode("utf-8")


def _media_type(env: Mapping[str, object]) -> str:
    return str(env.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
