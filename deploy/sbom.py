"""Write what ships as an SBOM: CycloneDX 1.6, in JSON.

    python deploy/sbom.py FILE             of the suite
    python deploy/sbom.py FILE --images    also of each image, beside it: wsis-voting.cdx.json

The distributions of shared/, gateway/ and services/ and all that they require, as installed here, with versions and
declared licences (cyclonedx-py); the Debian packages of services/*/deploy/packages.txt; the base image; the servers of
deploy/compose.yaml. One environment gives one file: no time (unless SOURCE_DATE_EPOCH is set), serial number, path or
address. What stands inside images of others, and the versions of Debian packages, are left to a scanner of images.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
TOOL = (sys.executable, "-m", "cyclonedx_py", "environment", "--sv=1.6", "--output-reproducible", "--no-validate")
SUITE, SHARED, GATEWAY = "wsis", "wsis-shared", "wsis-gateway"
OPTIONAL = ("s3", "otlp", "redis", "mongodb")  # the extras that an image has or may have (deploy/Dockerfile)
FRESH = {"name": "wsis:fresh", "value": "installed here in this version; an image gets the newest"}


def own() -> dict[str, Path]:
    """Our distributions that production installs -> their folders."""
    manifests = [
        ROOT / "shared/pyproject.toml",
        ROOT / "gateway/pyproject.toml",
        *ROOT.glob("services/*/pyproject.toml"),
    ]
    return {tomllib.loads(path.read_text("utf-8"))["project"]["name"]: path.parent for path in manifests}


def requirements(roots: Iterable[str]) -> dict[str, set[str]]:
    """Each installed distribution that the roots lead to -> those that it requires, with the extras that are asked for.
    cyclonedx-py cannot tell: it takes an extra that nobody asks for as required."""
    found: dict[str, set[str]] = {}
    asked, ahead = set(), [(root, extra) for root in roots for extra in ("", *OPTIONAL)]
    while ahead:
        name, extra = pair = ahead.pop()
        if pair in asked:
            continue
        asked.add(pair)
        required = found.setdefault(name, set())
        for requirement in map(Requirement, distribution(name).requires or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                other = canonicalize_name(requirement.name)
                required |= {other} - {name}
                ahead += [(other, each) for each in ("", *requirement.extras)]
    return found


def fresh() -> set[str]:
    """Distributions that no image pins."""
    return {canonicalize_name(name) for path in ROOT.glob("services/*/deploy/fresh.txt") for name in _lines(path)}


def debian() -> dict[str, list[str]]:
    """Our distributions -> the Debian packages that their images add."""
    files = {name: folder / "deploy/packages.txt" for name, folder in own().items()}
    return {name: _lines(file) for name, file in files.items() if file.is_file()}


def base() -> str:
    """The base of our images."""
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    found: str = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)[-1]
    for name, default in re.findall(r"^ARG (\w+)=(\S+)", dockerfile, re.MULTILINE):
        found = found.replace(f"${{{name}}}", default)
    return found


def images() -> set[str]:
    """The base of our images, and the servers beside them."""
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))
    used = {part["image"] for part in compose["services"].values() if "image" in part}
    return {base(), *(image for image in used if not image.startswith("wsis-"))}


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split()


def _library(component: dict[str, Any], ours: bool) -> dict[str, Any]:
    """A component of cyclonedx-py without addresses and without what development asks of it."""
    kept = {key: value for key, value in component.items() if key not in ("externalReferences", "properties")}
    declared = distribution(kept["name"]).metadata.get("License", "")
    if "licenses" not in kept and declared and "\n" not in declared:  # cyclonedx-py keeps SPDX's names alone
        kept["licenses"] = [{"license": {"acknowledgement": "declared", "name": declared}}]
    elif "licenses" not in kept and (heading := _heading_of_licence(kept["name"])):
        kept["licenses"] = [{"license": {"acknowledgement": "declared", "name": heading}}]
    if canonicalize_name(kept["name"]) in fresh():
        kept["properties"] = [FRESH]
    # cyclonedx-py draws lots for the reference of what it finds twice, as a folder that was built beside its install.
    reference = f"{kept['name']}=={kept['version']}"
    return {**kept, "bom-ref": reference, "type": "application" if ours else "library"}


def _heading_of_licence(name: str) -> str:
    """The first line of the licence's file, of a distribution whose metadata does not say more."""
    files = [file for file in distribution(name).files or () if ".dist-info/licenses/" in str(file)]
    return next((line for file in files for line in file.read_text("utf-8").splitlines() if line.strip()), "")


def _package(name: str) -> dict[str, Any]:
    return {"bom-ref": f"debian:{name}", "type": "library", "name": name, "purl": f"pkg:deb/debian/{name}"}


def _image(image: str) -> dict[str, Any]:
    name, _, tag = image.partition(":")
    return {"bom-ref": image, "type": "container", "name": name, "version": tag, "purl": f"pkg:docker/{name}@{tag}"}


def document(image: str = "") -> dict[str, Any]:
    """The SBOM of the suite, or of the image of one of our distributions. An image has the manifests of all services,
    without what those require."""
    ours, packages, made = own(), debian(), _installed()
    required = requirements((image, SHARED) if image else ours)
    if image:
        required |= {name: set() for name in ours if name not in (*required, GATEWAY)}
        packages = {name: each for name, each in packages.items() if name == image}
    installed = {canonicalize_name(component["name"]): component for component in made["components"]}
    containers = {base()} if image else images()
    added = [_package(name) for name in {name for names in packages.values() for name in names}]
    added += [_image(name) for name in containers]
    libraries = {name: _library(installed[name], ours=name in ours) for name in required}
    references = {name: component["bom-ref"] for name, component in libraries.items()}
    edges = {
        references[name]: [*map(references.__getitem__, others), *(f"debian:{each}" for each in packages.get(name, ()))]
        for name, others in required.items()
    }
    edges[SUITE] = [*(references[name] for name in ours if name in references), *containers]
    whole = {"bom-ref": SUITE, "type": "container" if image else "application", "name": image or SUITE}
    return {
        **made,
        "metadata": {**made["metadata"], "component": {**whole, "version": version(SHARED)}},
        "components": sorted([*libraries.values(), *added], key=lambda component: component["bom-ref"]),
        "dependencies": [{"ref": reference, "dependsOn": sorted(edges[reference])} for reference in sorted(edges)],
        "compositions": [{"aggregate": "incomplete", "assemblies": sorted(one["bom-ref"] for one in added)}],
    }


@cache
def _installed() -> dict[str, Any]:
    """What cyclonedx-py says of this environment, without its own addresses."""
    made: dict[str, Any] = json.loads(subprocess.run(TOOL, capture_output=True, text=True, check=True).stdout)
    for tool in made["metadata"]["tools"]["components"]:
        tool.pop("externalReferences", None)
    return made


def main() -> None:
    """Write the file, if it is what the schema of CycloneDX asks for."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415 -- the functions above do without the tool
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415 -- the same

    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--images"]):
        sys.exit(__doc__)
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    files = {file: ""}
    if sys.argv[2:]:
        files |= {file.with_name(f"{name}.cdx.json"): name for name in own() if name != SHARED}
    for path, image in files.items():
        made = document(image)
        text = json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
            sys.exit(f"sbom: the schema refuses {path.name}: {error}")
        path.write_text(text, "utf-8")
        print(f"{path}: {len(made['components'])} components")


if __name__ == "__main__":
    main()
