"""Parts of an OpenAPI document, as the modules that describe routes make them."""

from __future__ import annotations

from typing import TypedDict

Reference = TypedDict("Reference", {"$ref": str})
"""A reference to a component."""


class Media(TypedDict):
    """The content of one media type; `schema` is a class of marshmallow, or JSON Schema."""

    schema: object


class Described(TypedDict, total=False):
    """A response."""

    description: str
    content: dict[str, Media]
    headers: dict[str, Reference]
