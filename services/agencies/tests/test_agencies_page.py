"""docs/agencies.md is true: its tables, its example, and the tests that hold its claims.

Its commands and programs are run by tests/e2e/test_scenario_18_agency.py.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from wsis_shared.plugin import discover

from wsis_agencies.event_log.rules.filters import matches
from wsis_agencies.event_log.rules.log import TAKEDOWN_TYPE
from wsis_agencies.event_log.use_cases import asyncapi
from wsis_agencies.event_subscriptions.management import uris
from wsis_agencies.settings import Settings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/agencies.md").read_text("utf-8")
SECTIONS = {text.partition("\n")[0]: text for text in PAGE.split("\n## ")[1:]}


def between(mark: str) -> list[str]:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", PAGE, re.DOTALL)
    assert found
    return found[1].splitlines()


@pytest.fixture(scope="module")
def tables() -> Any:
    """What writes them."""
    spec = importlib.util.spec_from_file_location("list_events", ROOT / "docs/list_events.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_limits_are_those_of_the_code(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSIS_AGENCIES_QUEUE_LENGTH", "7")  # an installation may have another length
    assert between("limits") == tables.limits(), "run `python docs/list_events.py`"


def test_the_types_are_those_of_the_manifests(tables: Any) -> None:
    """A new service may join without an edit."""
    listed, known = between("types"), tables.types()
    services = {row.split(".")[1] for row in listed[2:]}
    assert listed == known[:2] + [row for row in known[2:] if row.split(".")[1] in services], (
        "run `python docs/list_events.py`"
    )


def test_the_example_is_that_of_the_document() -> None:
    [block] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    messages = asyncapi.document(discover(routes=False))["components"]["messages"]  # type: ignore[index]
    assert json.loads(block) == messages["wsis.consultation.edition_opened.v1"]["examples"][0]["payload"]


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_names_the_tests_that_hold_it(section: str) -> None:
    found = re.search(r"<!-- held by: (.*?) -->", SECTIONS[section], re.DOTALL)
    assert found, "name its tests in a comment at its end"
    for test in re.split(r",\s+", found[1]):
        file, _, name = test.partition("::")
        assert name in names_in(ROOT / file), f"{test} is no test"


@cache
def names_in(file: Path) -> set[str]:
    """The names of the tests of a module."""
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_a_filter_of_types_leaves_takedowns_out() -> None:
    row: Any = {"type": TAKEDOWN_TYPE, "facets": {}}
    opened = "wsis.consultation.edition_opened.v1"
    assert not matches(row, {"types": [opened]})
    assert matches(row, {"types": [opened, TAKEDOWN_TYPE]})
    assert matches(row, {"action_lines": ["C1"]})


def test_the_address_of_a_queue_has_the_scheme_of_the_setting() -> None:
    settings = Settings(agencies_amqp_uri="amqps://broker.example:5671", agencies_vhost="agencies")
    [uri] = uris(settings, "sub.who.5c1d", "p:w")
    parts = urlsplit(uri)
    assert (parts.scheme, parts.hostname, parts.port, parts.path) == ("amqps", "broker.example", 5671, "/agencies")
    assert (parts.username, parts.password) == ("sub.who.5c1d", "p%3Aw")
