"""What the manual and the runbooks name is there: alerts, codes, routes, dashboards, files; their blocks are parsed."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from typing import Any

import pytest
import yaml
from wsis_shared.pages import Page

from wsis_gateway.openapi import document
from wsis_gateway.web import operators

BLOCK = re.compile(r"^ *```(?P<kind>\w*)\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
ROUTE = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/v1/[^`?\s]*)")
CODE = re.compile(r"`((?:suite|gateway)\.\w+)`")
FILE = re.compile(r"(?<![\w./<-])(?!deploy/wsis-)((?:deploy|services|tests|shared|gateway)/[\w./-]*\w)")
ONES = re.compile(r"{\w+}|(?<=/)(?:\d{4}|[A-Z]{3,})(?=/|$)")  # what stands in a path for one of many


@pytest.fixture(scope="module")
def pages(project: Any) -> dict[str, str]:
    """The manual of operators, with the runbooks."""
    found = [path for area in ("operate", "runbooks") for path in (project.root / "docs" / area).glob("*.md")]
    return {str(path.relative_to(project.root)): path.read_text("utf-8") for path in found}


def _alerts(project: Any) -> dict[str, str]:
    """Name -> severity."""
    rules = yaml.safe_load((project.root / "deploy/prometheus/rules.yml").read_text("utf-8"))
    return {rule["alert"]: rule["labels"]["severity"] for group in rules["groups"] for rule in group["rules"]}


def test_an_incident_has_each_alert_that_wakes_somebody(project: Any, pages: dict[str, str]) -> None:
    rows = re.findall(r"^\|.*\|$", pages["docs/operate/incident.md"], re.MULTILINE)
    named = set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", " ".join(rows)))
    alerts = _alerts(project)
    assert {name for name, severity in alerts.items() if severity == "page"} - named == set()
    assert named - {*alerts} == set()


def test_routes_are_those_of_the_api(project: Any, pages: dict[str, str]) -> None:
    paths: Any = document(project.found)["paths"]
    there = {(method.upper(), ONES.sub("{}", path)) for path, operations in paths.items() for method in operations}
    named = {(page, *found) for page, text in pages.items() for found in ROUTE.findall(text)}
    assert len(named) > 30
    assert {each for each in named if (each[1], ONES.sub("{}", each[2])) not in there} == set()


def test_pages_of_the_desk_are_there(project: Any, pages: dict[str, str]) -> None:
    own = [page for plugin in project.plugins for page in plugin.pages if isinstance(page, Page)]
    there = {ONES.sub("{}", page.path) for page in [*own, *operators.pages(project.found)]}
    named = {(page, path) for page, text in pages.items() for path in re.findall(r"`(/desk/[\w/{}$-]+)`", text)}
    assert len(named) > 20
    assert {each for each in named if ONES.sub("{}", each[1].replace("$", "")) not in there} == set()


def test_codes_are_those_of_the_gateway(project: Any, pages: dict[str, str]) -> None:
    known = project.own_titles()
    named = {(page, code) for page, text in pages.items() for code in CODE.findall(text)}
    assert len(named) > 5
    assert {each for each in named if each[1] not in known} == set()


def test_dashboards_and_panels_are_there(project: Any, pages: dict[str, str]) -> None:
    files = [json.loads(path.read_text("utf-8")) for path in project.root.glob("deploy/grafana/dashboards/*.json")]
    titles = {each["title"] for file in files for each in (file, *file["panels"])}
    named = {name for text in pages.values() for name in re.findall(r'(?:dashboard|panel) "([^"]+)"', text)}
    assert len(named) > 3
    assert named - titles == set()


def test_files_of_the_project_are_there(project: Any, pages: dict[str, str]) -> None:
    """Where a page names them as code; `deploy/packages.txt` is one of a service."""
    wrong = []
    for page, text in pages.items():
        code = [match["text"] for match in BLOCK.finditer(text)] + re.findall(r"`([^`]+)`", BLOCK.sub("", text))
        named = {name for each in code for name in FILE.findall(each)}
        wrong += [
            f"{page}: {name}"
            for name in named
            if not [*project.root.glob(name), *project.root.glob(f"services/*/{name}")]
        ]
    assert wrong == []


@cache
def _parsed(block: str) -> str:
    """What bash says against it."""
    return subprocess.run(["bash", "-n", "-c", block], capture_output=True, text=True).stderr


def test_blocks_of_commands_are_parsed(pages: dict[str, str]) -> None:
    blocks = [(page, match["text"]) for page, text in pages.items() for match in BLOCK.finditer(text)
              if match["kind"] == "sh"]  # fmt: skip
    assert len(blocks) > 20
    assert [(page, _parsed(block)) for page, block in blocks if _parsed(block)] == []
    fences = [(page, match["kind"]) for page, text in pages.items() for match in BLOCK.finditer(text)]
    assert {kind for _, kind in fences} <= {"sh", "yaml", "json", "python", "text"}, "a block of commands is `sh`"


def test_every_alert_leads_to_a_page_that_speaks_of_it(project: Any, pages: dict[str, str]) -> None:
    rules = yaml.safe_load((project.root / "deploy/prometheus/rules.yml").read_text("utf-8"))
    of = {rule["alert"]: rule["annotations"]["runbook"] for group in rules["groups"] for rule in group["rules"]}
    assert {name: page for name, page in of.items() if name not in pages[page]} == {}
