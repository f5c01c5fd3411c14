"""The OpenAPI 3.1 document: from the same routes and schemas that are served, so that it cannot say anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema
from wsis_shared.plugin import PUBLIC, DiscoveryResult, Mode
from wsis_shared.reference import languages
from wsis_shared.schemas import Utc

from wsis_gateway import problems, routing
from wsis_gateway.routing import Operation

HEADERS = ("RateLimit", "RateLimit-Policy", "X-Request-ID")
# What any operation may answer beside its own: status -> why.
_ALWAYS = {422: "Something in it is not acceptable", 429: "Over the limit", 503: "A part is away; safe to repeat"}


def document(found: DiscoveryResult) -> dict[str, Any]:
    """The whole document as plain data. A plugin whose routes cannot be served is left out, as it is at run time."""
    made, found = routing.operations(found)
    marshmallow = MarshmallowPlugin(schema_name_resolver=_Names())
    spec = APISpec(
        title="WSIS suite", version=_version(), openapi_version="3.1.0", plugins=[marshmallow],
        info={
            "description": "Open consultation, prizes and stocktaking of the WSIS process.\n\n"
            "Times are RFC 3339 in UTC. Lists are `{items, next}`: send `next` as `after` for the following page. "
            "Errors are problems (RFC 9457) with a stable `code`. "
            "Any write may be repeated safely under the same `Idempotency-Key`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        tags=[{"name": plugin.name, "description": plugin.summary} for plugin in found if plugin.routes],
    )  # fmt: skip
    marshmallow.map_to_openapi_type(Utc, "string", "date-time")
    _components(spec)
    titles = problems.titles_of(found)
    paths: dict[str, dict[str, Any]] = {}
    for operation in made:
        described = _operation(operation, titles)
        paths.setdefault(operation.route.path, {})[operation.route.method.lower()] = described
    for path, by_method in paths.items():
        spec.path(path=path, operations=by_method)
    whole: dict[str, Any] = _plain(spec.to_dict())
    return whole


def _operation(operation: Operation, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    route = operation.route
    described: dict[str, Any] = {
        # Of the address: two operations may well lead to the same call.
        "operationId": route.method.lower() + re.sub(r"[^A-Za-z0-9]+", "_", route.path).rstrip("_"),
        "tags": [operation.plugin],
        "summary": route.summary,
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation, titles),
        "x-permission": route.permission,
        "x-limit": route.limit_class,
        "x-error-codes": list(route.error_codes),
    }
    if route.description:
        described["description"] = route.description
    if route.permission != PUBLIC:
        described["security"] = [{"bearer": []}]
    elif not operation.cached:
        described["security"] = [{}, {"bearer": []}]
    if route.body is not None:
        required = any(field.required for field in operation.body.fields.values())
        described["requestBody"] = {"required": required, "content": {"application/json": {"schema": route.body}}}
    return described


def _parameters(operation: Operation) -> Iterator[Any]:
    for name in operation.variables:
        yield {"in": "path", "name": name, "required": True, "schema": {"$ref": "#/components/schemas/Id"}}
    if operation.query is not None:
        yield {"in": "query", "schema": operation.route.query}
    yield "AcceptLanguage"
    if operation.route.writes:
        yield "IdempotencyKey"
    if operation.route.mode is Mode.COMMAND:
        yield "Prefer"


def _responses(operation: Operation, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    route = operation.route
    headers: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    answer: dict[str, Any] = {"headers": dict(headers)}
    if route.media != "application/json":
        answer["content"] = {route.media: {"schema": {"type": "string", "format": "binary"}}}
        answer["headers"]["Content-Disposition"] = {"schema": {"type": "string"}}
    elif route.status != 204:
        answer["content"] = {"application/json": {"schema": route.response or {}}}
    located = {**headers, "Location": {"description": "Where the outcome appears", "schema": {"type": "string"}}}
    responses: dict[str, Any] = {}
    if route.mode is Mode.COMMAND:
        first = route.status if route.status != 200 else 201
        responses[str(first)] = {**answer, "description": "Done"}
        responses["200"] = {**answer, "description": "Done before: a repeat"}
        accepted = {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}}
        responses["202"] = {"description": "Safely stored, not yet decided", "headers": located, "content": accepted}
    else:
        responses[str(route.status)] = {**answer, "description": HTTPStatus(route.status).phrase}
    if operation.cached:
        answer["headers"] |= {"ETag": {"schema": {"type": "string"}}, "Cache-Control": {"schema": {"type": "string"}}}
        responses["304"] = {"description": "Not modified"}
    for status, why in _failures(operation, titles).items():
        responses[str(status)] = {
            "description": why,
            "headers": dict(headers),
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return responses


def _failures(operation: Operation, titles: Mapping[str, Mapping[str, str]]) -> dict[int | str, str]:
    route, why = operation.route, dict(_ALWAYS)
    if route.writes:
        why |= {400: "Not JSON", 408: "Too slow", 413: "Too large", 415: "Not application/json in UTF-8"}
    if route.permission != PUBLIC:
        why |= {401: "Not signed in", 403: "Not allowed"}
    elif not operation.cached:
        why[401] = "The token is not valid"
    if operation.variables:
        why[404] = "Not there, or not yours to see"
    found: dict[int | str, str] = dict(sorted(why.items()))
    if route.error_codes:
        lines = [f"- `{code}`: {titles.get(code, {}).get('en', '')}".rstrip(": ") for code in route.error_codes]
        found["4XX"] = "Refused:\n\n" + "\n".join(lines)
    return found


def _components(spec: APISpec) -> None:
    text = {"type": "string"}
    spec.components.security_scheme("bearer", {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "The `access_token` of a sign-in.",
    })  # fmt: skip
    spec.components.schema("Id", {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"})
    spec.components.schema("Accepted", {
        "type": "object", "required": ["command", "state"],
        "properties": {"command": text, "state": {"const": "accepted"}, "location": {"type": ["string", "null"]}},
    })  # fmt: skip
    spec.components.schema("Problem", {
        "type": "object", "description": "RFC 9457", "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"}, "title": text, "status": {"type": "integer"},
            "detail": text, "code": text, "instance": text, "request_id": text,
            "params": {"type": "object", "additionalProperties": True},
            "errors": {"type": "array", "items": {
                "type": "object", "required": ["field", "messages"],
                "properties": {"field": text, "messages": {"type": "array", "items": text}},
            }},
        },
        "examples": [{
            "type": "/problems/gateway.content_invalid", "title": "Some of the content is not acceptable",
            "status": 422, "code": "gateway.content_invalid", "request_id": "6f1c3f0c5d9a4a5e8d0b7e7d6a1f2c3b",
            "errors": [{"field": "sdgs.0.target", "messages": ["Unknown SDG target '8.99'."]}],
        }],
    })  # fmt: skip
    spec.components.parameter("AcceptLanguage", "header", {
        "name": "Accept-Language", "description": "Language of titles", "example": "fr",
        "schema": {"type": "string", "examples": [language.code for language in languages()]},
    })  # fmt: skip
    spec.components.parameter("IdempotencyKey", "header", {
        "name": "Idempotency-Key", "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "description": "A key of your making, for example a UUID: a repeat under it has no second effect.",
    })  # fmt: skip
    spec.components.parameter("Prefer", "header", {
        "name": "Prefer", "description": "`respond-async` or `wait=seconds` (RFC 7240)", "schema": text,
    })  # fmt: skip
    spec.components.header("X-Request-ID", {"description": "Names this request in our logs", "schema": text})
    spec.components.header("RateLimit", {"description": "What is left: class, r rest, t seconds", "schema": text})
    spec.components.header("RateLimit-Policy", {"description": "Class, q quota, w seconds of window", "schema": text})


class _Names:
    """A name for each schema class: its own, with the plugin before it where two plugins use the same."""

    def __init__(self) -> None:
        self._taken: dict[str, type[Schema]] = {}

    def __call__(self, schema: Any) -> str:
        kind = schema if isinstance(schema, type) else type(schema)
        own = kind.__name__.removesuffix("Schema") or "Schema"
        package = kind.__module__.partition(".")[0].removeprefix("wsis_")
        for name in (own, f"{package}.{own}", *(f"{package}.{own}.{number}" for number in range(2, 100))):
            if self._taken.setdefault(name, kind) is kind:
                return name
        raise ValueError(f"too many schemas are called {own}")


def _plain(value: Any, key: str = "") -> Any:
    """JSON data only; Python's anchors in patterns as ECMA-262 has them; lists in queries with commas."""
    if isinstance(value, Mapping):
        plain = {str(name): _plain(item, str(name)) for name, item in value.items()}
        if plain.get("in") == "query" and plain.get("schema", {}).get("type") == "array":
            plain["explode"], plain["style"] = False, "form"
        return plain
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if key == "pattern" and isinstance(value, str):
        return re.sub(r"\\[Zz]$", "$", re.sub(r"^\\A", "^", value))
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _version() -> str:
    try:
        return version("wsis-gateway")
    except PackageNotFoundError:
        return "0"
