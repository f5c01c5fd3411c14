"""docs/security/ says what the code does: ways in, what ends with an account, and rules for several fields."""

from __future__ import annotations

import ast
import importlib
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import mailboxes
from wsis_shared.plugin import PUBLIC

from wsis_accounts.store import keyed
from wsis_consultation.domain.meetings import badges
from wsis_consultation.store import link_keys
from wsis_consultation.use_cases.replies import confirming
from wsis_gateway.settings import Settings as GatewaySettings
from wsis_stocktaking.use_cases.saved_searches import mails

_CODE = re.compile(r"`([^`]+)`")


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
    """A test for each row."""
    rows = list(tables(project.root / "docs/security/ends.md"))
    ends = [cells for cells in rows if len(cells) == 6]
    assert len(ends) >= 12
    assert [
        cells[0] for cells in ends if not all(cells) or not re.fullmatch(r"`[\w/]+\.py::test_\w+`", cells[-1])
    ] == []


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
