"""What the manual has operators do by hand, and by make."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(("given", "told"), [((), []), (("EXTRAS=s3,otlp",), ["EXTRAS=s3,otlp"])])
def test_an_image_of_the_chart_gets_the_extras_that_are_asked_for(
    project: Any, given: tuple[str, ...], told: list[str]
) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("EXTRAS", "MAKEFLAGS")}
    command = ("make", "-n", "image", "SERVICE=voting", *given)
    said = subprocess.check_output(command, cwd=project.root, env=env, text=True)
    assert re.findall(r"--build-arg (\S+)", said) == ["SERVICE=voting", *told]


def test_the_line_of_any_password_that_a_runbook_replaces_may_be_removed(project: Any, tmp_path: Path) -> None:
    """As docs/runbooks/stolen-access.md says, by hand; also in a file that a former version ordered otherwise."""
    path, make = tmp_path / "passwords.json", (sys.executable, project.root / "deploy/passwords.py", tmp_path)
    subprocess.run(make, check=True)
    made = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({"suite": made["suite"], **made}, indent=2) + "\n")
    subprocess.run(make, check=True)
    assert json.loads(path.read_text("utf-8")) == made
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for name in made.keys() - {"suite"}:
        left = json.loads("".join(line for line in lines if f'"{name}":' not in line))
        assert left.keys() == made.keys() - {name}
