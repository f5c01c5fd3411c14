"""`/v1/reference`: codes and titles of the suite and of the plugins, served from memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

import falcon
from falcon import Request, Response
from marshmallow import Schema, fields, validate
from wsis_shared import clock
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.plugin import PUBLIC
from wsis_shared.reference.sets import ReferenceSet, Row
from wsis_shared.schemas import LOCALES, RequestSchema

from wsis_gateway import request_parsing
from wsis_gateway.cache import etag_of, matches
from wsis_gateway.limits import Limits

PATH = "/v1/reference"
LIMIT = "read"


class ReferenceQuery(RequestSchema):
    """`languages=all` adds the titles in all languages; the filters of the set narrow the rows."""

    languages = fields.String(load_default="", validate=validate.OneOf(["all"]))
    lang = fields.String(load_default="", validate=validate.OneOf(LOCALES))


class Reference:
    """Renders the sets; each page is rendered once."""

    def __init__(self, sets: Mapping[str, ReferenceSet]) -> None:
        self._sets = sets
        self._rows = lru_cache(maxsize=None)(lambda name: sets[name].load())
        self.page = lru_cache(maxsize=2000)(self._page)
        self._queries = {name: _query_of(item) for name, item in sets.items()}

    def index(self) -> bytes:
        """The names of the sets."""
        rows = [
            {"set": item.name, "summary": item.summary, "filters": list(item.filters), "href": f"{PATH}/{name}"}
            for name, item in self._sets.items()
        ]
        return _dump({"items": rows, "next": None})

    def query(self, name: str, text: str) -> dict[str, str]:
        """The query of one set. Raises NotFound for an unknown set, Invalid for an unknown parameter or value."""
        if name not in self._sets:
            raise NotFound("gateway.not_found", "There is no such address.")
        wanted = request_parsing.query(text, self._queries[name])
        for field in self._sets[name].filters:
            values = {row.get(field) for row in self._rows(name)}
            if field in wanted and wanted[field] not in values:
                choices = ", ".join(sorted(value for value in values if value is not None))
                raise Invalid("gateway.query_invalid", fields={field: [f"Must be one of: {choices}."]})
        return {field: str(value) for field, value in wanted.items()}

    def _page(self, name: str, locale: str, all_languages: bool, filters: frozenset[tuple[str, str]]) -> bytes:
        rows = [row for row in self._rows(name) if all(row.get(field) == value for field, value in filters)]
        return _dump({"set": name, "items": [_translated(row, locale, all_languages) for row in rows], "next": None})


def _query_of(item: ReferenceSet) -> Schema:
    filters = {name: fields.String(validate=validate.Length(min=1, max=64)) for name in item.filters}
    return ReferenceQuery.from_dict(dict(filters), name="ReferenceQuery")()


def _translated(row: Row, locale: str, all_languages: bool) -> dict[str, object]:
    """The row with `title` as one text; the same for the rows within it."""
    found: dict[str, object] = {}
    for key, value in row.items():
        if key == "title":
            found["title"] = value.get(locale) or value["en"]
            if all_languages:
                found["titles"] = dict(value)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            found[key] = [_translated(inner, locale, all_languages) for inner in value]
        else:
            found[key] = value
    return found


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Pages:
    """Falcon's resource of both addresses."""

    def __init__(self, reference: Reference, limits: Limits) -> None:
        self._reference, self._limits = reference, limits

    def on_get(self, req: Request, resp: Response) -> None:
        """The list of sets."""
        resp.set_headers(self._limits.hit(LIMIT, ANONYMOUS, req.context.network))
        request_parsing.query(req.query_string, None)
        _send(req, resp, self._reference.index(), "en")

    def on_get_set(self, req: Request, resp: Response, name: str) -> None:
        """One set in the reader's language."""
        resp.set_headers(self._limits.hit(LIMIT, ANONYMOUS, req.context.network))
        wanted = self._reference.query(name, req.query_string)
        locale = wanted.pop("lang") or req.context.locale
        page = self._reference.page(name, locale, bool(wanted.pop("languages")), frozenset(wanted.items()))
        _send(req, resp, page, locale)

    on_head = on_get
    on_head_set = on_get_set


def _send(req: Request, resp: Response, body: bytes, locale: str) -> None:
    etag = etag_of(body)
    resp.set_headers(
        {
            "ETag": etag,
            "Content-Language": locale,
            "Vary": "Accept-Language",
            "Cache-Control": f"public, max-age={clock.DAY}",
        }
    )
    if matches(req.env.get("HTTP_IF_NONE_MATCH"), etag):
        resp.status = 304
        return
    resp.content_type = "application/json"
    resp.data = body


def install(app: falcon.App[falcon.Request, falcon.Response], sets: Mapping[str, ReferenceSet], limits: Limits) -> None:
    """Add both addresses to the app."""
    pages = _Pages(Reference(sets), limits)
    app.add_route(PATH, pages)
    app.add_route(PATH + "/{name}", pages, suffix="set")


def described(sets: Iterable[ReferenceSet]) -> dict[str, dict[str, object]]:
    """The OpenAPI paths of both addresses."""
    sets = list(sets)
    row = {
        "type": "object",
        "required": ["code", "title"],
        "additionalProperties": True,
        "properties": {
            "code": {"type": "string"},
            "title": {"type": "string", "description": "In the reader's language"},
            "titles": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }
    entry = {
        "type": "object",
        "properties": {
            "set": {"type": "string"},
            "summary": {"type": "string"},
            "href": {"type": "string"},
            "filters": {"type": "array", "items": {"type": "string"}},
        },
    }
    filters: dict[str, list[str]] = {}
    for item in sets:
        for field in item.filters:
            filters.setdefault(field, []).append(item.name)
    parameters = [
        {
            "name": "name",
            "in": "path",
            "required": True,
            "description": "\n".join(f"- `{item.name}`: {item.summary}" for item in sets),
            "schema": {"type": "string", "enum": [item.name for item in sets]},
        },
        {
            "name": "languages",
            "in": "query",
            "schema": {"type": "string", "enum": ["all"]},
            "description": "Adds `titles`, in all languages",
        },
        {
            "name": "lang",
            "in": "query",
            "schema": {"type": "string", "enum": list(LOCALES)},
            "description": "Language of titles, before Accept-Language",
        },
        *(
            {"name": field, "in": "query", "schema": {"type": "string"}, "description": f"Of {', '.join(names)} only"}
            for field, names in sorted(filters.items())
        ),
    ]
    return {
        PATH: {"get": _operation("The sets of reference data", "get_v1_reference", entry, [])},
        PATH + "/{name}": {
            "get": _operation("Codes with titles in the reader's language", "get_v1_reference_name", row, parameters)
        },
    }


def _operation(
    summary: str, operation_id: str, item: Mapping[str, object], parameters: list[object]
) -> dict[str, object]:
    page = {
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "items": dict(item)},
            "next": {"type": ["string", "null"]},
        },
    }
    return {
        "operationId": operation_id,
        "summary": summary,
        "tags": ["reference"],
        "parameters": parameters,
        "description": f"Rate limit: `{LIMIT}`, per network.",
        "security": [],
        "x-permission": PUBLIC,
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": page}}},
            "304": {"description": "Not modified"},
            "4XX": {"$ref": "#/components/responses/Rejected"},
        },
    }
