"""What no client should send, to each route that takes a body: always a refusal that names the field, never a failure
of ours, and nothing is changed by it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from wsis_demo.client import Person

OPERATOR = {"$gt": ""}
TYPED = {"__type__": "datetime", "value": "2017-04-30T21:00:00Z"}
# For fields of a type: what is none of it.
WRONG: dict[str, list[Any]] = {
    "string": [12, True, ["x"], OPERATOR, TYPED, "\x00", "\ud800", "x" * 250_000],
    "integer": ["x", "1; DROP", 10**40, 1.5, [1], OPERATOR, TYPED],
    "number": ["x", 10**40, [1], OPERATOR, TYPED],
    "boolean": ["maybe", 2, [True], OPERATOR, TYPED],
    "array": ["x", 1, [OPERATOR], [[[1]]], OPERATOR, TYPED],
    "object": ["x", 1, [OPERATOR], {"\ud800": 1}],
}
# One line of text: whoever writes more wants a header of a mail, or a second line in a log.
ONE_LINE = ("given_name", "family_name", "organization", "title", "contact_name")
BREAKS = ("Ana\r\nBcc: all@example.org", "Ana\nFrom: me", "Ana\u2028x", "Ana\x1b[2J")
# Whole bodies that are no JSON, or JSON that readers understand differently.
NOT_JSON = {
    "NaN": b'{"number": NaN}', "Infinity": b'{"number": -Infinity}', "twice": b'{"reason": "a", "reason": "b"}',
    "no end": b'{"a": ', "list": b"[]", "text": b'"x"', "not UTF-8": b'{"a": "\xff"}', "deep": b'{"a":' * 5000,
    "null": b"null", "BOM": b'\xef\xbb\xbf{"a": 1}', "huge number": b'{"a": ' + b"9" * 5000 + b"}",
}  # fmt: skip


@pytest.fixture(scope="module")
def known(contest: Any, people: Any) -> dict[str, str]:
    """Ids of things that exist, so that a request gets past its address."""
    submitter = people.member(country="RW")
    project = contest.submit(submitter, "C1")
    return {
        "edition": contest.edition, "project": project["id"], "account": submitter.account, "phase": "public_voting",
        "category": "C1", "delivery": "0" * 32, "cluster": "0" * 32, "commitment": "0" * 64, "command": "0" * 32,
    }  # fmt: skip


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


def _faults(answer: httpx.Response, field: str | None) -> str | None:
    """What is wrong with the refusal, or None."""
    if not 400 <= answer.status_code < 500:
        return f"status {answer.status_code} {answer.text[:200]}"
    if not answer.headers["Content-Type"].startswith("application/problem+json"):
        return f"media type {answer.headers['Content-Type']}"
    told = answer.json()
    if told["status"] != answer.status_code or not told["code"] or not told["title"]:
        return f"not a problem: {answer.text[:200]}"
    named = [row["field"] for row in told.get("errors", [])]
    if field is not None and not any(name == field or name.startswith(f"{field}.") for name in named):
        return f"names {named}, not {field}: {answer.text[:200]}"
    return None


def _all(
    anybody: Person, known: dict[str, str], cases: list[tuple[str, str, bytes, str | None, str]]
) -> list[tuple[str, ...]]:
    """Send (method, path, content, field that must be named, label); returns the cases that were not refused well."""

    def one(case: tuple[str, str, bytes, str | None, str]) -> tuple[str, ...] | None:
        method, path, content, field, label = case
        wrong = _faults(_send(anybody, method, _address(path, known), content), field)
        return (method, path, label, wrong) if wrong else None

    with ThreadPoolExecutor(6) as pool:
        return [found for found in pool.map(one, cases) if found]


def _kinds(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type", [])
    return {*([kind] if isinstance(kind, str) else kind)} - {"null"}


def test_wrong_values_are_refused_and_their_field_is_named(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases: list[tuple[str, str, bytes, str | None, str]] = []
    for method, path, schema in routes:
        for field, described in schema.get("properties", {}).items():
            values = [value for kind in _kinds(described) for value in WRONG[kind]]
            for value in values if values else [OPERATOR, TYPED]:
                content = json.dumps({field: value}).encode()
                if len(content) < 256 * 1024:
                    cases.append((method, path, content, field, f"{field}: {content[:80]!r}"))
    assert len(cases) > 500
    assert _all(anybody, known, cases) == []


def test_unknown_fields_are_named(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases: list[tuple[str, str, bytes, str | None, str]] = [
        (method, path, json.dumps({field: 1}).encode(), field, field)
        for method, path, _ in routes
        for field in ("$where", "__proto__", "__type__", "_id", "roles.0", "state", "owner")
        if field not in _of(routes, method, path)
    ]
    assert _all(anybody, known, cases) == []


def _of(routes: list[tuple[str, str, dict[str, Any]]], method: str, path: str) -> set[str]:
    return {
        name for one, two, schema in routes if (one, two) == (method, path) for name in schema.get("properties", {})
    }


def test_line_breaks_do_not_get_into_names(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases: list[tuple[str, str, bytes, str | None, str]] = [
        (method, path, json.dumps({field: text}).encode(), field, repr(text))
        for method, path, schema in routes
        for field in ONE_LINE
        if field in schema.get("properties", {})
        for text in BREAKS
    ]
    assert len(cases) >= 30
    assert _all(anybody, known, cases) == []


def test_what_is_not_json_is_refused(
    routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    cases: list[tuple[str, str, bytes, str | None, str]] = [
        (method, path, content, "reason" if name == "twice" else None, name)
        for method, path, _ in routes
        for name, content in NOT_JSON.items()
    ]
    assert _all(anybody, known, cases) == []


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "text/plain"}, {"Content-Type": "application/json; charset=utf-16"}, {"Content-Encoding": "gzip"},
     {"Idempotency-Key": "x" * 300}, {"Idempotency-Key": "a b"}],
    ids=["text", "utf-16", "gzip", "long key", "key with a space"],
)  # fmt: skip
def test_headers_that_are_not_understood_are_refused(
    headers: dict[str, str], routes: list[tuple[str, str, dict[str, Any]]], known: dict[str, str], anybody: Person
):
    for method, path, _ in routes:
        sent = {"Authorization": f"Bearer {anybody.token}", "Content-Type": "application/json", **headers}
        address = anybody.suite.address + _address(path, known)
        answer = anybody.suite.http.request(method, address, content=b'{"reason": "x"}', headers=sent)
        assert _faults(answer, None) is None, (method, path)


@pytest.mark.parametrize("bad", ["..", "%2e%2e%2f", "a%00b", "$gt", "{}", "a" * 65, "%F0%9F%98%80", "x'or'1"])
def test_ids_that_cannot_be_ids_are_404(bad: str, openapi: dict[str, Any], anybody: Person):
    wrong = []
    for path in openapi["paths"]:
        address = re.sub(r"{\w+}", bad, path)
        # httpx resolves "..": what leads to another route is no wrong id.
        if "{" in path and httpx.URL(anybody.suite.address + address).path.rstrip("/") not in openapi["paths"]:
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
            if fault := _faults(answer, "after"):
                wrong.append((path, cursor, fault))
            else:
                refused.add(path)
    assert wrong == []
    assert len(refused) > 30


# What a list must be asked for besides its page.
_REQUIRED = {"service": "notifications", "rows": "sdg", "columns": "country"}


def _resolved(openapi: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter, or the shared one that it refers to."""
    name = parameter.get("$ref", "").rpartition("/")[2]
    return dict(openapi["components"]["parameters"][name] if name else parameter)
