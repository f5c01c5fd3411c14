"""Production carries nothing that only development needs: it never imports what stands under deploy/ or tests/."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from setuptools import find_namespace_packages
from wsis_scaffold import RESERVED

PRODUCTION = ("shared", "gateway")
# Only these folders and files go into an image; each is one of production.
IN_IMAGES = {"constraints.txt", "shared", "gateway", "services", "deploy/start"}


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def _names(requirements: Iterable[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirement in requirements}


def _wanted(folder: Path) -> set[str]:
    """What a distribution asks for, with all of its extras."""
    project = _project(folder)
    return _names([*project["dependencies"], *sum(project.get("optional-dependencies", {}).values(), [])])


def _of_production(project: Any) -> dict[str, Path]:
    return {**{name: project.root / name for name in PRODUCTION}, **project.services}


def test_development_is_four_distributions(project: Any) -> None:
    """The rules below look at something."""
    assert set(project.development) == {"local", "scaffold", "testkit", "demo"}
    assert {_project(folder)["name"] for folder in project.development.values()} == {
        f"wsis-{name}" for name in project.development
    }


def test_no_service_can_take_the_name_of_a_distribution(project: Any) -> None:
    """Both would be `wsis-<name>`."""
    assert {*PRODUCTION, *project.development} - RESERVED == set()


def test_production_imports_no_development(project: Any) -> None:
    """Neither by import nor by a string that is loaded later."""
    packages = {f"wsis_{name}" for name in project.development}
    wrong = []
    for module in project.modules:
        if module.owner in project.development:
            continue
        named = [(source, line) for source, _, line in module.imports()] + list(module.strings())
        wrong += [f"{module}:{line} {text}" for text, line in named if re.split(r"[.:]", text)[0] in packages]
    assert wrong == []


def test_production_requires_no_development(project: Any) -> None:
    """Nor the libraries that only development asks for."""
    production = {name: _wanted(folder) for name, folder in _of_production(project).items()}
    development = {f"wsis-{name}" for name in project.development}
    tools = {"secantusdb", "supervisor", "psutil", "pytest", "hypothesis", "schemathesis"}
    assert tools <= set().union(*(_wanted(folder) for folder in project.development.values()))
    assert {name: wanted & (development | tools) for name, wanted in production.items()} == dict.fromkeys(
        production, set()
    )


def test_production_registers_no_plugin_of_a_test_tool(project: Any) -> None:
    groups = {
        group for folder in _of_production(project).values() for group in _project(folder).get("entry-points", {})
    }
    assert groups == {"wsis.services", "wsis.commands"}


@pytest.mark.parametrize("name", PRODUCTION)
def test_wheel_holds_one_package(project: Any, name: str) -> None:
    packages = find_namespace_packages(str(project.root / name / "src"), include=["wsis_*"], exclude=["*.egg-info*"])
    assert {package.split(".")[0] for package in packages} == {f"wsis_{name}"}
    assert not {"local", "testing", "scaffold", "demo", "tests"} & {
        part for package in packages for part in package.split(".")
    }


def test_images_copy_production_alone(project: Any) -> None:
    text = (project.root / "deploy/Dockerfile").read_text("utf-8")
    assert set(re.findall(r"^COPY (?!--)(\S+) ", text, re.MULTILINE)) == IN_IMAGES
    start = (project.root / "deploy/start").read_text("utf-8")
    brought = {
        command
        for folder in project.development.values()
        for command in _project(folder).get("entry-points", {}).get("wsis.commands", {})
    }
    assert {"up", "new", "demo"} <= brought
    assert not brought & set(re.findall(r"\bwsis (\w+)", start))
