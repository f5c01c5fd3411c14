"""What no client should send, to each route that takes a body: always a refusal that names the field, never a failure
of ours, and nothing is changed by it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

import httpx
import pytest
from wsis_testkit.sizes import size

from wsis_demo.client import Person

OPERATOR = {"$gt": ""}
TYPED = {"__type__": "datetime", "value": "2017-04-30T21:00:00Z"}
# For fields of a type: what is none of it, and what is no text or number for some readers of JSON.
WRONG: dict[str, list[Any]] = {
    "string": [12, True, ["x"], OPERATOR, TYPED],
    "integer": ["x", "1; DROP", 1.5, [1], OPERATOR, TYPED],
    "number": ["x", [1], OPERATOR, TYPED],
    "boolean": ["maybe", 2, [True], OPERATOR, TYPED],
    "array": ["x", 1, [OPERATOR], [[[1]]], OPERATOR, TYPED],
    "object": ["x", 1, [OPERATOR]],
    "any": [OPERATOR, TYPED],
}
UNREADABLE: dict[str, list[Any]] = {
    "string": ["\x00", "\ud800"],
    "integer": [10**40],
    "number": [10**40],
    "object": [{"\ud800": 1}],
}
LONG = 200_000  # characters of the texts of a body that are too long, together; the gateway takes 256 KiB
UNKNOWN = ("$where", "__proto__", "__type__", "_id", "roles.0", "state", "owner")
# One line of text: whoever writes more wants a header of a mail, or a second line in a log.
ONE_LINE = ("given_name", "family_name", "organization", "title", "contact_name")
BREAKS = ("Ana\r\nBcc: all@example.org", "Ana\nFrom: me", "Ana\u2028x", "Ana\x1b[2J")
# Whole bodies that are no JSON, or JSON that readers understand differently.
NOT_JSON = {
    "NaN": b'{"number": NaN}',
    "Infinity": b'{"number": -Infinity}',
    "twice": b'{"reason": "a", "reason": "b"}',
    "no end": b'{"a": ',
    "list": b"[]",
    "text": b'"x"',
    "not UTF-8": b'{"a": "\xff"}',
    "deep": b'{"a":' * 5000,
    "null": b"null",
    "BOM": b'\xef\xbb\xbf{"a": 1}',
    "huge number": b'{"a": ' + b"9" * 5000 + b"}",
}
HEADERS = {
    "text": {"Content-Type": "text/plain"},
    "utf-16": {"Content-Type": "application/json; charset=utf-16"},
    "gzip": {"Content-Encoding": "gzip"},
    "long key": {"Idempotency-Key": "x" * 300},
    "key with a space": {"Idempotency-Key": "a b"},
}
IDS = ["..", "%2e%2e%2f", "a%00b", "$gt", "{}", "a" * 65, "%F0%9F%98%80", "x'or'1"]
T = TypeVar("T")


@pytest.fixture(scope="module")
def known(known: dict[str, str]) -> dict[str, str]:
    """What has the shape of an id too."""
    return known | dict.fromkeys(("delivery", "cluster", "command"), "0" * 32) | {"commitment": "0" * 64}


@pytest.fixture(scope="module")
def anybody(people: Any) -> Person:
    """Somebody who may do everything."""
    return people.with_role("officer", "juror", "operator")


@pytest.fixture(scope="module")
def routes(openapi: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, schema) of each route that takes a body; a file that is JSON is none."""
    schemas = openapi["components"]["schemas"]
    found = []
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if content and "$ref" in content:
                found.append((method.upper(), path, schemas[content["$ref"].rpartition("/")[2]]))
    assert len(found) > 30
    return found


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(contest: Any, known: dict[str, str], anybody: Person) -> Iterator[None]:
    """What exists is as it was when all of this has been sent."""

    def seen() -> list[Any]:
        addresses = (contest.path, f"/v1/accounts/{known['account']}", "/v1/me", "/v1/me/projects", "/v1/editions")
        rows = [row["id"] for row in contest.officer.each(f"{contest.path}/projects")]
        project = contest.officer.get(f"/v1/projects/{known['project']}")
        done = contest.officer.each("/v1/audit", actor=anybody.account)
        audit = [row["id"] for row in done if not row["action"].endswith("_read")]  # pages of lists leave a trace
        return [rows, project, audit, [anybody.get(address) for address in addresses]]

    before = seen()
    yield
    assert seen() == before


