"""The SBOM is complete, says where each component comes from, and nothing of the machine that wrote it.
`make security` runs this: it needs cyclonedx-py. What ships is found by tests/architecture/test_sbom.py."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
SOURCES = re.compile(r"pkg:(pypi/[\w.-]+@[\w.]+|deb/debian/[\w.+-]+|docker/[\w./-]+@[\w.-]+)")


def _write(file: Path, **changed: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | changed
    subprocess.run([sys.executable, str(ROOT / "deploy/sbom.py"), str(file)], env=environment, check=True)
    return file.read_text("utf-8")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _write(tmp_path_factory.mktemp("first") / "sbom.json", PYTHONHASHSEED="1")


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, dict[str, Any]]:
    """Reference -> component."""
    document = json.loads(text)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    return {component["bom-ref"]: component for component in document["components"]}


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "deploy/sbom.py"))


def test_each_pinned_library_of_production_is_in_it(script: dict[str, Any], components: dict[str, Any]) -> None:
    """In its version, and no other is in it but the data that images get in their newest version."""
    required = set(script["requirements"](script["own"]()))
    pins = re.findall(r"^(\S+)==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    pinned = {(canonicalize_name(name), number) for name, number in pins}
    listed = {
        (canonicalize_name(each["name"]), each["version"])
        for each in components.values()
        if each.get("purl", "").startswith("pkg:pypi/")
    }
    assert {name for name, _ in listed - pinned} == script["fresh"]()
    assert listed & pinned == {(name, number) for name, number in pinned if name in required}
    assert len(listed) > 80


def test_our_distributions_are_its_applications(script: dict[str, Any], components: dict[str, Any]) -> None:
    assert {each["name"] for each in components.values() if each["type"] == "application"} == set(script["own"]())


def test_each_component_comes_from_pypi_debian_or_the_registry_of_images(components: dict[str, Any]) -> None:
    """None by an address of its own. Ours are built here."""
    others = [each for each in components.values() if each["type"] != "application"]
    assert [each for each in others if not SOURCES.fullmatch(each["purl"])] == []


def test_each_library_of_python_has_a_version_and_a_licence(components: dict[str, Any]) -> None:
    ours = [each for each in components.values() if "==" in each["bom-ref"]]
    assert [each["name"] for each in ours if not each["version"] or not each["licenses"]] == []
    assert len(ours) > 80


def test_what_images_add_is_in_it_and_said_to_be_incomplete(script: dict[str, Any], text: str) -> None:
    document = json.loads(text)
    edges = {each["ref"]: set(each["dependsOn"]) for each in document["dependencies"]}
    for name, packages in script["debian"]().items():
        [ours] = [reference for reference in edges if reference.startswith(f"{name}==")]
        assert {each for each in edges[ours] if each.startswith("debian:")} == {f"debian:{each}" for each in packages}
    assert {each for each in edges["wsis"] if "==" not in each} == script["images"]()
    added = {f"debian:{each}" for packages in script["debian"]().values() for each in packages} | script["images"]()
    assert document["compositions"] == [{"aggregate": "incomplete", "assemblies": sorted(added)}]


def test_each_reference_leads_to_a_component_and_to_each_leads_one(text: str, components: dict[str, Any]) -> None:
    edges = {each["ref"]: each["dependsOn"] for each in json.loads(text)["dependencies"]}
    assert {reference for others in edges.values() for reference in others} == set(components)
    assert set(edges) - set(components) == {"wsis"}


def test_each_image_lists_what_it_installs(script: dict[str, Any], components: dict[str, Any], tmp_path: Path) -> None:
    """Beside the file of the suite: the manifests of all services, the libraries of one, its base."""
    command = [sys.executable, str(ROOT / "deploy/sbom.py"), str(tmp_path / "wsis.cdx.json"), "--images"]
    subprocess.run(command, check=True)
    ours = set(script["own"]())
    files = {path.name.partition(".")[0]: json.loads(path.read_text("utf-8")) for path in tmp_path.iterdir()}
    assert set(files) == {"wsis", *ours - {"wsis-shared"}}
    names = {name: {each["name"] for each in document["components"]} for name, document in files.items()}
    images = {name: listed for name, listed in names.items() if name != "wsis"}
    assert [name for name, listed in images.items() if not listed >= ours - {"wsis-gateway"}] == []
    assert {name: "nameko" in listed for name, listed in images.items()} == {
        name: name != "wsis-gateway" for name in images
    }
    assert {name: "redis" in listed for name, listed in images.items()} == {
        name: name == "wsis-gateway" for name in images
    }
    libraries = {each["name"] for each in components.values() if each["type"] != "container"}
    assert set().union(*images.values()) == libraries | {script["base"]().partition(":")[0]}


def test_it_names_no_address_and_no_place(text: str) -> None:
    """But for the name of the schema that it follows."""
    document = json.loads(text)
    assert document.pop("$schema").startswith("http://cyclonedx.org/schema/bom-1.6")
    said = json.dumps(document)
    assert [place for place in ("://", '"/', str(ROOT), sys.prefix) if place in said] == []


def test_the_same_environment_gives_the_same_file(text: str, tmp_path: Path) -> None:
    """Without a time, but for one that is given."""
    document = json.loads(text)
    assert not {"serialNumber", "timestamp"} & {*document, *document["metadata"]}
    other = json.loads(_write(tmp_path / "sbom.json", PYTHONHASHSEED="2", SOURCE_DATE_EPOCH="86400"))
    assert other["metadata"].pop("timestamp") == "1970-01-02T00:00:00+00:00"
    assert json.dumps(other) == json.dumps(document)
