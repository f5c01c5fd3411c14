"""Addresses with variables, as pages name routes and other pages: "/v1/editions/{edition}/x?category={category}"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import parse_qsl, quote, urlencode

from wsis_shared.errors import NotFound

from wsis_gateway.routing import Operation

_VARIABLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
# A page of ours, as the address of one may lead elsewhere: "//host", "/\host".
_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9._~?&=,%+:-][A-Za-z0-9._~/?&=,%+:-]{0,2000})?")


@dataclass(frozen=True)
class Target:
    """An operation with the values of its path variables and its query, as templates."""

    operation: Operation
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]

    @cached_property
    def variables(self) -> frozenset[str]:
        """The first parts of the names that the templates fill in."""
        templates = (*self.path.values(), *(template for _, template in self.query))
        return frozenset(name.partition(".")[0] for template in templates for name in _VARIABLE.findall(template))

    def path_values(self, values: Mapping[str, object]) -> dict[str, str]:
        """The path variables. Raises NotFound where one has no value."""
        return {name: _filled(template, values) for name, template in self.path.items()}

    def query_text(self, values: Mapping[str, object], more: str = "") -> str:
        """The query, without the fields that have no value, and `more` of it."""
        return "&".join(filter(None, (_query(self.query, values), more)))

    def taken(self, query: Mapping[str, str]) -> str:
        """The fields of a page's query that the route takes, without those that the address says itself."""
        schema, own = self.operation.query, {name for name, _ in self.query}
        return urlencode(
            {name: text for name, text in query.items() if schema and name in schema.fields and name not in own}
        )


class Routes:
    """Operations, found by address: of a thousand only those of as many parts are compared."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._of_shape: dict[tuple[str, int], list[Operation]] = defaultdict(list)
        for operation in operations:
            self._of_shape[operation.route.method, operation.route.path.count("/")].append(operation)

    def find(self, address: str) -> Target:
        """The operation at an address like "/v1/editions/{edition}" or "POST /v1/votes". Raises LookupError."""
        method, _, rest = address.rpartition(" ")
        path, _, query = rest.partition("?")
        found = [
            Target(operation, match.groupdict(), _pairs(query))
            for operation in self._of_shape.get((method or "GET", path.count("/")), ())
            if (match := _pattern(operation.route.path).fullmatch(path))
        ]
        if not found:
            raise LookupError(f"no service has the route {address}")
        return min(found, key=lambda target: len(target.path))  # a literal path comes first


def fill(address: str, values: Mapping[str, object]) -> str:
    """The address with its values; query fields without one are left out. Raises NotFound for a path without one."""
    path, _, query = address.partition("?")
    text = _query(_pairs(query), values)
    filled = _VARIABLE.sub(lambda match: quote(_value(match[1], values), safe=""), path)
    return f"{filled}?{text}" if text else filled


def own_path(text: object) -> str:
    """The path of a page of ours, which a client names; empty for anything else."""
    return text if isinstance(text, str) and _OWN_PATH.fullmatch(text) else ""


def with_query(address: str, **fields: str) -> str:
    """The address with more fields in its query, those that have a value."""
    text = urlencode({name: value for name, value in fields.items() if value})
    return f"{address}{'&' if '?' in address else '?'}{text}" if text else address


def shape(path: str) -> str:
    """A path without the names of its variables: two pages of one shape would hide each other."""
    return _VARIABLE.sub("{}", path)


def said_done(addresses: Iterable[str]) -> Mapping[str, set[str]]:
    """Shape of a path -> what was just done, as the addresses that lead there say it: "/me/claims?done=yes"."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, _, query in (address.partition("?") for address in addresses):
        found[shape(path)] |= {text for name, text in parse_qsl(query) if name == "done" and "{" not in text}
    return found


@cache  # each page names some of all the routes
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)))


@cache  # they stand in the manifests
def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(query, keep_blank_values=True))


def _query(pairs: Iterable[tuple[str, str]], values: Mapping[str, object]) -> str:
    filled = []
    for name, template in pairs:
        try:
            filled.append((name, _filled(template, values)))
        except NotFound:
            continue
    return urlencode(filled)


def _filled(template: str, values: Mapping[str, object]) -> str:
    return _VARIABLE.sub(lambda match: _value(match[1], values), template)


def _value(name: str, values: Mapping[str, object]) -> str:
    found: object = values
    for part in name.split("."):
        if isinstance(found, list):
            found = _row(found, part, values)
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    if found is None or found == "" or isinstance(found, Mapping | list):
        raise NotFound("gateway.not_found")
    return str(found)


def _row(rows: list[object], part: str, values: Mapping[str, object]) -> object:
    """A row by its position, or the one whose field of this name has the value that the page has."""
    if part.isdecimal():
        return rows[int(part)] if int(part) < len(rows) else None
    matching = (row for row in rows if isinstance(row, Mapping) and part in row and row[part] == values.get(part))
    return next(matching, None)
