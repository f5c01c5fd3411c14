"""JSON Schemas of marshmallow schemas, for OpenAPI 3.1 and AsyncAPI 3 alike. Needs apispec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema
from wsis_shared.schemas import Utc


class SchemaNames:
    """A name for each schema class: the class name, with the plugin as a prefix if two plugins use the same name."""

    def __init__(self) -> None:
        self._taken: dict[str, type[Schema]] = {}

    def __call__(self, schema: object) -> str:
        kind = schema if isinstance(schema, type) else type(schema)
        own = kind.__name__.removesuffix("Schema") or "Schema"
        package = kind.__module__.partition(".")[0].removeprefix("wsis_")
        for name in (own, f"{package}.{own}", *(f"{package}.{own}.{number}" for number in range(2, 100))):
            if self._taken.setdefault(name, kind) is kind:
                return name
        raise ValueError(f"too many schemas are called {own}")


def marshmallow_plugin() -> MarshmallowPlugin:
    """For an APISpec."""
    return MarshmallowPlugin(schema_name_resolver=SchemaNames())


def map_fields(plugin: MarshmallowPlugin) -> None:
    """Fields of the suite that are no fields of marshmallow; call it when the APISpec is made."""
    plugin.map_to_openapi_type(Utc, "string", "date-time")


def json_data(value: object, key: str = "") -> Any:
    """Convert to JSON data, with ECMA-262 anchors in patterns and comma-separated lists in queries."""
    if isinstance(value, Mapping):
        plain = {str(name): json_data(item, str(name)) for name, item in value.items()}
        if plain.get("in") == "query" and plain.get("schema", {}).get("type") == "array":
            plain["explode"], plain["style"] = False, "form"
        for name, default in (("required", False), ("default", None)):  # as if it were not there
            if plain.get(name, ...) is default:
                del plain[name]
        return plain
    if isinstance(value, list | tuple | set | frozenset):
        return [json_data(item) for item in value]
    if key == "pattern" and isinstance(value, str):
        return re.sub(r"\\[Zz]$", "$", re.sub(r"^\\A", "^", value))
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
