"""docs/security/costly-work.md lists every job, every heavy request and every module that starts child processes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from wsis_shared.plugin import Mode


@pytest.fixture(scope="module")
def page(project: Any) -> str:
    text: str = (project.root / "docs/security/costly-work.md").read_text("utf-8")
    return text


def _section(page: str, heading: str) -> str:
    return page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_each_job_is_listed(project: Any, page: str) -> None:
    rows = re.findall(r"^\| (\w+) \| (`.+`) \|$", _section(page, "Jobs"), re.MULTILINE)
    listed = {service: set(re.findall(r"`(\w+)`", jobs)) for service, jobs in rows}
    assert listed == {plugin.name: {job.name for job in plugin.jobs} for plugin in project.plugins if plugin.jobs}


def test_each_heavy_request_is_listed(project: Any, page: str) -> None:
    listed = re.findall(r"^\| `(\w+ /\S+)` \|", _section(page, "Heavy requests that are no jobs"), re.MULTILINE)
    heavy = [
        f"{route.method} {route.path}" for plugin in project.plugins for route in plugin.routes
        if route.limit_class == "heavy" and route.mode is not Mode.JOB
    ]  # fmt: skip
    assert sorted(listed) == sorted(heavy)


def test_each_module_that_starts_a_process_is_listed(project: Any, page: str) -> None:
    listed = re.findall(r"^\| `([\w/]+\.py)` \|", _section(page, "Child processes"), re.MULTILINE)
    starting = [
        f"{module.owner}/{'/'.join(module.parts)}" for module in project.modules
        if module.owner not in project.development
        and any(source in ("subprocess", "multiprocessing") for source, _, _ in module.imports())
    ]  # fmt: skip
    assert sorted(listed) == sorted(starting)
