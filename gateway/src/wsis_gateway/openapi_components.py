"""What the operations of the OpenAPI document share: errors, headers, parameters."""

from __future__ import annotations

from apispec import APISpec

from wsis_gateway import openapi_streams, problems, strangers
from wsis_gateway.openapi_shapes import Reference

# The error responses of all operations: status -> name, description.
ERRORS = {
    "4XX": (
        "Rejected",
        """\
The request was rejected; what else the operation rejects stands in its description.

- 400: not JSON; 408: too slow; 413: too large; 415: not application/json in UTF-8
- 401: not signed in, or the token is not valid; 403: not allowed
- 404: not found, or not visible to you
- 412: changed since you read it, see `params.difference`; 428: `If-Match` is missing
- 416: the file has no such part; 422: the content is not valid
- 429: rate limit exceeded, see `Retry-After`""",
    ),
    "503": ("Unavailable", "Service unavailable; the request is safe to repeat, see `Retry-After`"),
}

HEADERS = {
    "Location": "Path of the outcome",
    "ETag": "Send it as `If-None-Match`; in a change of this document, as `If-Match`",
    "Cache-Control": "How long the response may be kept",
    "Content-Disposition": "The name of the file",
    "Retry-After": "Seconds",
    "Accept-Ranges": "`bytes`: `Range` asks for a part",
    "Preference-Applied": "What of `Prefer` was followed",
}


def headers(*names: str) -> dict[str, Reference]:
    """References to some of `HEADERS`."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def add(spec: APISpec) -> None:
    """Add all of them."""
    text = {"type": "string"}
    openapi_streams.add_components(spec)
    spec.components.security_scheme(
        "bearer",
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `access_token` of a sign-in.",
        },
    )
    spec.components.schema("Id", {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"})
    spec.components.schema(
        "Accepted",
        {
            "type": "object",
            "required": ["command", "state"],
            "properties": {"command": text, "state": {"const": "accepted"}, "location": {"type": ["string", "null"]}},
        },
    )
    spec.components.schema(
        "Problem",
        {
            "type": "object",
            "description": "RFC 9457",
            "required": ["type", "title", "status", "code", "request_id"],
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "code": text,
                "instance": text,
                "request_id": text,
                "params": {"type": "object", "additionalProperties": True},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["field", "messages", "codes"],
                        "properties": {
                            "field": text,
                            "messages": {"type": "array", "items": text, "description": "In the reader's language"},
                            "codes": {
                                "type": "array",
                                "items": {"type": ["string", "null"]},
                                "description": "The stable code of each message",
                            },
                        },
                    },
                },
            },
            "examples": [
                {
                    "type": "/problems/gateway.content_invalid",
                    "title": "Some of the content is not acceptable",
                    "status": 422,
                    "code": "gateway.content_invalid",
                    "request_id": "6f1c3f0c5d9a4a5e8d0b7e7d6a1f2c3b",
                    "errors": [
                        {
                            "field": "sdgs.0.target",
                            "messages": ["Unknown SDG target '8.99'."],
                            "codes": ["field.sdg_target_unknown"],
                        }
                    ],
                }
            ],
        },
    )
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    retry_after = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    for name, description in ERRORS.values():
        spec.components.response(name, {"description": description, "content": content, "headers": retry_after})
    spec.components.parameter(
        "IdempotencyKey",
        "header",
        {
            "name": "Idempotency-Key",
            "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            "description": "A unique key, for example a UUID: a repeat with the same key has no second effect.",
        },
    )
    spec.components.parameter(
        "IfMatch",
        "header",
        {
            "name": "If-Match",
            "required": True,
            "schema": text,
            "description": "The `ETag` of the document as you read it: 412 says what changed since.",
        },
    )
    spec.components.parameter(
        "ProofOfWork",
        "header",
        {
            "name": strangers.HEADER,
            "schema": text,
            "description": "Without a sign-in, after `gateway.proof_of_work_needed`: a solved challenge of "
            "`GET /v1/challenges`, as ALTCHA's widget makes it. It works once.",
        },
    )
    spec.components.parameter(
        "Prefer",
        "header",
        {
            "name": "Prefer",
            "description": "`respond-async` or `wait=seconds` (RFC 7240)",
            "schema": text,
        },
    )
    for name, description in HEADERS.items():
        spec.components.header(name, {"description": description, "schema": text})