def _address(path: str, known: dict[str, str]) -> str:
    address = re.sub(r"{(\w+)}", lambda match: known.get(match[1], uuid.uuid4().hex), path)
    # Dead letters are those of one service, which the query names.
    return f"{address}?service=accounts" if path in ("/v1/dead-letters/requeue", "/v1/dead-letters/drop") else address


def _send(anybody: Person, method: str, address: str, content: bytes) -> httpx.Response:
    headers = {"Authorization": f"Bearer {anybody.token}", "Content-Type": "application/json", "If-Match": '"1-read"'}
    return anybody.suite.http.request(method, anybody.suite.address + address, content=content, headers=headers)


def _faults(answer: httpx.Response, fields: Collection[str]) -> str | None:
    """What is wrong with the refusal, or None."""
    if not 400 <= answer.status_code < 500:
        return f"status {answer.status_code} {answer.text[:200]}"
    if not answer.headers["Content-Type"].startswith("application/problem+json"):
        return f"media type {answer.headers['Content-Type']}"
    told = answer.json()
    if told["status"] != answer.status_code or not told["code"] or not told["title"]:
        return f"not a problem: {answer.text[:200]}"
    named = [row["field"] for row in told.get("errors", [])]
    missing = [field for field in fields if not any(name == field or name.startswith(f"{field}.") for name in named)]
    return f"names {named}, not {missing}: {answer.text[:200]}" if missing else None


class Case(NamedTuple):
    """A body that is refused, and the fields that the refusal names."""

    method: str
    path: str
    content: bytes
    fields: Collection[str]
    label: str


def _all(anybody: Person, known: dict[str, str], cases: list[Case]) -> list[tuple[str, ...]]:
    """Send them; returns those that were not refused well."""

    def one(case: Case) -> tuple[str, ...] | None:
        wrong = _faults(_send(anybody, case.method, _address(case.path, known), case.content), case.fields)
        return (case.method, case.path, case.label, wrong) if wrong else None

    with ThreadPoolExecutor(6) as pool:
        return [found for found in pool.map(one, cases) if found]


def _shared(cases: Sequence[T], number: int, of: int) -> Sequence[T]:
    """Each of the cases for one of `of` tries, by their number; each night all of them for every try."""
    return size(cases[number % of :: of], cases)


