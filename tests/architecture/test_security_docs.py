"""docs/security/ says what the code does: every number of limits.md, and nothing of its kinds is missing there."""

from __future__ import annotations

import ast
import importlib
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import auth, mailboxes
from wsis_shared.context import Actor
from wsis_shared.plugin import PUBLIC
from wsis_shared.rates import rate_classes_of

from wsis_accounts.store import keyed
from wsis_consultation.domain.meetings import badges
from wsis_consultation.store import link_keys
from wsis_consultation.use_cases.replies import confirming
from wsis_gateway.settings import Settings as GatewaySettings
from wsis_stocktaking.use_cases.saved_searches import mails

_CODE = re.compile(r"`([^`]+)`")
# Media types by the words of limits.md.
KINDS = {
    "PDF": "application/pdf", "PNG": "image/png", "JPEG": "image/jpeg", "CSV": "text/csv", "JSON": "application/json",
    "text": "text/plain", "bytes": "application/octet-stream",
    "DOCX": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
# Refusals with a number or a wait that are no rule of the process: a page of the log, and votes that go first.
NO_RULES = {"voting.log_size_unknown", "voting.busy_with_votes"}


def tables(page: Path) -> Iterator[list[str]]:
    """The rows of all tables of a page, without their heads."""
    lines = page.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("| ") and not line.startswith("| ---") and not below.startswith("| ---"):
            yield re.split(r"\s*\|\s*", line.strip("| "))


def defaults(project: Any) -> dict[str, Any]:
    """Setting -> default, of the gateway and all services."""
    kinds = [GatewaySettings]
    for plugin in project.plugins:
        kinds += [
            plugin.load("settings"),
            *(process.load("settings") for process in plugin.processes if process.settings),
        ]
    return {variable: default for kind in kinds for variable, default, _ in kind.described()}


@pytest.fixture(scope="module")
def limits(project: Any) -> list[list[str]]:
    return list(tables(project.root / "docs/security/limits.md"))


def test_the_numbers_are_those_of_the_code(project: Any, limits: list[list[str]]) -> None:
    settings, wrong, compared = defaults(project), [], 0
    for what, *cells, source in limits:
        for name in _CODE.findall(source):
            if name.startswith("WSIS_"):
                value = settings[name]
            elif re.fullmatch(r"[\w.]+:[A-Z_]+", name):
                module, _, constant = name.partition(":")
                value = getattr(importlib.import_module(module), constant)
            else:
                continue
            compared += 1
            if float(cells[0]) != float(value):
                wrong.append((what, cells[0], value))
    assert wrong == []
    assert compared > 30


def test_every_rate_is_listed(project: Any, limits: list[list[str]]) -> None:
    listed = {(cells[0].strip("`"), cells[1], cells[2]) for cells in limits if re.fullmatch(r"\d+/\w+", cells[1])}
    assert listed == {
        (name, rate.rate, "a network" if rate.by_network_only else "an account")
        for name, rate in rate_classes_of(project.plugins).items()
    }


def _refusals(project: Any) -> set[str]:
    """Codes of errors that say how many there may be, or when to come again."""
    found = set()
    for module in project.modules:
        if module.owner in project.services and module.kind == "errors":
            for function in module.nodes(ast.FunctionDef):
                full = re.search(r"too_many|_full$|used_up", function.name)
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                        words = {word.arg for word in call.keywords}
                        wait = isinstance(call.func, ast.Name) and call.func.id == "TooMany"
                        if full or wait or words & {"limit", "most"}:
                            found.add(str(call.args[0].value))
    return found


def test_every_refusal_of_too_many_is_listed(project: Any, limits: list[list[str]]) -> None:
    listed = {code for cells in limits if len(cells) == 4 for code in _CODE.findall(cells[2])}
    assert {code for code in listed if not code.startswith("gateway.")} == _refusals(project) - NO_RULES


def test_every_upload_is_listed(project: Any, limits: list[list[str]]) -> None:
    listed = {
        (cells[0].strip("`"), int(cells[1]), tuple(KINDS[kind] for kind in cells[2].split(", ")))
        for cells in limits
        if re.match(r"`(POST|PUT) /", cells[0])
    }
    assert listed == {
        (f"{route.method} {route.path}", route.upload.max_bytes, route.upload.media_types)
        for plugin in project.plugins for route in plugin.routes if route.upload
    }  # fmt: skip


# -- authentication.md ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authentication(project: Any) -> list[list[str]]:
    return list(tables(project.root / "docs/security/authentication.md"))


def test_every_way_in_is_listed_once(project: Any, authentication: list[list[str]]) -> None:
    """Routes that anybody may call, and that write or have a token in their path; and mailboxes."""
    public = {
        f"{route.method} {route.path}"
        for plugin in project.plugins
        for route in plugin.routes
        if route.permission == PUBLIC and (route.method != "GET" or re.search(r"{token}|unsubscription", route.path))
    }
    addresses = [mailbox.pattern for plugin in project.plugins for mailbox in plugin.mailboxes]
    listed = [name for cells in authentication for name in _CODE.findall(cells[-1]) if not name.startswith("WSIS_")]
    assert sorted(listed) == sorted([*public, *addresses])


def test_keys_are_as_long_as_listed(authentication: list[list[str]]) -> None:
    bits = {cells[0]: float(cells[2]) for cells in authentication if len(cells) == 6}
    code = round(math.log2(10 ** len(keyed.new_code())), 1)
    mac, link = mailboxes.MAC_BYTES * 8, link_keys.KEY_LENGTH * 4
    assert bits == {
        "mailed code": code, "refresh token": 256, "access token": 128, "link of a draft or submission": link,
        "link of an erasure": keyed.ERASURE_TAG_DIGITS * 4,
        "link of a nomination": 256, "link of a held reply": confirming._TOKEN_DIGITS * 4, "reply address": mac,
        "link of a subscription": mac, "link of a reader": mac, "link that unsubscribes": mac,
        "link of a saved search": mails._LENGTH * 4, "return path": mac, "badge": badges._SIGNATURE * 4,
        "login of a queue": 192,
    }  # fmt: skip


def test_limits_against_guessing_are_those_of_the_settings(project: Any, authentication: list[list[str]]) -> None:
    settings = defaults(project)
    told = {(cells[-1].strip("`"), float(cells[1])) for cells in authentication if cells[-1].startswith("`WSIS_")}
    assert told == {(name, float(settings[name])) for name, _ in told}
    assert len(told) == 6


# -- ends.md ----------------------------------------------------------------------------------------------------------


def test_what_ends_with_an_account_is_tested(project: Any) -> None:
    """A test for each row; and the jobs that do not end are those of the manifests."""
    rows = list(tables(project.root / "docs/security/ends.md"))
    ends = [cells for cells in rows if len(cells) == 6]
    assert len(ends) >= 12
    assert [
        cells[0] for cells in ends if not all(cells) or not re.fullmatch(r"`[\w/]+\.py::test_\w+`", cells[-1])
    ] == []
    listed = [kind for cells in rows if len(cells) == 2 for kind in _CODE.findall(cells[0])]
    kept = [f"{plugin.name}.{kind.name}" for plugin in project.plugins for kind in plugin.jobs if not kind.cancellable]
    assert sorted(listed) == sorted(kept)


# -- authorization.md -------------------------------------------------------------------------------------------------


def test_permissions_and_roles_are_those_of_the_manifests(project: Any) -> None:
    granted = auth.grants(plugin.grants for plugin in project.plugins)
    roles = [role.name for plugin in project.plugins for role in plugin.roles]
    listed = {cells[0].strip("`"): cells[1] for cells in tables(project.root / "docs/security/authorization.md")}
    asked = {route.permission for plugin in project.plugins for route in plugin.routes} - {PUBLIC}
    assert listed == {
        permission: ", ".join(
            sorted(role for role in roles if auth.is_allowed(Actor("a", (role,)), permission, granted))
        )
        for permission in asked
    }


# -- inputs.md --------------------------------------------------------------------------------------------------------


def _schemas_with_rules(project: Any) -> set[str]:
    """Schemas with a rule for several fields, as `module:Class`."""
    return {
        ".".join((f"wsis_{module.owner}", *module.parts)).removesuffix(".py").removesuffix(".__init__")
        + f":{found.name}"
        for module in project.modules
        for found in module.nodes(ast.ClassDef)
        for function in found.body
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if ast.unparse(decorator).partition("(")[0].endswith("validates_schema")
    }


def test_rules_for_several_fields_are_those_of_the_code(project: Any) -> None:
    listed = [name for cells in tables(project.root / "docs/security/inputs.md") for name in _CODE.findall(cells[2])]
    for name in listed:
        module, _, member = name.partition(":")
        assert hasattr(importlib.import_module(module), member), name
    schemas = [name for name in listed if name.partition(":")[2][0].isupper()]
    assert sorted(schemas) == sorted(_schemas_with_rules(project))
