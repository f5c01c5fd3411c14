"""The OpenAPI 3.1 document, generated from the routes and schemas that the gateway serves."""

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

from wsis_gateway import jobs, openapi_streams, problems, routing
from wsis_gateway.export_formats import FORMATS
from wsis_gateway.routing import Operation

HEADERS = ("RateLimit", "RateLimit-Policy", "X-Request-ID")
# Error responses of any operation: status -> description.
COMMON_ERRORS = {
    422: "The content is not valid",
    429: "Rate limit exceeded",
    503: "Service unavailable; safe to repeat",
}


def document(found: DiscoveryResult) -> dict[str, Any]:
    """The document as plain data. It omits plugins whose routes the gateway cannot serve, as the gateway does."""
    operations, found = routing.operations(found)
    marshmallow = MarshmallowPlugin(schema_name_resolver=_SchemaNames())
    spec = APISpec(
        title="WSIS suite", version=_version(), openapi_version="3.1.0", plugins=[marshmallow],
        info={
            "description": "Open consultation, prizes and stocktaking of the WSIS process.\n\n"
            "Times are RFC 3339 in UTC. Lists are `{items, next}`: send `next` as `after` for the following page. "
            "Errors are problems (RFC 9457) with a stable `code`. "
            "Any write may be repeated safely under the same `Idempotency-Key`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        tags=[{"name": plugin.name, "description": plugin.summary} for plugin in found if plugin.routes]
        + [{"name": jobs.TAG, "description": "Long work: its state, progress and result"}],
    )  # fmt: skip
    marshmallow.map_to_openapi_type(Utc, "string", "date-time")
    _components(spec)
    titles = problems.load_titles(found)
    paths: dict[str, dict[str, Any]] = {}
    for operation in (*operations, *jobs.JobOperations(found).operations):
        described = _operation(operation, titles)
        paths.setdefault(operation.route.path, {})[operation.route.method.lower()] = described
    for path, by_method in paths.items():
        spec.path(path=path, operations=by_method)
    result: dict[str, Any] = _json_data(spec.to_dict())
    return result


def _operation(operation: Operation, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    route = operation.route
    described: dict[str, Any] = {
        # From the path: two operations may share one method of a service.
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
        yield {"in": "query", "schema": type(operation.query)}
    yield "AcceptLanguage"
    if operation.route.writes:
        yield "IdempotencyKey"
    if operation.route.mode is Mode.COMMAND:
        yield "Prefer"
    if operation.route.stream is not None:
        yield from openapi_streams.PARAMETERS


def _responses(operation: Operation, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    route = operation.route
    headers: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    success: dict[str, Any] = {"headers": dict(headers)}
    if route.media != "application/json":
        success["content"] = {route.media: {"schema": {"type": "string", "format": "binary"}}}
        success["headers"]["Content-Disposition"] = {"schema": {"type": "string"}}
    elif route.status != 204:
        success["content"] = {"application/json": {"schema": route.response or {}}}
    if route.export:
        file = {"schema": {"type": "string", "format": "binary"}}
        success["content"] |= {writer.media_type: file for writer in FORMATS.values()}
        success["headers"]["Content-Disposition"] = {"schema": {"type": "string"}}
    located = {
        **headers,
        "Location": {"description": "Path of the outcome", "schema": {"type": "string"}},
    }
    responses: dict[str, Any] = {}
    if route.mode is Mode.COMMAND:
        first = route.status if route.status != 200 else 201
        responses[str(first)] = {**success, "description": "Done"}
        responses["200"] = {**success, "description": "Done before: this request is a repeat"}
        accepted = {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}}
        responses["202"] = {"description": "Stored durably, not yet processed", "headers": located, "content": accepted}
    elif route.mode is Mode.JOB:
        success["content"] = {"application/json": {"schema": jobs.schema(route.response)}}
        responses["200"] = {**success, "description": "The job has ended"}
        responses["202"] = {**success, "description": "Read the job at `Location` until it has ended"}
        located["Retry-After"] = {"description": "Seconds until the next request", "schema": {"type": "integer"}}
        responses["202"]["headers"] = located
    else:
        responses[str(route.status)] = {**success, "description": HTTPStatus(route.status).phrase}
    if operation.cached:
        success["headers"] |= {"ETag": {"schema": {"type": "string"}}, "Cache-Control": {"schema": {"type": "string"}}}
        responses["304"] = {"description": "Not modified"}
    if route.stream is not None:
        openapi_streams.add_stream(responses, success)
    for status, description in _error_descriptions(operation, titles).items():
        responses[str(status)] = {
            "description": description,
            "headers": dict(headers),
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return responses


def _error_descriptions(operation: Operation, titles: Mapping[str, Mapping[str, str]]) -> dict[int | str, str]:
    route, descriptions = operation.route, dict(COMMON_ERRORS)
    if route.writes:
        descriptions |= {400: "Not JSON", 408: "Too slow", 413: "Too large", 415: "Not application/json in UTF-8"}
    if route.permission != PUBLIC:
        descriptions |= {401: "Not signed in", 403: "Not allowed"}
    elif not operation.cached:
        descriptions[401] = "The token is not valid"
    if operation.variables:
        descriptions[404] = "Not found, or not visible to you"
    found: dict[int | str, str] = dict(sorted(descriptions.items()))
    if route.error_codes:
        lines = [f"- `{code}`: {titles.get(code, {}).get('en', '')}".rstrip(": ") for code in route.error_codes]
        found["4XX"] = "Errors:\n\n" + "\n".join(lines)
    return found


def _components(spec: APISpec) -> None:
    text = {"type": "string"}
    openapi_streams.add_components(spec)
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
        "description": "A unique key, for example a UUID: a repeat with the same key has no second effect.",
    })  # fmt: skip
    spec.components.parameter("Prefer", "header", {
        "name": "Prefer", "description": "`respond-async` or `wait=seconds` (RFC 7240)", "schema": text,
    })  # fmt: skip
    spec.components.header("X-Request-ID", {"description": "Identifies this request in our logs", "schema": text})
    spec.components.header(
        "RateLimit", {"description": "Class, r remaining requests, t seconds to reset", "schema": text}
    )
    spec.components.header("RateLimit-Policy", {"description": "Class, q quota, w window in seconds", "schema": text})


class _SchemaNames:
    """A name for each schema class: the class name, with the plugin as a prefix if two plugins use the same name."""

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


def _json_data(value: Any, key: str = "") -> Any:
    """Convert to JSON data, with ECMA-262 anchors in patterns and comma-separated lists in queries."""
    if isinstance(value, Mapping):
        plain = {str(name): _json_data(item, str(name)) for name, item in value.items()}
        if plain.get("in") == "query" and plain.get("schema", {}).get("type") == "array":
            plain["explode"], plain["style"] = False, "form"
        return plain
    if isinstance(value, list | tuple | set | frozenset):
        return [_json_data(item) for item in value]
    if key == "pattern" and isinstance(value, str):
        return re.sub(r"\\[Zz]$", "$", re.sub(r"^\\A", "^", value))
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _version() -> str:
    try:
        return version("wsis-gateway")
    except PackageNotFoundError:
        return "0"
