"""The OpenAPI 3.1 document, generated from the routes and schemas that the gateway serves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from apispec import APISpec
from wsis_shared import json_schemas
from wsis_shared.blobs import Upload
from wsis_shared.plugin import PUBLIC, DiscoveryResult, Mode, Route
from wsis_shared.reference import languages
from wsis_shared.reference.sets import sets_of

from wsis_gateway import (
    dead_letters,
    export_formats,
    forms,
    jobs,
    openapi_components,
    openapi_streams,
    problems,
    reference,
    routing,
    strangers,
)
from wsis_gateway.descriptions import Descriptions
from wsis_gateway.openapi_components import ERRORS, headers
from wsis_gateway.openapi_shapes import Described, Media, Reference
from wsis_gateway.routing import Operation

INTRODUCTION = """\
Open consultation, prizes and stocktaking of the WSIS process.

Times are RFC 3339 in UTC. Lists are `{items, next}`: send `next` as `after` for the following page. \
Errors are problems (RFC 9457) with a stable `code`. \
`Accept-Language` chooses the language of titles: LANGUAGES. \
Any write may be repeated safely under the same `Idempotency-Key`. \
Every response has `X-Request-ID`, and `RateLimit` and `RateLimit-Policy` where requests are counted."""


def document(found: DiscoveryResult) -> dict[str, object]:
    """The document as plain data. It omits plugins whose routes the gateway cannot serve, as the gateway does."""
    return document_of(*routing.operations(found))


def document_of(operations: Iterable[Operation], found: DiscoveryResult) -> dict[str, object]:
    """The same, for who has the operations and their plugins."""
    marshmallow = json_schemas.marshmallow_plugin()
    spec = APISpec(
        title="WSIS suite",
        version=_version(),
        openapi_version="3.1.0",
        plugins=[marshmallow],
        info={
            "description": INTRODUCTION.replace("LANGUAGES", ", ".join(language.code for language in languages())),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=[{"url": "/"}],
        security=[{"bearer": []}],
        tags=[{"name": plugin.name, "description": plugin.summary} for plugin in found if plugin.routes]
        + [{"name": jobs.TAG, "description": "Long work: its state, progress and result"}]
        + [{"name": dead_letters.TAG, "description": "Messages that no handler could process"}]
        + [{"name": "reference", "description": "Codes with titles in seven languages"}],
    )
    json_schemas.map_fields(marshmallow)
    openapi_components.add(spec)
    descriptions = Descriptions(found, problems.load_titles(found))
    paths: dict[str, dict[str, object]] = {}
    of_every_service = (*jobs.job_operations(found).operations, *dead_letters.dead_letter_operations(found).operations)
    for operation in (*operations, *of_every_service):
        described = _operation(operation, descriptions)
        paths.setdefault(operation.route.path, {})[operation.route.method.lower()] = described
    for path, by_method in paths.items():
        spec.path(path=path, operations=by_method)
    for path, by_method in reference.described(sets_of(found).values()).items():
        spec.path(path=path, operations=by_method)
    result: dict[str, object] = json_schemas.json_data(spec.to_dict())
    _share_parameters(result)
    return result


def _operation(operation: Operation, descriptions: Descriptions) -> dict[str, object]:
    route = operation.route
    described: dict[str, object] = {
        "operationId": operation.id,
        "tags": [operation.plugin],
        "summary": route.summary,
        "description": descriptions.of(operation),
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation),
        "x-permission": route.permission,
    }
    if route.error_codes:
        described["x-error-codes"] = list(route.error_codes)
    if route.permission == PUBLIC:
        described["security"] = [] if operation.cached else [{}, {"bearer": []}]
    if route.upload is not None:
        described["requestBody"] = _upload(route, route.upload)
    elif route.body is not None:
        required = any(field.required for field in operation.body.fields.values())
        described["requestBody"] = {"required": required, "content": forms.content(route)}
    return described


def _upload(route: Route, upload: Upload) -> dict[str, object]:
    file = {"type": "string", "format": "binary"}
    properties: dict[str, object] = {"file": file}
    if route.body is not None:
        properties["body"] = {"allOf": [route.body]}
    form = {"type": "object", "required": ["file"], "properties": properties}
    accepted = ", ".join(upload.media_types)
    return {
        "required": True,
        "description": f"A file of at most {upload.max_bytes} bytes: {accepted}, by its content. It is the body "
        "itself, its name in `Content-Disposition`, or the one file of a form.",
        "content": {
            **{media_type: {"schema": file} for media_type in upload.media_types},
            "multipart/form-data": {"schema": form, "encoding": {"body": {"contentType": "application/json"}}},
        },
    }


def _parameters(operation: Operation) -> Iterator[object]:
    for name in operation.variables:
        yield {"in": "path", "name": name, "required": True, "schema": {"$ref": "#/components/schemas/Id"}}
    if operation.query is not None:
        yield {"in": "query", "schema": type(operation.query)}
    if operation.route.writes:
        yield "IdempotencyKey"
    if operation.route.if_match:
        yield "IfMatch"
    if strangers.holds(operation.route):
        yield "ProofOfWork"
    if operation.route.mode is Mode.COMMAND:
        yield "Prefer"
    if operation.route.stream is not None:
        yield from openapi_streams.PARAMETERS


def _responses(operation: Operation) -> dict[str, Described | Reference]:
    route = operation.route
    success: Described = {"headers": {}}
    if route.media != "application/json":
        success["content"] = {route.media: {"schema": export_formats.file_schema(route.media)}}
        success["headers"] |= {} if route.inline else headers("Content-Disposition")
    elif route.status != 204:
        success["content"] = {"application/json": {"schema": route.response or {}}}
    if route.export:
        success["content"] |= export_formats.content(route)
        success["headers"] |= headers("Content-Disposition")
    if operation.cached:
        success["headers"] |= headers("ETag", "Cache-Control")
    if route.versioned and route.method != "PUT":
        success["headers"] |= headers("ETag")
    responses: dict[str, Described] = {}
    if route.mode is Mode.COMMAND:
        first = route.status if route.status != 200 else 201
        responses[str(first)] = {**success, "description": "Done"}
        responses["200"] = {**success, "description": "Done before: this request is a repeat"}
        accepted: dict[str, Media] = {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}}
        responses["202"] = {
            "description": "Stored durably, not yet processed",
            "content": accepted,
            "headers": headers("Location"),
        }
    elif route.mode is Mode.JOB:
        success["content"] = {"application/json": {"schema": jobs.schema(route.response)}}
        responses["200"] = {**success, "description": "The job has ended"}
        responses["202"] = {
            **success,
            "description": "Read the job at `Location` until it has ended",
            "headers": headers("Location", "Retry-After"),
        }
    else:
        responses[str(route.status)] = {**success, "description": HTTPStatus(route.status).phrase}
    if route.download:
        success["headers"] |= headers("ETag", "Accept-Ranges")
        responses["206"] = {**success, "description": "The part that `Range` asks for"}
        responses["304"] = {"description": "Not modified"}
    if operation.cached or (route.versioned and not route.writes):
        responses["304"] = {"description": "Not modified"}
    if route.stream is not None:
        openapi_streams.add_stream(responses, success)
    for response in responses.values():
        if not response.get("headers", True):
            del response["headers"]
    errors: dict[str, Reference] = {
        status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in ERRORS.items()
    }
    return {**responses, **errors}


def _share_parameters(document: dict[str, Any]) -> None:
    """Move each parameter that several operations describe alike to the components."""
    operations = [operation for by_method in document["paths"].values() for operation in by_method.values()]
    uses = Counter(json.dumps(parameter) for operation in operations for parameter in operation["parameters"])
    shared, names = document["components"]["parameters"], dict[str, str]()
    for text, count in uses.items():
        parameter = json.loads(text)
        if count > 1 and "$ref" not in parameter:
            name = str(parameter["name"])
            while name in shared:
                name += "_"
            shared[name], names[text] = parameter, name
    for operation in operations:
        operation["parameters"] = [
            {"$ref": f"#/components/parameters/{names[text]}"}
            if (text := json.dumps(parameter)) in names
            else parameter
            for parameter in operation["parameters"]
        ]


def _version() -> str:
    try:
        return version("wsis-gateway")
    except PackageNotFoundError:
        return "0"
