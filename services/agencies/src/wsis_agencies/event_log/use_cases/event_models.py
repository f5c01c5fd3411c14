"""JSON Schemas of public events with names that code generators use: `EditionOpened` for data, `EditionOpenedEvent`.

What a property means is written by its publisher, or in `data/properties.yaml`; its codes are those of the reference
data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from inspect import getdoc

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema
from wsis_shared import json_schemas, reference
from wsis_shared.events import EventKey, EventType
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.reference.loading import read

from wsis_agencies.event_log.rules.log import PRIVATE

_CODES: Mapping[str, tuple[tuple[str, ...], Callable[[], Iterable[object]], str]] = {
    "ActionLine": (
        ("action_line", "action_lines", "category", "lines"),
        lambda: (line.code for line in reference.action_lines()),
        "Code of an action line",
    ),
    "Goal": (
        ("sdg", "sdgs"),
        lambda: (goal.number for goal in reference.sdgs()),
        "Number of a Sustainable Development Goal",
    ),
    "Region": (
        ("region", "regions"),
        lambda: (region.code for region in (*reference.itu_regions(), reference.no_region())),
        "Code of a region of the ITU, or international",
    ),
    "Country": (
        ("country", "countries"),
        lambda: (country.code for country in reference.countries()),
        "Code of a country, by ISO 3166-1 alpha-2",
    ),
    "Language": (
        ("language", "languages"),
        lambda: (language.code for language in reference.languages()),
        "Code of a language",
    ),
    "StakeholderType": (
        ("stakeholder_type",),
        lambda: (kind.code for kind in reference.stakeholder_types()),
        "Code of a type of stakeholder",
    ),
}
_LIST_OF = {name: title for title, (names, _, _) in _CODES.items() for name in names}


def names_of(events: Iterable[EventKey]) -> dict[EventKey, str]:
    """The name of the model of each event: its type, after its service where several have that type, before its
    version from the second one."""
    keys = list(events)
    services = Counter(type for _, type in {(key.source, key.type) for key in keys})
    return {
        key: model_name(f"{key.source}_{key.type}" if services[key.type] > 1 else key.type)
        + (f"V{key.version}" if key.version > 1 else "")
        for key in keys
    }


def model_name(name: str) -> str:
    """A name without dots and underlines: `edition_opened` becomes `EditionOpened`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[._]", name))


def schemas_of(events: Mapping[EventKey, EventType]) -> dict[str, JsonObject]:
    """JSON Schemas by their names: the data of events, what they contain, and the lists of codes that they use.
    Private fields are left out."""
    nested: dict[str, str] = {}
    found = _json_schemas(events, nested)
    names = names_of(events)
    types = {names[key]: key.cloudevents_type for key in events}
    about = {names[key]: event.summary for key, event in events.items()}
    schemas = {
        name: {
            "title": name,
            "description": about.get(name) or nested[name],
            **schema,
            "properties": {
                property: _described(name, property, inner, types.get(name))
                for property, inner in schema.get("properties", {}).items()
            },
        }
        for name, schema in found.items()
    }
    return {**_code_lists(), **schemas}


def _json_schemas(events: Mapping[EventKey, EventType], nested: dict[str, str]) -> dict[str, Input]:
    resolver = json_schemas.SchemaNames()

    def name_of(schema: Schema | type[Schema]) -> str:
        name = model_name(resolver(schema))
        nested[name] = (getdoc(schema if isinstance(schema, type) else type(schema)) or "").partition("\n")[0]
        return name

    marshmallow = MarshmallowPlugin(schema_name_resolver=name_of)
    spec = APISpec(title="", version="", openapi_version="3.1.0", plugins=[marshmallow])
    json_schemas.map_fields(marshmallow)
    names = names_of(events)
    for key, event in events.items():
        private = tuple(name for name in event.schema().fields if name in PRIVATE)
        own = type(event.schema.__name__, (event.schema,), {})  # several events may have one schema
        spec.components.schema(names[key], schema=own(exclude=private))
    found: dict[str, Input] = json_schemas.json_data(spec.to_dict()["components"]["schemas"])
    return found


def _code_lists() -> dict[str, JsonObject]:
    found: dict[str, JsonObject] = {}
    for title, (_, read_codes, description) in _CODES.items():
        codes = list(read_codes())
        type = "integer" if isinstance(codes[0], int) else "string"
        found[title] = {"title": title, "description": description, "type": type, "enum": codes}
    return found


def _described(model: str, name: str, schema: Input, type: str | None) -> JsonObject:
    """The schema of a property with what it means, and with its codes where it has some."""
    texts = _texts()
    meaning = texts["events"].get(type or "", {}).get(name) or texts["names"].get(name)
    with_codes = _with_codes(model, name, schema)
    return with_codes if "$ref" in with_codes or not meaning else {"description": meaning, **with_codes}


def _with_codes(model: str, name: str, schema: Input) -> JsonObject:
    """A list of codes is a model of its own, and so it has a name in generated code."""
    title = _LIST_OF.get(name)
    if title is None:
        return {**schema, "title": model + model_name(name)} if "enum" in schema else dict(schema)
    link: JsonObject = {"$ref": f"#/components/schemas/{title}"}
    if schema["type"] == "array":
        return {**schema, "items": link}
    return {"anyOf": [link, {"type": "null"}]} if "null" in schema["type"] else link


@cache
def _texts() -> Input:
    texts: Input = read("properties", "wsis_agencies.event_log")
    return texts
