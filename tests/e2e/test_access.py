"""Who may do what, for each route that the suite says it has: nobody without a token, nobody without the permission,
nobody with what belongs to another. `security.md` of each service shows the permissions of its routes and their roles,
so a grant that grows by mistake is seen there (`tests/architecture/test_inventories.py::test_page_is_current`)."""

from __future__ import annotations

import json
import re
import uuid
from functools import cache
from typing import Any

import httpx
import pytest
from wsis_shared import auth
from wsis_shared.context import Actor
from wsis_shared.plugin import discover

from wsis_demo.client import Person

PUBLIC = "public"
EVERYBODY = {"member", "officer", "juror", "agency", "operator"}
# Routes to what somebody owns: whoever else asks learns not even that it is there.
OWNED = ("prizes:submit", "prizes:review")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def staff(people: Any) -> dict[str, Person]:
    """One of each role."""
    roles = {name: people.with_role(name) for name in EVERYBODY - {"member"}}
    return {"member": people.member(), **roles}


@pytest.fixture(scope="module")
def operations(openapi: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of everything in the OpenAPI document."""
    return [
        (method.upper(), path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]


def _address(path: str, **known: str) -> str:
    return re.sub(r"{(\w+)}", lambda match: known.get(match[1], uuid.uuid4().hex), path)


@cache
def _may(permission: str) -> set[str]:
    grants = auth.grants(plugin.grants for plugin in discover())
    found = {role for role in grants if auth.is_allowed(Actor("any", (role,)), permission, grants)}
    return EVERYBODY if "member" in found else found


def test_there_is_something_to_check(operations: list[tuple[str, str, dict[str, Any]]]):
    assert len(operations) > 70
    assert len({operation["x-permission"] for _, _, operation in operations}) > 20


def test_without_a_token_everything_but_the_public_is_401(
    visitor: Person, operations: list[tuple[str, str, dict[str, Any]]]
):
    wrong = []
    for method, path, operation in operations:
        if operation["x-permission"] != PUBLIC:
            answer = visitor.send(method, _address(path))
            told = answer.json()
            if (answer.status_code, told["code"]) != (
                401,
                "gateway.token_missing",
            ) or "WWW-Authenticate" not in answer.headers:
                wrong.append((method, path, answer.status_code, told["code"]))
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_without_the_permission_it_is_403(
    role: str, staff: dict[str, Person], operations: list[tuple[str, str, dict[str, Any]]]
):
    wrong, asked = [], 0
    for method, path, operation in operations:
        permission = operation["x-permission"]
        if permission != PUBLIC and role not in _may(permission):
            asked += 1
            answer = staff[role].send(method, _address(path))
            if answer.status_code != 403:
                wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert asked


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_with_the_permission_it_is_not_403(
    role: str, staff: dict[str, Person], operations: list[tuple[str, str, dict[str, Any]]]
):
    """Reads only, of ids that do not exist: they change nothing."""
    wrong = []
    for method, path, operation in operations:
        permission = operation["x-permission"]
        if method == "GET" and permission != PUBLIC and role in _may(permission):
            status = staff[role].send(method, _address(path)).status_code
            if status in (401, 403) or status >= 500:
                wrong.append((method, path, status))
    assert wrong == []


@pytest.fixture(scope="module")
def owned(contest: Any, people: Any) -> tuple[Person, dict[str, Any]]:
    """A submitter and a project."""
    submitter = people.member(country="RW")
    return submitter, contest.submit(submitter, "C1")


def test_what_belongs_to_another_is_404(
    staff: dict[str, Person],
    owned: tuple[Person, dict[str, Any]],
    operations: list[tuple[str, str, dict[str, Any]]],
    openapi: dict[str, Any],
    contest: Any,
):
    _, project = owned
    before, wrong, asked = project | {"updated_at": None}, [], 0
    for method, path, operation in operations:
        if "{project}" not in path or operation["x-permission"] not in OWNED:
            continue
        for role in ("member", "juror", "agency", "operator"):
            if role in _may(operation["x-permission"]):
                asked += 1
                address = _address(path, project=project["id"], edition=contest.edition)
                answer = _send(staff[role], method, address, operation, openapi)
                if answer.status_code != 404:
                    wrong.append((role, method, path, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert asked > 15
    assert owned[0].get(f"/v1/projects/{project['id']}") | {"updated_at": None} == before


def test_an_officer_does_not_read_drafts(contest: Any, people: Any):
    draft = people.member().post(f"{contest.path}/projects", {"title": "Not yet for anybody"})
    assert contest.officer.send("GET", f"/v1/projects/{draft['id']}").status_code == 404
    assert draft["id"] not in {row["id"] for row in contest.officer.each(f"{contest.path}/projects")}


def test_nobody_gives_roles_to_themselves(officer: Person, staff: dict[str, Person]):
    body = {"roles": ["officer", "juror"], "reason": "I should like to"}
    assert officer.send("PUT", f"/v1/accounts/{officer.account}/roles", body).status_code == 403
    assert staff["member"].send("PUT", f"/v1/accounts/{staff['member'].account}/roles", body).status_code == 403


def _send(who: Person, method: str, address: str, operation: dict[str, Any], openapi: dict[str, Any]) -> httpx.Response:
    """A request with what the operation requires, an image where it takes a file."""
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" not in content:
        return who.send(method, address, _sample(content.get("application/json", {}).get("schema"), openapi))
    [schema] = content["multipart/form-data"]["schema"]["properties"].get("body", {}).get("allOf", [None])
    body = _sample(schema, openapi)
    files: dict[str, tuple[str | None, bytes, str]] = {
        "file": ("image.png", PNG, "image/png"),
        "body": (None, json.dumps(body).encode(), "application/json"),
    }
    headers = {"Authorization": f"Bearer {who.token}"}
    return who.suite.http.request(method, who.suite.address + address, files=files, headers=headers)


def _sample(schema: dict[str, Any] | None, openapi: dict[str, Any]) -> dict[str, Any] | None:
    """A body with what is required: texts, as the routes of owners ask for no more."""
    if schema is None:
        return None
    schema = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return dict.fromkeys(schema.get("required", []), "Some words")