def _kinds(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type", "any")
    return {*([kind] if isinstance(kind, str) else kind)} - {"null"}


def test_wrong_values_are_refused_and_their_field_is_named(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    """All fields of a body are wrong at the same time, each in one way after the other. What is unreadable is refused
    before the rest is looked at."""
    cases = []
    for (method, path, schema), values in product(routes, (WRONG, UNREADABLE)):
        wrong = {
            field: found
            for field, described in schema["properties"].items()
            if (found := [value for kind in _kinds(described) for value in values.get(kind, [])])
        }
        for number in range(max(map(len, wrong.values()), default=0)):
            body = {field: found[number % len(found)] for field, found in wrong.items()}
            cases.append(Case(method, path, json.dumps(body).encode(), body, repr(body)[:200]))
    assert sum(len(case.fields) for case in cases) > 3000
    assert _all(anybody, known, cases) == []


def test_long_texts_are_refused_and_their_field_is_named(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases = []
    for method, path, schema in routes:
        texts = {field: each for field, each in schema["properties"].items() if "string" in _kinds(each)}
        body = {field: "x" * max(each.get("maxLength", 0) + 1, LONG // len(texts)) for field, each in texts.items()}
        cases += [Case(method, path, json.dumps(body).encode(), body, "long")] if body else []
    assert max(len(case.content) for case in cases) < 256 * 1024
    assert sum(len(case.fields) for case in cases) > 300
    assert _all(anybody, known, cases) == []


def test_unknown_fields_are_named(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases = []
    for method, path, schema in routes:
        body = {field: 1 for field in UNKNOWN if field not in schema["properties"]}
        cases.append(Case(method, path, json.dumps(body).encode(), body, "unknown"))
    assert _all(anybody, known, cases) == []


def test_line_breaks_do_not_get_into_names(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases = []
    for method, path, schema in routes:
        names = [field for field in ONE_LINE if field in schema["properties"]]
        bodies = [dict.fromkeys(names, text) for text in BREAKS if names]
        cases += [Case(method, path, json.dumps(body).encode(), body, repr(body)) for body in bodies]
    assert sum(len(case.fields) for case in cases) >= 30
    assert _all(anybody, known, cases) == []


def test_what_is_not_json_is_refused(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases = [
        Case(method, path, content, ["reason"] if name == "twice" else [], name)
        for number, (name, content) in enumerate(NOT_JSON.items())
        for method, path, _ in _shared(routes, number, len(NOT_JSON))
    ]
    assert {case.label for case in cases} == NOT_JSON.keys()
    assert _all(anybody, known, cases) == []


@pytest.mark.parametrize("name", HEADERS)
def test_headers_that_are_not_understood_are_refused(
    name: str, routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    for method, path, _ in _shared(routes, list(HEADERS).index(name), len(HEADERS)):
        sent = {"Authorization": f"Bearer {anybody.token}", "Content-Type": "application/json", **HEADERS[name]}
        address = anybody.suite.address + _address(path, known)
        answer = anybody.suite.http.request(method, address, content=b'{"reason": "x"}', headers=sent)
        assert _faults(answer, []) is None, (method, path)


@pytest.mark.parametrize("bad", IDS)
def test_ids_that_cannot_be_ids_are_404(bad: str, openapi: dict[str, Any], anybody: Person):
    wrong = []
    paths = [path for path in openapi["paths"] if "{" in path]
    for path in _shared(paths, IDS.index(bad), len(IDS) // 2):
        address = re.sub(r"{\w+}", bad, path)
        # httpx resolves "..": what leads to another route is no wrong id.
        if httpx.URL(anybody.suite.address + address).path.rstrip("/") not in openapi["paths"]:
            answer = anybody.send("GET", address)
            if answer.status_code not in (400, 404, 405):
                wrong.append((path, answer.status_code))
    assert wrong == []


def test_a_cursor_of_another_list_is_refused_by_every_list(
    openapi: dict[str, Any], known: dict[str, str], anybody: Person
):
    foreign = {path: anybody.get(f"{path}?limit=1")["next"] for path in ("/v1/audit", "/v1/accounts")}
    assert all(foreign.values())
    refused, wrong = set(), []
    for path, methods in openapi["paths"].items():
        parameters = [_resolved(openapi, parameter) for parameter in methods.get("get", {}).get("parameters", ())]
        query = {one["name"]: one for one in parameters if one["in"] == "query"}
        if "after" not in query:
            continue
        needed = {name: _REQUIRED.get(name, known.get(name)) for name, one in query.items() if one.get("required")}
        other = next(cursor for owner, cursor in foreign.items() if owner != path)
        for cursor in (other, other[:-1], f"{other}A", "no cursor", "é" * 40):
            answer = anybody.send("GET", f"{_address(path, known)}?{urlencode({**needed, 'after': cursor})}")
            if answer.status_code == 404 and "{" in path:
                continue  # no such thing, so no list of it
            if fault := _faults(answer, ["after"]):
                wrong.append((path, cursor, fault))
            else:
                refused.add(path)
    assert wrong == []
    assert len(refused) > 30


# What a list must be asked for besides its page.
_REQUIRED = {"service": "notifications", "rows": "sdg", "columns": "country", "group_by": "country"}


def _resolved(openapi: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter, or the shared one that it refers to."""
    name = parameter.get("$ref", "").rpartition("/")[2]
    return dict(openapi["components"]["parameters"][name] if name else parameter)
