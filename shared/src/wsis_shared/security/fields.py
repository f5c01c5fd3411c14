"""Fields: who reads and who sets those that only some do, as routes and schemas have it.

A resource is what some schemas show and others change. Its fields that not everybody gets or sends who gets or sends
any are named in security.yaml, where a person says who of these does, and when.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NotRequired, TypedDict

from marshmallow import Schema, fields
from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.security import Installed, Part
from wsis_shared.security.rights import roles_with
from wsis_shared.security.source import missing
from wsis_shared.security.tables import codes, section, table

EVERYBODY, LINK = "everybody", "link"
# Kind of schema of a route -> the list of a resource with such schemas, and with what is said of their fields.
READ, WRITE = ("response", "responses", "read"), ("body", "requests", "written")
_HEADS = {READ: ("fields", "routes give it to"), WRITE: ("fields", "routes take it from")}
_MORE = ("of these, who and when", "where", "tests")
# A public route with one of these in its body, or with {token} in its path, is for who has a mailed link.
_KEYS = {"key", "token"}

Access = dict[str, frozenset[str]]
"""Path of a field ("speakers.email") -> who reads or sets it."""
Kind = tuple[str, str, str]


class Rule(TypedDict):
    """What is said of some fields: who of those that their routes name, where that is decided, and its tests."""

    fields: list[str]
    who: NotRequired[str]
    where: NotRequired[list[str]]
    tests: NotRequired[list[str]]


Resource = Mapping[str, Any]


def write(part: Part, suite: Installed) -> str:
    """Three sections: who reads, who writes, and the schemas of each resource."""
    resources = [
        (name, codes(said.get("responses", ())), codes(said.get("requests", ())))
        for name, said in part.of("resources").items()
    ]
    return (
        section("Who reads", _rules(part, suite, READ), _public(part, suite))
        + section("Who writes", _rules(part, suite, WRITE))
        + section("Resources", table(("resource", "responses", "requests"), resources))
    )


def _public(part: Part, suite: Installed) -> str:
    """A new field of a public response changes the page."""
    rows = [
        (name, codes(sorted(path for path, who in _access(part, suite, said, READ).items() if EVERYBODY in who)))
        for name, said in part.of("resources").items()
    ]
    return table(("resource", "everybody reads"), (row for row in rows if row[1]))


def problems(part: Part, suite: Installed) -> Iterator[str]:
    """Schemas of no resource or of several, fields of which nothing is said, and names of what is not there."""
    for kind in (READ, WRITE):
        yield from (f"resources: {problem}" for problem in _unlisted(part, suite, kind))
        for name, said in part.of("resources").items():
            yield from (f"resources: {name}: {problem}" for problem in _problems(part, suite, said, kind))


def _unlisted(part: Part, suite: Installed, kind: Kind) -> Iterator[str]:
    _, schemas, _ = kind
    listed = Counter(schema for said in part.of("resources").values() for schema in said.get(schemas, ()))
    used = _named(_used(part, suite, kind))
    yield from (f"{schema}: to {schemas} of which resource does it belong?" for schema in used.keys() - listed.keys())
    yield from (f"{schema}: no route has it among its {schemas}" for schema in listed.keys() - used.keys())
    yield from (f"{schema}: it belongs to two" for schema, times in listed.items() if times > 1)


def _problems(part: Part, suite: Installed, said: Resource, kind: Kind) -> Iterator[str]:
    _, _, key = kind
    access = _access(part, suite, said, kind)
    differing, rules = _differing(access), said.get(key, ())
    listed = Counter(path for rule in rules for path in rule["fields"])
    for path in sorted(differing.keys() - listed.keys()):
        yield f"{key}: {path}: not everybody has it, but {', '.join(sorted(differing[path]))}: name it in `fields`"
    yield from (f"{key}: {path}: no such field" for path in listed.keys() - access.keys())
    yield from (f"{key}: {path}: it stands twice" for path, times in listed.items() if times > 1)
    for rule in rules:
        yield from (f"{key}: {problem}" for problem in _wrong(rule, access, differing))


def _wrong(rule: Rule, access: Access, differing: Access) -> Iterator[str]:
    paths = rule["fields"]
    if unknown := rule.keys() - {"fields", "who", "where", "tests"}:
        yield f"{paths[0]}: unknown: {', '.join(sorted(unknown))}"
    if len({access.get(path) for path in paths}) > 1:
        yield f"{', '.join(paths)}: not the same people have all of them"
    if not rule.get("where") and not differing.keys() >= {*paths}:
        yield f"{', '.join(paths)}: routes give them to everybody who gets any: where is decided who has them?"
    yield from (f"where: {name} does not exist" for name in missing(rule.get("where", ())))


def _rules(part: Part, suite: Installed, kind: Kind) -> str:
    _, _, key = kind
    rows = []
    for name, said in part.of("resources").items():
        access = _access(part, suite, said, kind)
        for rule in said.get(key, ()):
            who = ", ".join(sorted(access.get(rule["fields"][0], ())))
            more = rule.get("who", ""), codes(rule.get("where", ())), codes(rule.get("tests", ()))
            rows.append((name, codes(rule["fields"]), who, *more))
    return table(("resource", *_HEADS[kind], *_MORE), rows)


# -- what the manifests say -------------------------------------------------------------------------------------------


def _access(part: Part, suite: Installed, said: Resource, kind: Kind) -> Access:
    """Who gets or sends each field of a resource."""
    used = _used(part, suite, kind)
    named = _named(used)
    members = [named[name] for name in said.get(kind[1], ()) if name in named]
    found: Access = defaultdict(frozenset)
    for schema in members:
        for path in _paths(schema(), members):
            found[path] |= used[schema]
    return {path: _together(who) for path, who in found.items()}


def _differing(access: Access) -> Access:
    """The fields that not all get who get any; of those of an object that nobody else gets, the object."""
    everyone = _together(*access.values())
    return {path: who for path, who in access.items() if who != everyone and who != access.get(path.rpartition(".")[0])}


def _together(*who: frozenset[str]) -> frozenset[str]:
    found = frozenset[str]().union(*who)
    return frozenset({EVERYBODY}) if EVERYBODY in found else found


@cache
def _used(part: Part, suite: Installed, kind: Kind) -> dict[type[Schema], frozenset[str]]:
    """The schemas of responses or bodies -> who gets or sends them."""
    found: dict[type[Schema], frozenset[str]] = defaultdict(frozenset)
    for route in part.plugin.routes if part.plugin else ():
        if (schema := getattr(route, kind[0])) is not None:
            found[_item(schema)] |= _who(suite, route)
    return found


def _who(suite: Installed, route: Route) -> frozenset[str]:
    if route.permission != PUBLIC:
        return frozenset(roles_with(route.permission, suite.plugins))
    sent = {*route.body().fields} if route.body else set()
    return frozenset({LINK if "{token}" in route.path or sent & _KEYS else EVERYBODY})


def _named(schemas: Iterable[type[Schema]]) -> dict[str, type[Schema]]:
    """By the name of the class, with that of its module or subject where two have it."""
    schemas = list(schemas)
    twice = Counter(schema.__name__ for schema in schemas)
    return {
        (f"{_place(schema)}:" if twice[schema.__name__] > 1 else "") + schema.__name__: schema for schema in schemas
    }


def _place(schema: type[Schema]) -> str:
    return schema.__module__.removesuffix(".schemas").rpartition(".")[2]


def _nested(field: object) -> Schema | None:
    inner = field.inner if isinstance(field, fields.List) else field
    return inner.schema if isinstance(inner, fields.Nested) else None


def _item(schema: type[Schema]) -> type[Schema]:
    """The schema of a row, for a list of rows."""
    items = schema().fields.get("items")
    inner = _nested(items) if items else None
    return type(inner) if inner else schema


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
