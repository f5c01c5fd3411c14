"""docs/security/fields.md says which fields only some get and only some set, as the manifests have it."""

from __future__ import annotations

import importlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from marshmallow import Schema, fields
from wsis_shared import auth
from wsis_shared.context import Actor
from wsis_shared.plugin import PUBLIC, Route

EVERYBODY, LINK = "everybody", "link"
_CODE = re.compile(r"`([^`]+)`")
# A public route with one of these in its body, or with {token} in its path, is for who has a mailed link.
_KEYS = {"key", "token"}

Access = dict[str, frozenset[str]]
"""Path of a field ("speakers.email") -> who reads or sets it."""


class Resource(NamedTuple):
    """A row of the first table: the schemas that show one thing and that change it."""

    service: str
    name: str
    responses: frozenset[str]
    requests: frozenset[str]


class Rule(NamedTuple):
    """A row of the tables of fields."""

    service: str
    resource: str
    fields: tuple[str, ...]
    who: frozenset[str]
    where: str


def _rows(text: str) -> Iterator[list[str]]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("| ") and not line.startswith("| ---") and not below.startswith("| ---"):
            yield re.split(r"\s*\|\s*", line.removeprefix("| ").removesuffix("|").strip())


@pytest.fixture(scope="module")
def sections(project: Any) -> dict[str, list[list[str]]]:
    """Heading -> rows of its table."""
    page = (project.root / "docs/security/fields.md").read_text("utf-8")
    return {part.partition("\n")[0]: list(_rows(part)) for part in page.split("\n## ")}


@pytest.fixture(scope="module")
def resources(sections: dict[str, list[list[str]]]) -> list[Resource]:
    return [
        Resource(cells[0], cells[1], frozenset(_CODE.findall(cells[2])), frozenset(_CODE.findall(cells[3])))
        for cells in sections["Resources"]
    ]


def _rules(rows: list[list[str]]) -> list[Rule]:
    return [
        Rule(cells[0], cells[1], tuple(_CODE.findall(cells[2])), frozenset(cells[3].split(", ")), cells[5])
        for cells in rows
    ]


# -- what the manifests say -------------------------------------------------------------------------------------------


def _nested(field: Any) -> Schema | None:
    inner = field.inner if isinstance(field, fields.List) else field
    return inner.schema if isinstance(inner, fields.Nested) else None


def _item(schema: type[Schema]) -> type[Schema]:
    """The schema of a row, for a list of rows."""
    items = schema().fields.get("items")
    inner = _nested(items) if items else None
    return type(inner) if inner else schema


def _named(schemas: set[type[Schema]]) -> dict[str, type[Schema]]:
    """By the name of the class, with the last part of its module where two have it."""
    twice = Counter(schema.__name__ for schema in schemas)
    return {
        (f"{schema.__module__.rpartition('.')[2]}:" if twice[schema.__name__] > 1 else "") + schema.__name__: schema
        for schema in schemas
    }


def _paths(schema: Schema, of: list[type[Schema]], before: str = "") -> Iterator[str]:
    """All fields. What is nested and a form of the resource itself, as the rows of a list are, adds no name."""
    for name, field in schema.fields.items():
        inner, path = _nested(field), before + (field.data_key or name)
        if inner and any(issubclass(type(inner), one) or issubclass(one, type(inner)) for one in of):
            yield from _paths(inner, of, before)
        else:
            yield path
            if inner:
                yield from _paths(inner, of, f"{path}.")


def _who(project: Any, route: Route) -> frozenset[str]:
    if route.permission == PUBLIC:
        sent = set(route.body().fields) if route.body else set()
        return frozenset({LINK if "{token}" in route.path or sent & _KEYS else EVERYBODY})
    granted = auth.grants(plugin.grants for plugin in project.plugins)
    roles = [role.name for plugin in project.plugins for role in plugin.roles]
    return frozenset(role for role in roles if auth.is_allowed(Actor("a", (role,)), route.permission, granted))


@cache
def _used(project: Any, service: str, kind: str) -> dict[type[Schema], frozenset[str]]:
    """The schemas of responses or bodies -> who gets or sends them."""
    found: dict[type[Schema], frozenset[str]] = defaultdict(frozenset)
    for route in project.found.get(service).routes:
        if (schema := getattr(route, kind)) is not None:
            found[_item(schema)] |= _who(project, route)
    return found


def _access(project: Any, resource: Resource, kind: str) -> Access:
    """Who gets or sends each field of a resource."""
    used = _used(project, resource.service, kind)
    named = _named(set(used))
    members = [named[name] for name in (resource.responses if kind == "response" else resource.requests)]
    found: Access = defaultdict(frozenset)
    for schema in members:
        for path in _paths(schema(), members):
            found[path] |= used[schema]
    return {path: _together(who) for path, who in found.items()}


def _together(*who: frozenset[str]) -> frozenset[str]:
    found = frozenset[str]().union(*who)
    return frozenset({EVERYBODY}) if EVERYBODY in found else found


def _differing(access: Access) -> Access:
    """The fields that not all get who get any; of those of an object that nobody else gets, the object."""
    everyone = _together(*access.values())
    return {path: who for path, who in access.items() if who != everyone and who != access.get(path.rpartition(".")[0])}


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["response", "body"])
def test_every_schema_belongs_to_one_resource(project: Any, resources: list[Resource], kind: str) -> None:
    listed = [
        (resource.service, name)
        for resource in resources
        for name in (resource.responses if kind == "response" else resource.requests)
    ]
    services = [plugin.name for plugin in project.plugins]
    used = [(service, name) for service in services for name in _named(set(_used(project, service, kind)))]
    assert sorted(listed) == sorted(used)


@pytest.mark.parametrize(("heading", "kind"), [("Who reads", "response"), ("Who writes", "body")])
def test_fields_that_only_some_have_are_listed(
    project: Any, sections: dict[str, list[list[str]]], resources: list[Resource], heading: str, kind: str
) -> None:
    rules = _rules(sections[heading])
    told = [(rule.service, rule.resource, path) for rule in rules for path in rule.fields]
    assert [path for path, times in Counter(told).items() if times > 1] == []
    wrong, differing = [], set()
    for resource in resources:
        access = _access(project, resource, kind)
        for rule in rules:
            if (rule.service, rule.resource) == (resource.service, resource.name):
                wrong += [(*rule[:2], path) for path in rule.fields if access.get(path) != rule.who]
        differing |= {(resource.service, resource.name, path) for path in _differing(access)}
    assert wrong == []
    assert sorted(differing - set(told)) == []
    # What the schemas do not tell apart, code does.
    assert [rule for rule in rules if not rule.where and not _told(rule) <= differing] == []
    assert {rule[:2] for rule in rules} <= {resource[:2] for resource in resources}


def _told(rule: Rule) -> set[tuple[str, str, str]]:
    return {(rule.service, rule.resource, path) for path in rule.fields}


def test_named_code_exists(sections: dict[str, list[list[str]]]) -> None:
    named = [
        name for heading in ("Who reads", "Who writes") for rule in _rules(sections[heading])
        for name in _CODE.findall(rule.where)
    ]  # fmt: skip
    for name in named:
        module, _, path = name.partition(":")
        found = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    assert len(named) > 20
