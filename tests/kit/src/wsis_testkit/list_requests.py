"""Requests that read the suite, made from its manifests: each GET route, and each filter of a list."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import fields, validate
from wsis_shared import schemas
from wsis_shared.plugin import Route, discover
from wsis_shared.waiting.schemas import WaitingList

MOST_CHOICES = 4  # of a filter
POSITION = ("after", "limit", "fields", "facets")  # what says where and how much to read
SAMPLES: dict[type[fields.Field[Any]], Any] = {
    fields.Boolean: "true",
    fields.Date: "2020-01-01",
    schemas.Utc: "2020-01-01T00:00:00Z",
    schemas.Country: "RW",
    schemas.Region: "africa",
    schemas.ActionLine: "C7.e-health",
    schemas.Sdg: 3,
    schemas.SdgTarget: "3.8",
    schemas.StakeholderType: "government",
}
NAMED = {
    "columns": "sdg",
    "rows": "region",
    "role": "juror",
    "topic": "forum",
    "year": "2018",
    "on": "2030-01-01",
    "submitted_from": "2020-01-01",
    "submitted_to": "2030-01-01",
    **dict.fromkeys(
        (f"{what}_{side}" for what in ("updated", "start", "end") for side in ("after", "before")), "2020-01-01"
    ),
}  # where neither type nor rows tell


def is_list(route: Route) -> bool:
    """Whether the response has `items`, of the store or not. Counts of what waits are few and kept for some seconds; a
    preview says what an act would do, at its time alone."""
    items = route.method == "GET" and route.response is not None and "items" in route.response().fields
    return items and route.response is not WaitingList and not route.path.endswith("/preview")


ROUTES = {route.path: route for plugin in discover() for route in plugin.routes if route.method == "GET"}
LISTS = {path: route for path, route in ROUTES.items() if is_list(route)}


class Reader:
    """Reads the lists; the rows of a list give the ids for those below it. `places`: addresses of those to which no
    list leads, by their templates."""

    def __init__(self, edition: str, people: Sequence[Any], places: Mapping[str, str] | None = None) -> None:
        self._people, self._places = people, places or {}
        self._known: dict[str, Any] = {"edition": edition, "category": "C1", "line": "C1", "sdg": "1"}
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def send(self, path: str, **query: Any) -> Any:
        """The response to the first of the people who may."""
        for person in self._people:
            answer = person.send("GET", path, **query)
            if answer.status_code not in (401, 403):
                break
        return answer

    def page(self, path: str, **query: Any) -> dict[str, Any]:
        """A page of a list, with its cursor."""
        return dict(self.send(path, **query).raise_for_status().json())

    def read(self, path: str, **query: Any) -> tuple[int, list[dict[str, Any]]]:
        """Status and rows."""
        answer = self.send(path, **query)
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status_code, answer.json().get("items", []) if answer.is_success and is_json else []

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Those of a list, as they were when it was read first."""
        if path not in self._rows:
            self._rows[path] = self.read(path)[1]
        return self._rows[path]

    def address(self, template: str) -> str:
        """The path with values that lead to something, as far as there is something."""
        if template in self._places:
            return self._places[template]
        made: list[str] = []
        parts = template.split("/")
        for place, part in enumerate(parts):
            if variable := re.fullmatch(r"{(\w+)}", part):
                part = str(self._value(variable[1], "/".join(parts[:place]), "/".join(made)))
            made.append(part)
        return "/".join(made)

    def _value(self, name: str, template: str, above: str) -> Any:
        """That of a path variable: from the list above it, else from another list of such things."""
        if name not in self._known or (template in LISTS and name != "edition"):
            others = [path for path in LISTS if "{" not in path and f"{path}/{{{name}}}" in ROUTES]
            for path in [*([above] if template in LISTS else []), *others]:
                rows = self.rows(path)
                found = [row[key] for row in rows[:1] for key in (name, "id", "number", "code") if key in row]
                if found:
                    self._known[name] = found[0]
                    break
        return self._known.get(name) or uuid.uuid4().hex

    def values(self, name: str, field: fields.Field[Any], rows: list[dict[str, Any]]) -> list[Any]:
        """What a filter is asked for: its choices, else what rows have, else a sample."""
        if inner := getattr(field, "inner", None):  # of a list, or of a code that may be excluded
            return self.values(name, inner, rows)
        if name in NAMED:
            return [NAMED[name]]
        for check in field.validators:
            if isinstance(check, validate.OneOf | validate.ContainsOnly):
                return list(check.choices)[:MOST_CHOICES]
        for kind, sample in SAMPLES.items():
            if isinstance(field, kind):
                return [sample]
        of_rows = [row[name] for row in rows if isinstance(row.get(name), str | int)]
        return [of_rows[0] if of_rows else self._known.get(name, 1 if isinstance(field, fields.Number) else "abc")]

    def requests(self, route: Route) -> Iterator[tuple[str, dict[str, Any]]]:
        """Path and query of each request to a list."""
        query: Mapping[str, fields.Field[Any]] = route.query().fields if route.query else {}
        path = self.address(route.path)
        needed = {name: self.values(name, field, [])[0] for name, field in query.items() if field.required}
        yield path, needed
        rows = [] if needed else self.rows(path)
        for name, field in query.items():
            if name not in POSITION and not field.required:
                for value in self.values(name, field, rows):
                    yield path, {**needed, name: value}
