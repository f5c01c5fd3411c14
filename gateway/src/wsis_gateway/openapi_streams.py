"""What the OpenAPI document says of routes that clients can follow."""

from __future__ import annotations

from apispec import APISpec

from wsis_gateway.event_stream import MEDIA_TYPE
from wsis_gateway.openapi_shapes import Described

PARAMETERS = ("Prefer", "IfNoneMatch", "LastEventID")
# Of a stream, each in a line of its own: `id`, `event` where it is not a representation, `data`.
EXAMPLE = 'id: "1B2M2Y8AsgTpgAmY7PhCfg"\ndata: {"votes": 212}\n\n'


def add_components(spec: APISpec) -> None:
    """The parameters of streams and long polls, and the body of a stream."""
    spec.components.parameter(
        "IfNoneMatch",
        "header",
        {
            "name": "If-None-Match",
            "schema": {"type": "string"},
            "description": "The `ETag` that the client has: 304 while it is still valid. With `Prefer: wait=20` the "
            "response waits for another one.",
        },
    )
    spec.components.parameter(
        "LastEventID",
        "header",
        {
            "name": "Last-Event-ID",
            "schema": {"type": "string"},
            "description": f"With `Accept: {MEDIA_TYPE}`: the `id` of the last event that the client has received. "
            "The stream goes on after it.",
        },
    )
    spec.components.schema(
        "EventStream",
        {
            "type": "string",
            "examples": [EXAMPLE],
            "description": "Server-sent events. `data` is the JSON of this response, sent at the beginning and again "
            "for each change; `id` is its ETag, or the cursor of a list. An event `problem` has a problem document as "
            "`data`. Comments keep the connection open. The stream ends when the access token expires.",
        },
    )


def add_stream(responses: dict[str, Described], success: Described) -> None:
    """Add the stream to the content of `success`, its ETag, and the response of an unchanged representation."""
    success["content"][MEDIA_TYPE] = {"schema": {"$ref": "#/components/schemas/EventStream"}}
    success["headers"] |= {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", "Preference-Applied")}
    responses["304"] = {"description": "Not modified, also after the wait of a long poll"}
