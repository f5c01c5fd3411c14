"""Print a further file of the Compose project: of each container the settings that are set here and that it reads.

    python deploy/settings.py FOLDER -f deploy/compose.yaml -f ... >FOLDER/settings.yaml

It has names alone: Compose takes the values from the environment of whoever runs it, of several lines or with a $ too.
A container is that of a part by its env_file, FOLDER/<part>.env. It does not get what its own files have, since
`environment` would win over them; what deploy/passwords.py makes for any part, which decides who has it: a process that
talks to strangers has no WSIS_SECRET; what images set (ENV in deploy/Dockerfile); and what a file of the project gives
a value. Variables of the library that sends traces (OTEL_...) are for every part.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from wsis_shared.plugin import discover
from wsis_shared.settings_page import read_by

DOCKERFILE, PASSWORDS = (Path(__file__).parent / name for name in ("Dockerfile", "passwords.py"))


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-f", dest="files", type=Path, action="append", required=True)
    options = parser.parse_args()
    containers = dict(each for file in options.files for each in _containers(file))
    made = {*re.findall(r'"(WSIS_\w+)"', PASSWORDS.read_text("utf-8"))}
    image = re.findall(r"^ENV ((?:.*\\\n)*.*)", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    fixed = {
        name
        for _, environment in containers.values()
        for name, value in environment.items()
        if value is not None and "${" not in str(value)
    }
    others, known = made | fixed | {*re.findall(r"(\w+)=", "".join(image))}, read_by(discover())
    passed = {}
    for name, (parts, environment) in containers.items():
        given = {setting for setting, value in environment.items() if value is not None}
        given |= set().union(*(_lines(options.folder / f"{part}.env") for part in parts))
        passed[name] = sorted(_set_here([known[part] for part in parts & known.keys()]) - others - given)
    services = {name: {"environment": dict.fromkeys(names)} for name, names in passed.items() if names}
    print(json.dumps({"services": services}, indent=2))


def _containers(file: Path) -> Iterator[tuple[str, tuple[set[str], dict[str, Any]]]]:
    """Of a file its containers: name -> the parts whose settings it has, and its environment."""
    services = yaml.safe_load(file.read_text("utf-8"))["services"]

    def whole(name: str) -> tuple[set[str], dict[str, Any]]:
        own, base = services[name], services[name].get("extends", {})
        parts, environment = (set(), {}) if base.get("file") or not base else whole(base["service"])
        listed = own.get("env_file", [])
        of = {Path(path).stem for path in ([listed] if isinstance(listed, str) else listed)}
        return parts | of, {**environment, **own.get("environment", {})}

    return ((name, whole(name)) for name in services)


def _lines(file: Path) -> set[str]:
    """The settings of a file. That one is not there Compose says itself."""
    return {line.partition("=")[0] for line in file.read_text("utf-8").splitlines()} if file.exists() else set()


def _set_here(read: list[set[str]]) -> set[str]:
    """Of the settings of its parts, and of those of traces: none where it has none. What is empty counts as not set."""
    here = {name for name, value in os.environ.items() if value}
    traces = [{name for name in here if name.startswith("OTEL_")}] if read else []
    return here & set().union(*read, *traces)


if __name__ == "__main__":
    main()
